"""What would have changed if no other crisis had taken the outside powers' attention?

The dated salience of the other crisis, which a drive of the case reads, is set to nothing throughout, and to full.
"""

from analysis.questions import OUTSIDE, answer, in_words, players, question_options
from sim import Loaded, compare, load
from sim.figures.effects import effects_figure
from sim.figures.words import percent
from sim.study.effects import outcome_difference, outcome_effect

FINANCIAL = {"cut_aid": "aid cut", "sanction_officials": "officials sanctioned"}


def signal_of(case: Loaded) -> str:
    """Return the parameter that tells how much attention another crisis takes. Exits if no drive reads one."""
    signals = [drive.signal.parameter for drive in case.scenario.drives.values() if drive.signal is not None]
    if not signals or signals[0] is None:
        raise SystemExit(f"error: {case.file}: no drive reads a signal, of which this question is")
    return signals[0]


def main() -> None:
    options = question_options(__doc__, runs=5000)
    here, rows, comparisons = load(options.case), [], {}
    signal = signal_of(here)
    label = here.scenario.parameters[signal].label or signal.replace("_", " ")
    outcomes = {"any_imposition": "any measure"}
    outcomes |= {
        f"imposed.{name}.{action}": words for name in players(here, OUTSIDE) for action, words in FINANCIAL.items()
    }
    outcomes |= {"dissolved_before_vote": "dissolved before the vote", "leader_freed_before_vote": "leader freed before the vote"}  # fmt: skip
    for name, level in (("at 0", 0.0), ("at 1 throughout", 1.0)):
        comparisons[name] = compare(here, load(options.case, [f"parameters.{signal}={level}"]), options.runs)
        rows += [
            outcome_effect(f"{words}, {label} {name}", comparisons[name], outcome)
            for outcome, words in outcomes.items()
        ]
    measures, ban = (
        outcome_difference(comparisons["at 0"], outcome) for outcome in ("any_imposition", "dissolved_before_vote")
    )
    sentence = (
        f"With {label} at 0 a measure is taken ({in_words(here, OUTSIDE)}) in {percent(measures.there)} of runs in place of "
        f"{percent(measures.here)}, and the party is dissolved before the vote in {percent(ban.there)} in place of "
        f"{percent(ban.here)} ({100 * ban.difference:+.1f} points, {100 * ban.low:+.1f} to {100 * ban.high:+.1f})."
    )
    note = f"{options.runs:,} pairs of runs each, seed 1, against the dated salience of the case. Lines: 95 % intervals, simulation error only. Hollow: the interval includes 0."
    title = f"{label} at 0: {100 * measures.difference:+.0f} points of any measure, {100 * ban.difference:+.1f} of dissolution"
    answer(sentence, effects_figure(rows, "share of runs, points", title, note), options.out, "distraction")


if __name__ == "__main__":
    main()
