"""When does the opposition's protest matter?

A protest is forced on the first of a month, and withheld on it in the other run of each pair: month by month.
"""

from analysis.questions import answer, free_months, question_options, repression
from sim import compare, load
from sim.figures.effects import effects_figure
from sim.figures.style import spelled
from sim.study.effects import outcome_difference, outcome_effect, simultaneous_intervals

OUTCOME = "dissolved_before_vote"


def main() -> None:
    options = question_options(__doc__, runs=4000)
    here = load(options.case)
    rows, draws = [], {}
    for day in free_months(here):
        act = "acts.protest={{act: opposition.protest, date: {day}, do: {do}}}"
        sides = [load(options.case, [act.format(day=day, do=do)]) for do in ("withhold", "force")]
        comparison = compare(sides[0], sides[1], options.runs)
        rows.append(outcome_effect(spelled(day), comparison, OUTCOME))
        draws[day] = outcome_difference(comparison, repression(here)).difference
    rows = simultaneous_intervals(rows)
    most = max(rows, key=lambda row: abs(row.mean))
    worse, better = sum(row.low > 0.0 for row in rows), sum(row.high < 0.0 for row in rows)
    sentence = (
        f"Most on {most.change}: one protest more moves dissolution before the vote by {most.mean:+.1f} points then "
        f"({most.low:+.1f} to {most.high:+.1f}). In {worse} of {len(rows)} months it surely makes the ban likelier, "
        f"in {better} less likely; each draws {min(draws.values()):.2f} to {max(draws.values()):.2f} more acts against the opposition."
    )
    note = f"{options.runs:,} pairs of runs each, seed 1: a protest on that day against none on it. Lines: intervals that all hold at once in 95 % of cases, simulation error only. Hollow: the interval includes 0."
    title = f"One protest more moves dissolution by {most.mean:+.1f} points at most, on {most.change}"
    answer(sentence, effects_figure(rows, "dissolved before the vote, points", title, note), options.out, "protest")


if __name__ == "__main__":
    main()
