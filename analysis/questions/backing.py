"""Does Chinese backing make the ban?

Backing is set to other levels, and the same is done with leverage at 0: without the one term that backing works
through. What is left then is all that backing does otherwise.
"""

from analysis.effects import effect, effects_figure, of
from analysis.questions import answer, asked
from sim import compare, load
from sim.figures.words import percent

LEVELS = (0.0, 0.15, 0.5, 1.0)
OUTCOME = "dissolved_before_vote"


def main() -> None:
    given = asked(__doc__, runs=2000)
    here = load("baseline")
    rows, found = [], {}
    for leverage in (None, 0.0):
        laid = [] if leverage is None else [f"parameters.leverage={leverage}"]
        reference = load("baseline", laid)
        for level in LEVELS:
            other = load("baseline", [*laid, f"parameters.chinese_backing={level}"])
            found[leverage, level] = compare(reference, other, given.runs)
            without = "" if leverage is None else ", without leverage"
            rows.append(effect(f"backing {level:g}{without}", found[leverage, level], OUTCOME))
    weak, off = (of(found[leverage, 0.15], OUTCOME) for leverage in (None, 0.0))
    own = here.scenario.parameters["chinese_backing"].value
    verdict = "Yes, in the model" if weak.high < 0.0 else "Not surely"
    alone = abs(off.difference) < 0.1 * abs(weak.difference)
    sentence = (
        f"{verdict}: with backing at 0.15 in place of {own:g} the party is dissolved before the vote in {percent(weak.there)} of "
        f"runs in place of {percent(weak.here)}. Without leverage the same change moves it by {100 * off.difference:+.1f} points "
        f"({100 * off.low:+.1f} to {100 * off.high:+.1f})"
        + (": one term does it all, and what is built in is not confirmed by simulating it." if alone else ".")
    )
    note = f"{given.runs:,} pairs of runs each, seed 1, against backing {own:g}. Lines: 95 % intervals, simulation error only. Hollow: the interval includes 0."
    title = f"Backing 0.15: {100 * weak.difference:+.0f} points of dissolution; without leverage {100 * off.difference:+.0f}"
    answer(sentence, effects_figure(rows, "dissolved before the vote, points", title, note), given.out, "backing")


if __name__ == "__main__":
    main()
