"""Find what `escalate spread` said of a run's scenario, where its folder lies beside the run's."""

from dataclasses import dataclass, replace

from sim.keeping import MANIFEST, read_manifest, read_table
from sim.results.run_folder import RunFolder


@dataclass(frozen=True)
class SpreadRow:
    """One outcome's spread under what was believed of the numbers before the record: ends of its average, and parts of its variance.

    low, high: between which 95 % of draws lie. chance, parameters, rule: shares of the variance of a run (0 to 1).
    """

    mean: float
    low: float
    high: float
    chance: float
    parameters: float
    rule: float


def scenario_hash(folder: RunFolder) -> str:
    """Return the hash of a run's scenario, without what its record taught: that which a spread keeps of its scenario."""
    loaded = folder.compiled.loaded
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"learned": None})).hash_with(None)


def spread_of(folder: RunFolder, outcome: str) -> SpreadRow | None:
    """Read the spread of an outcome from a folder beside the run's, of the very same scenario; None if there is none."""
    wanted = scenario_hash(folder)
    for path in sorted(folder.path.resolve().parent.glob("spread-*")):
        if not (path / MANIFEST).is_file() or read_manifest(path).get("resolved_hash") != wanted:
            continue
        for row in read_table(path / "spread.parquet").to_pylist():
            if row["outcome"] == outcome and row["belief"] == "prior":
                return SpreadRow(*(float(row[name]) for name in SpreadRow.__annotations__))
    return None
