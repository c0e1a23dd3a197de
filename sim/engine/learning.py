"""What the record teaches a scenario, and the bases that each run draws.

Bases and mixes are learned under the numbers of the *case*, the scenario that names the record. What lies over it (a
file that extends it, a setting, a lever, a forced act) asks "what if", and keeps them: learned anew under other numbers,
they would explain the contrast away. What is *believed* of a case (the ranges of a study, the draws of a fit) is laid
over the case as well, and so learned from. What says how bases are learned (shape and mean beforehand, generosity, which
bases are fixed) is always the scenario's own.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from sim.engine.phases import begin_replay, live_and_learn
from sim.rules import arrays as t
from sim.rules.compiled import entry
from sim.rules.luck import day_hash, luck
from sim.scenario.compile import Bases, Compiled, compile_tables
from sim.scenario.load import Loaded
from sim.scenario.revalue import Revaluer, fitted_keys
from sim.scenario.taught import teaching_of, unlearned, whole_record

KEPT_BLOCKS = 64  # quantiles of so many blocks of runs are kept: a paired scenario asks for the same again


def compile_scenario(loaded: Loaded, bases: Bases = "draw") -> Compiled:
    """Turn a loaded scenario into what the engines play: its tables, and what the record has taught.

    bases: draw, each run draws its own; mean, every run has the means, so that chance alone is left.
    """
    return taught(replace(compile_tables(loaded), bases=bases))


def taught(compiled: Compiled) -> Compiled:
    """Return a compiled scenario with what its record teaches, up to the last day that is replayed."""
    return replace(compiled, teaching=teaching(compiled))


def teaching(compiled: Compiled, records: Iterable[Compiled] | None = None) -> t.Teaching:
    """Return what the record teaches of the bases and mixes of a scenario.

    records: the replayed record under the numbers of the case, then under those of the scenario itself, which may have
    channels that the case lacks; by default as both stand.
    """
    loaded = compiled.loaded
    if loaded.scenario.learned is not None:
        return teaching_of(loaded.scenario.learned, compiled)
    result = unlearned(compiled)
    to_learn = list(compiled.channels)
    for place, record in enumerate(_records(loaded) if records is None else records):
        channels = [key for key in to_learn if key in record.channels]
        _copy_lessons(lessons_of(record, compiled), record, channels, compiled, result)
        of_case = place == 0 and loaded.case is not loaded
        result.from_case[[compiled.channels.index(key) for key in channels]] = of_case
        to_learn = [key for key in to_learn if key not in channels]
        if not to_learn:
            break
    return result


def _sources(loaded: Loaded) -> list[Loaded]:
    """List the case, then the scenario itself."""
    return [loaded] if loaded.case is loaded else [loaded.case, loaded]


def _records(loaded: Loaded) -> Iterator[Compiled]:
    """Yield the replayed record of the case, then that of the scenario itself, made only where it is asked for."""
    for source in _sources(loaded):
        record = record_of(source, loaded.scenario.clock.replay_until)
        if record is not None:
            yield record


class BelievedRecords:
    """The record of a scenario at other values of some numbers, as draws of a fit believe them.

    defaults: value of each number in the scenario that was fitted, by its dotted key, in the order of a draw. A case that
    sets a number otherwise keeps its own value, as a scenario does; one that it lacks is of the scenario alone.
    """

    def __init__(self, loaded: Loaded, defaults: Mapping[str, float]):
        self.defaults = dict(defaults)
        until = loaded.scenario.clock.replay_until
        wholes = [whole for source in _sources(loaded) if (whole := whole_record(source, until)) is not None]
        self.revaluers = [Revaluer(whole, fitted_keys(whole.scenario, self.defaults)) for whole in wholes]

    def taught(self, compiled: Compiled, values: Sequence[float]) -> Compiled:
        """Return a compiled scenario with what the record teaches at values of the keys, in their order."""
        by_key = dict(zip(self.defaults, values, strict=True))
        records = (revaluer.with_values([by_key[key] for key in revaluer.keys]) for revaluer in self.revaluers)
        return replace(compiled, teaching=teaching(compiled, records))


def record_of(loaded: Loaded, until: date) -> Compiled | None:
    """Return the scenario with its whole record replayed to a day, compiled once; None if it has no record by then."""
    if until not in loaded.compiled_records:
        whole = whole_record(loaded, until)
        loaded.compiled_records[until] = None if whole is None else compile_tables(whole)
    record: Compiled | None = loaded.compiled_records[until]
    return record


def taught_by_its_replay(compiled: Compiled) -> Compiled:
    """Return a compiled scenario with what its own replayed days teach: of a case to fit, that is the whole record."""
    lessons = _studied(compiled.tables, compiled.free_from)
    result = unlearned(compiled)
    _copy_lessons(lessons, compiled, compiled.channels, compiled, result)
    return replace(compiled, teaching=result)


def lessons_of(record: Compiled, learner: Compiled | None = None) -> t.Lessons:
    """Return what the days of a replayed record teach.

    learner: a scenario whose own beliefs about bases stand in place of those of the record's scenario.
    """
    tables = record.tables if learner is None else _believed_by(learner, record)
    return _studied(tables, len(tables.clock))


def _studied(tables: t.Tables, days: int) -> t.Lessons:
    """Work out what the first days of a clock teach."""
    room = t.new_replay_room(tables)
    with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
        _study(days, tables, room)
    return room.lessons


@entry
def _study(days, tables, room):
    """Replay the first days of a clock, and learn from them."""
    begin_replay(tables, room)
    for day in range(days):
        live_and_learn(day, tables, room)


def _believed_by(learner: Compiled, record: Compiled) -> t.Tables:
    """Return the tables of a record with what a scenario believes of the bases that both have."""
    learns, prior = record.tables.learns.copy(), record.tables.prior.copy()
    for code, key in enumerate(record.channels):
        if key in learner.channels:
            place = learner.channels.index(key)
            learns[code], prior[code] = learner.tables.learns[place], learner.tables.prior[place]
    return record.tables._replace(learns=learns, prior=prior)


def _copy_lessons(
    lessons: t.Lessons,
    record: Compiled,
    channels: Sequence[tuple[str, str, str]],
    compiled: Compiled,
    result: t.Teaching,
) -> None:
    """Copy what was learned of some channels from a record's order of names to that of a scenario."""
    known = {act.name: code for code, act in enumerate(record.acts)}
    for key in channels:
        there, here = record.channels.index(key), compiled.channels.index(key)
        result.open_days[here] = lessons.open_days[there]
        result.acts[here] = lessons.acts[there]
        if compiled.tables.learns[here]:
            result.shape[here], result.days[here] = lessons.shape[there], lessons.days[there]
        for code, act in enumerate(compiled.acts):
            if act.channel == key and act.name in known:
                result.counted[code] = lessons.counted[known[act.name]]
                result.chances[code] = lessons.chances[known[act.name]]


