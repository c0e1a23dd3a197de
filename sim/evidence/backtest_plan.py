"""What a back-test forecasts: its origins, its models, and the one forecast from a scenario's last replayed day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from sim.evidence.backtest import Plan
from sim.evidence.case import free_keys, keys_of
from sim.evidence.forecast import Model, models_of
from sim.evidence.truth import Truth, month_starts, option_error
from sim.results.posterior import Draws, Posterior, read_draws
from sim.scenario.load import load
from sim.scenario.problems import Place, UserError
from sim.scenario.quantities import dotted, quantities

LEARN_DAYS = 180  # of the record before the first origin, unless a day is named
FEWEST_DAYS = 30  # of the record before any origin


def origins_between(
    truth: Truth, first: date | None, last: date | None, report_from: date | None, nearest: int
) -> list[date]:
    """List the months' starts from which a back-test can forecast.

    Each has enough record before it, and at least one horizon after it.
    Parameters: first, last, the days between which they lie, if they are named; report_from, the first day of those
    that are reported; nearest, the shortest horizon in days.
    Raises UserError for days outside the record, or in the wrong order.
    """
    earliest = truth.first + timedelta(LEARN_DAYS if first is None else FEWEST_DAYS)
    latest = truth.last - timedelta(nearest - 1)
    if first is not None and last is not None and first > last:
        raise option_error("--first, --last", f"{first} is after {last}", "the first before the last")
    origins = month_starts(first or earliest, last or latest)
    if not origins or not earliest <= origins[0] <= origins[-1] <= latest:
        text = "the windows asked for do not lie within the record"
        raise option_error("--first, --last", text, f"month starts from {earliest} to {latest}")
    if report_from is not None and report_from > origins[-1]:
        text = f"{report_from} is after the last origin: no forecast would be reported"
        raise option_error("--report-from", text, f"a day up to {origins[-1]}")
    return origins


def models_against(truth: Truth, against: Sequence[str]) -> list[Model]:
    """Return the model, its ablations, and the models that a user names.

    Parameters: against, such as `no drives: parameters.leverage=0 parameters.distraction=0`.
    Raises UserError for one that cannot be read, or that has the name of another.
    """
    scenario = truth.compiled.loaded.scenario
    models = models_of(keys_of(scenario, "reciprocity"), keys_of(scenario, "momentum"))
    for text in against:
        name, colon, settings = text.partition(":")
        pairs = settings.split()
        if not colon or not pairs or not all("=" in pair for pair in pairs):
            raise option_error("--against", f"cannot read '{text}'", "NAME: KEY=VALUE KEY=VALUE …")
        if name.strip() in [model.name for model in models]:
            raise option_error("--against", f"there is a model '{name.strip()}' already", "another name")
        models.append(Model(name.strip(), tuple(pairs), fixed_keys(truth, pairs)))
    return models


def fixed_keys(truth: Truth, pairs: Sequence[str]) -> tuple[str, ...]:
    """Return the keys that some settings fix, of those that a fit frees.

    The other numbers are fitted.
    Raises UserError for settings that are not sound.
    """
    try:
        variant = load(truth.file, [*truth.settings, *pairs]).scenario
    except UserError as error:
        raise UserError([replace(problem, place=Place("--against", 0)) for problem in error.problems]) from None
    here, there = (
        {dotted(entry.path): entry.quantity for entry in quantities(scenario)}
        for scenario in (truth.compiled.loaded.scenario, variant)
    )
    named = [pair.partition("=")[0] for pair in pairs]
    return tuple(
        key
        for key in free_keys(variant)
        if here.get(key) != there[key]
        or any(f"{key}.".startswith(f"{name}.") or name.startswith(f"{key}.") for name in named)
    )


def long_forecast(plan: Plan, fit: Path | None) -> Plan | None:
    """Return the plan of the forecast from the last replayed day.

    It reaches to the end of the record; None if no day is left.
    Parameters: fit, the folder of a fit whose draws it is made with, in place of a fit before it.
    Raises UserError for draws that know what is forecast, or that have no forecast to serve.
    """
    until = load(plan.truth.file, plan.truth.settings).scenario.clock.replay_until
    origin = until + timedelta(1)
    days = (plan.truth.last - origin).days + 1
    keys = free_keys(plan.truth.compiled.loaded.scenario)
    draws = None if fit is None else blind_draws(fit, until, keys, plan.truth)
    if days < 1 or (origin - plan.truth.first).days < FEWEST_DAYS:
        if fit is not None:
            text = f"draws are for the forecast from {origin}, and the record leaves none to be made"
            raise option_error("--posterior", text, "a scenario whose record goes on after its last replayed day")
        return None
    return replace(plan, origins=[origin], horizons=(days,), report_from=origin, draws=draws)


def blind_draws(fit: Path, until: date, keys: Sequence[str], truth: Truth) -> Draws:
    """Return the draws of a fit, which must not know what is forecast. Raises UserError where they do."""
    draws = read_draws(fit)
    if draws.about["until"] > str(until):
        text = f"the fit knows the record to {draws.about['until']}, and what came after {until} is to be forecast"
        raise option_error("--posterior", text, f"a fit --until {until} or earlier")
    if sorted(draws.keys) != list(keys):
        missing = sorted(set(keys) ^ set(draws.keys))
        text = f"is of other numbers than a fit here: {', '.join(missing)}"
        raise option_error("--posterior", text, "a fit without --free")
    if differing := Posterior(truth.compiled, draws).not_drawn:
        text = f"the scenario says another value of {', '.join(differing)} than the one that was fitted"
        raise option_error("--posterior", text, "a fit of this scenario")
    return draws
