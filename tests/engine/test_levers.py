"""Limit 11 (design: The model, section 7): a lever that moves nothing is a bug.

Every number with a range, every drive, relation, fact and action of the baseline is moved or taken away, and
some outcome of some run must change. Runs are paired, so that any difference is the lever's.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import pytest
from toy import WITHOUT_JIT, shipped

from sim.engine.loop import play_runs
from sim.results.outcomes import each_run
from sim.rules.registry import STRATEGIES
from sim.scenario.load import load
from sim.scenario.quantities import quantities

RUNS = range(3_000)  # as far as the first that differs
BASELINE = load("baseline").scenario

# What moves nothing in a scenario as it stands, and a variant in which it does.
ELSEWHERE = {
    "parameters.forgiveness": ["actors.united_states.strategy=generous_tit_for_tat"],
    # who has taken a measure needs no threat for another, and one is replayed
    "parameters.threat_before_imposition": ["record.replay=none", "clock.replay_until=start"],
}
pytestmark = [
    pytest.mark.slow,  # and the same on every Python: other tests hold the engines to one another there
    pytest.mark.skipif(
        WITHOUT_JIT,
        reason="some levers show in one run of a thousand, and a run without the compiler takes a quarter of a second",
    ),
]


class Still:
    """A scenario as it stands: its runs are played once, as far as any test asks for them.

    Parameters: a scenario that ships, and settings laid over it.
    """

    def __init__(self, name: str, *settings: str):
        self.compiled = shipped(name, *settings)
        self._to_come = each_run(self.compiled, 1, RUNS)
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []

    def runs(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The days and codes of the acts of each run, int (2, acts), and its outcomes."""
        for run in RUNS:
            if run == len(self._runs):
                _, acts, _, outcomes = next(self._to_come)
                self._runs.append((np.stack(acts.nonzero()), outcomes.copy()))
            yield self._runs[run]


still_of = cache(Still)


def first_change(settings: list[str], moved: list[str], name: str = "baseline") -> int | None:
    """The first run of which an outcome differs under the further settings; None if there is none."""
    still, pushed = still_of(name, *settings), shipped(name, *settings, *moved)
    names = [question.name for question in still.compiled.questions]
    same = [names.index(question.name) for question in pushed.questions if question.name in names]
    kept = [index for index, question in enumerate(pushed.questions) if question.name in names]
    for (_, before), (run, _, _, after) in zip(still.runs(), each_run(pushed, 1, RUNS), strict=True):
        if not np.array_equal(before[same], after[kept], equal_nan=True):
            return run
    return None


def numbers_with_a_range(name: str, known: Iterable[str] = ()) -> list[tuple[str, str, float]]:
    """Scenario, dotted key and either end of every number that has a range, but for keys known from elsewhere."""
    moved = []
    for found in quantities(load(name).scenario):
        key = ".".join(str(step) for step in found.path)
        if found.quantity.low is not None and found.quantity.high is not None and key not in known:
            moved += [
                (name, key, end) for end in (found.quantity.low, found.quantity.high) if end != found.quantity.value
            ]
    return moved


IN_BASELINE = numbers_with_a_range("baseline")
IN_UNION = numbers_with_a_range("european_union", {key for _, key, _ in IN_BASELINE})
# Its bases are given and it has no record, so nothing reads what is believed of them beforehand.
UNREAD = [f"pairs.state_to_state.{number}" for number in ("base_shape", "base_mean", "mix_weight")]


@pytest.mark.parametrize(("name", "key", "end"), IN_BASELINE + IN_UNION + numbers_with_a_range("border", UNREAD))
def test_every_number_moved_to_the_end_of_its_range_changes_some_outcome(name, key, end):
    elsewhere = ELSEWHERE.get(key, []) if name == "baseline" else []
    assert first_change(elsewhere, [f"{key}={end}"], name) is not None


def test_every_parameter_and_number_of_a_kind_of_pair_is_among_them():
    keys = {key for _, key, _ in IN_BASELINE}
    assert {f"parameters.{name}" for name in BASELINE.parameters} <= keys
    assert sum(key.startswith("pairs.") for key in keys) == 3 * 7


TAKEN_AWAY = {
    **{f"drives.{name}": [] for name in BASELINE.drives},
    **{f"sympathies.{name}": [] for name in BASELINE.sympathies},
    **{f"strengths.opposition.{fact}": [] for fact in BASELINE.strengths["opposition"]},
    **{f"pressures.cambodia.measures.{fact}": [] for fact in BASELINE.pressures["cambodia"].measures},
    # a patron's momentum only lapses where its backing is below a half
    "drives.lapsed_patronage": ["parameters.backing=0.15"],
}
# parameters that only the entry names would be errors without it
NAMED_ELSEWHERE = {
    "drives.electoral_incentive": ["electoral_incentive", "electoral_horizon_days", "electoral_relief"],
    "drives.distraction": ["distraction", "north_korea_salience"],
    "drives.audience_cost": ["audience_cost", "audience_full_at"],
    "drives.exposure": ["exposure_at_rest"],
    "drives.relief_seeking": ["relief_share"],
    "drives.demobilised": ["demobilised_share"],
    "strengths.opposition.detainees": ["detention_loss", "detention_full_at"],
    "strengths.opposition.party_dissolved": ["dissolution_loss"],
    "pressures.cambodia.measures.programmes_ended": ["programme_pressure"],
    "pressures.cambodia.measures.visa_measures": ["visa_pressure"],
    "pressures.cambodia.measures.aid_cuts": ["aid_pressure"],
    "pressures.cambodia.measures.officials_sanctioned": ["officials_pressure"],
    "pressures.cambodia.measures.economy_sanctioned": ["economy_pressure"],
}


@pytest.mark.parametrize("key", TAKEN_AWAY)
def test_every_drive_and_relation_taken_away_changes_some_outcome(key):
    removed = [f"{key}=null", *(f"parameters.{name}=null" for name in NAMED_ELSEWHERE.get(key, []))]
    assert first_change(TAKEN_AWAY[key], removed) is not None


def test_whose_threats_are_felt_changes_some_outcome():
    assert BASELINE.pressures["cambodia"].threats_from == ["united_states"]
    assert first_change([], ["pressures.cambodia.threats_from=[]"]) is not None


@pytest.mark.parametrize("actor", ["cambodia", "united_states", "china", "opposition"])
@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name != "tit_for_tat"])
def test_every_strategy_of_every_actor_changes_some_outcome(actor, strategy):
    assert first_change([], [f"actors.{actor}.strategy={strategy}"]) is not None


def all_acts() -> list[str]:
    return [f"{actor}.{action}" for actor, actions in BASELINE.actions.items() for action in actions]


def without_act(done: np.ndarray, code: int) -> np.ndarray:
    """The days and codes of all acts but one, int (2, acts)."""
    return done[:, done[1] != code]


@pytest.mark.parametrize("act", all_acts())
def test_every_action_withheld_changes_what_is_done_beside_it(act):
    """Withheld over the whole clock: some run's record of the other acts differs, not only its own column."""
    clock = BASELINE.clock
    orders = f"acts.none={{act: {act}, date: {clock.start}, until: {clock.end}, do: withhold}}"
    still, without = still_of("baseline"), shipped("baseline", orders)
    code = [other.name for other in still.compiled.acts].index(act)
    changed = (
        not np.array_equal(without_act(done, code), without_act(np.stack(acts.nonzero()), code))
        for (done, _), (_, acts, _) in zip(still.runs(), play_runs(without, 1, range(1_500)), strict=False)
    )
    assert any(changed)
