"""What would a calm Korea have changed?

The other crisis takes Washington's attention: salience is set to nothing throughout, and to full.
"""

from analysis.effects import effects_figure, outcome_difference, outcome_effect
from analysis.questions import BASELINE, answer, question_options
from sim import compare, load
from sim.figures.words import percent

SALIENCE = "parameters.north_korea_salience"
OUTCOMES = {
    "any_imposition": "any measure",
    "imposed.united_states.cut_aid": "aid cut",
    "imposed.united_states.sanction_officials": "officials sanctioned",
    "dissolved_before_vote": "dissolved before the vote",
    "leader_freed_before_vote": "leader freed before the vote",
}


def main() -> None:
    options = question_options(__doc__, runs=5000)
    here, rows, comparisons = load(BASELINE), [], {}
    for name, level in (("calm", 0.0), ("at its height throughout", 1.0)):
        comparisons[name] = compare(here, load(BASELINE, [f"{SALIENCE}={level}"]), options.runs)
        rows += [
            outcome_effect(f"{words}, Korea {name}", comparisons[name], outcome) for outcome, words in OUTCOMES.items()
        ]
    measures, ban = (
        outcome_difference(comparisons["calm"], outcome) for outcome in ("any_imposition", "dissolved_before_vote")
    )
    sentence = (
        f"With a calm Korea Washington takes a measure in {percent(measures.there)} of runs in place of {percent(measures.here)}, and the "
        f"party is dissolved before the vote in {percent(ban.there)} in place of {percent(ban.here)} "
        f"({100 * ban.difference:+.1f} points, {100 * ban.low:+.1f} to {100 * ban.high:+.1f})."
    )
    note = f"{options.runs:,} pairs of runs each, seed 1, against the baseline's dated salience. Lines: 95 % intervals, simulation error only. Hollow: the interval includes 0."
    title = f"A calm Korea: {100 * measures.difference:+.0f} points of any measure, {100 * ban.difference:+.1f} of dissolution"
    answer(sentence, effects_figure(rows, "share of runs, points", title, note), options.out, "korea")


if __name__ == "__main__":
    main()