class BaseDraws:
    """The learned bases of the runs of one scenario, at quantiles that are addressed by seed, run and channel.

    So two scenarios of one case have the same bases, run by run.
    """

    def __init__(self, compiled: Compiled, seed: int):
        assert compiled.teaching is not None, "compile_scenario gives a scenario its teaching"
        self.teaching, self.seed, self.bases = compiled.teaching, seed, compiled.bases
        self.learns = compiled.tables.learns.astype(bool)
        self.addresses = compiled.tables.channel_address[self.learns]

    def of_runs(self, runs: range) -> np.ndarray:
        """Return float64 (runs, C): acts per day of each channel in each run; 0 where the base is fixed."""
        bases = np.zeros((len(runs), len(self.learns)))
        shape, days = self.teaching.shape[self.learns], self.teaching.days[self.learns]
        acts = shape if self.bases == "mean" else _gamma_quantiles(self.seed, runs, self.addresses, shape)
        bases[:, self.learns] = acts / days
        return bases


_cached_quantiles: "OrderedDict[tuple[int, int, int, bytes, bytes], np.ndarray]" = OrderedDict()


def _gamma_quantiles(seed: int, runs: range, addresses: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """float64 (runs, channels): each run's quantile of the gamma distribution of each shape, at scale 1."""
    key = seed, runs.start, runs.stop, addresses.tobytes(), shape.tobytes()
    quantiles = _cached_quantiles.get(key)
    if quantiles is None:
        from scipy import special  # here: it takes a while to import, and a scenario without learned bases needs none

        draws = np.zeros((len(runs), len(addresses)))
        with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
            _draw_luck(seed, runs.start, addresses, draws)
        quantiles = special.gammaincinv(shape, draws)
        _cached_quantiles[key] = quantiles
        while len(_cached_quantiles) > KEPT_BLOCKS:
            _cached_quantiles.popitem(last=False)
    return quantiles


@entry
def _draw_luck(seed, first, addresses, draws):
    """Write the luck of each run's bases."""
    for run in range(len(draws)):
        for k in range(len(addresses)):
            draws[run, k] = luck(day_hash(seed, first + run, 0, t.BASE_DRAW), addresses[k])
