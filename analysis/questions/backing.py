"""Does the patrons' backing make the ban?

Backing is set to other levels, and the same is done with leverage at 0: without the one term that backing works
through. What is left then is all that backing does otherwise.
"""

from analysis.questions import answer, question_options
from sim import compare, load
from sim.figures.effects import effects_figure
from sim.figures.words import percent
from sim.study.effects import outcome_difference, outcome_effect

LEVELS = (0.0, 0.15, 0.5, 1.0)
OUTCOME = "dissolved_before_vote"


def main() -> None:
    options = question_options(__doc__, runs=2000)
    here = load(options.case)
    rows, comparisons = [], {}
    for leverage in (None, 0.0):
        laid = [] if leverage is None else [f"parameters.leverage={leverage}"]
        reference = load(options.case, laid)
        for level in LEVELS:
            changed = load(options.case, [*laid, f"parameters.backing={level}"])
            comparisons[leverage, level] = compare(reference, changed, options.runs)
            without = "" if leverage is None else ", without leverage"
            rows.append(outcome_effect(f"backing {level:g}{without}", comparisons[leverage, level], OUTCOME))
    weak, off = (outcome_difference(comparisons[leverage, 0.15], OUTCOME) for leverage in (None, 0.0))
    shipped = here.scenario.parameters["backing"].value
    verdict = "Yes, in the model" if weak.high < 0.0 else "Not surely"
    alone = abs(off.difference) < 0.1 * abs(weak.difference)
    sentence = (
        f"{verdict}: with backing at 0.15 in place of {shipped:g} the party is dissolved before the vote in {percent(weak.there)} of "
        f"runs in place of {percent(weak.here)}. Without leverage the same change moves it by {100 * off.difference:+.1f} points "
        f"({100 * off.low:+.1f} to {100 * off.high:+.1f})"
        + (": one term does it all, and what is built in is not confirmed by simulating it." if alone else ".")
    )
    note = f"{options.runs:,} pairs of runs each, seed 1, against backing {shipped:g}. Lines: 95 % intervals, simulation error only. Hollow: the interval includes 0."
    title = f"Backing 0.15: {100 * weak.difference:+.0f} points of dissolution; without leverage {100 * off.difference:+.0f}"
    answer(sentence, effects_figure(rows, "dissolved before the vote, points", title, note), options.out, "backing")


if __name__ == "__main__":
    main()
