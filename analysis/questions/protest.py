"""When does the opposition's protest matter?

A protest is forced on the first of a month, and withheld on it in the other run of each pair: month by month.
"""

from datetime import date

from analysis.effects import effects_figure, outcome_difference, outcome_effect, simultaneous_intervals
from analysis.questions import BASELINE, answer, question_options
from sim import compare, load
from sim.figures.style import spelled

DAYS = [date(2017, month, 1) for month in (10, 11, 12)] + [date(2018, month, 1) for month in range(1, 8)]
OUTCOME, REPRESSION = "dissolved_before_vote", "hostile_acts_of.cambodia.opposition"


def main() -> None:
    options = question_options(__doc__, runs=4000)
    rows, repression = [], {}
    for day in DAYS:
        act = "acts.protest={{act: opposition.protest, date: {day}, do: {do}}}"
        sides = [load(BASELINE, [act.format(day=day, do=do)]) for do in ("withhold", "force")]
        comparison = compare(sides[0], sides[1], options.runs)
        rows.append(outcome_effect(spelled(day), comparison, OUTCOME))
        repression[day] = outcome_difference(comparison, REPRESSION)
    rows = simultaneous_intervals(rows)
    most = max(rows, key=lambda row: abs(row.mean))
    drawn = [repression[day].difference for day in DAYS]
    worse, better = sum(row.low > 0.0 for row in rows), sum(row.high < 0.0 for row in rows)
    sentence = (
        f"Most on {most.change}: one protest more moves dissolution before the vote by {most.mean:+.1f} points then "
        f"({most.low:+.1f} to {most.high:+.1f}). In {worse} of {len(rows)} months it surely makes the ban likelier, "
        f"in {better} less likely; each draws {min(drawn):.2f} to {max(drawn):.2f} more acts against the opposition."
    )
    note = f"{options.runs:,} pairs of runs each, seed 1: a protest on that day against none on it. Lines: intervals that all hold at once in 95 % of cases, simulation error only. Hollow: the interval includes 0."
    title = f"One protest more moves dissolution by {most.mean:+.1f} points at most, on {most.change}"
    answer(sentence, effects_figure(rows, "dissolved before the vote, points", title, note), options.out, "protest")


if __name__ == "__main__":
    main()
