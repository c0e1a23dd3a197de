"""Does pressure from outside powers help or harm?

Aid is cut on the first free day, or withheld on it, under strong and under weak backing. Repression is what the
government does to the opposition afterwards.
"""

from datetime import timedelta

from analysis.questions import answer, question_options, repression
from sim import compare, load
from sim.figures.effects import effects_figure
from sim.figures.style import spelled
from sim.study.effects import Effect, outcome_difference, outcome_effect

CUT = "acts.cut={{act: outside_powers.cut_aid, date: free, do: {do}}}"
BACKING = {"strong backing (0.85)": 0.85, "weak backing (0.15)": 0.15}
OUTCOMES = {
    "dissolved_before_vote": "dissolved before the vote",
    "leader_freed_before_vote": "leader freed before the vote",
}


def main() -> None:
    options = question_options(__doc__, runs=5000)
    here = load(options.case)
    day = spelled(here.scenario.clock.replay_until + timedelta(1))
    rows: list[Effect] = []
    clauses, changes = [], []
    for name, level in BACKING.items():
        backing = f"parameters.backing={level}"
        sides = [load(options.case, [backing, CUT.format(do=do)]) for do in ("withhold", "force")]
        comparison = compare(sides[0], sides[1], options.runs)
        rows += [outcome_effect(f"{words}, {name}", comparison, outcome) for outcome, words in OUTCOMES.items()]
        acts = outcome_difference(comparison, repression(here))
        share = [100 * number / acts.here for number in (acts.difference, acts.low, acts.high)]
        rows.append(Effect(f"acts against the opposition (%), {name}", *share))
        clauses.append(f"under {name} {share[0]:+.0f} % repression ({share[1]:+.0f} to {share[2]:+.0f})")
        changes.append(f"{share[0]:+.0f} % {name}")
        bans = outcome_difference(comparison, "dissolved_before_vote")
        clauses[-1] += (
            f" and {100 * bans.difference:+.1f} points of dissolution ({100 * bans.low:+.1f} to {100 * bans.high:+.1f})"
        )
    sentence = (
        f"A cut of aid on {day} means {'; '.join(clauses)}. The literature is split (Wood 2008 and Peksen 2009 find more "
        "repression, von Soest & Wahman 2015 find less); the model has a term for either."
    )
    note = f"{options.runs:,} pairs of runs each, seed 1: aid cut on {day} against withheld on that day. Lines: 95 % intervals, simulation error only. Hollow: the interval includes 0."
    title = f"A cut of aid: repression {', '.join(changes)}"
    answer(
        sentence, effects_figure(rows, "points; acts against the opposition in %", title, note), options.out, "pressure"
    )


if __name__ == "__main__":
    main()
