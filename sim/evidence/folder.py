"""Folders of evidence: `outputs/<name>/<kind>-<id>/`; the id names all that a result depends on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.identity import identity, source_hash, versions
from sim.keeping import write_manifest, write_rows
from sim.scenario.load import Loaded

Row = dict[str, Any]
# What a result of each kind depends on is what these modules import.
MODULES = {
    "fit": ("sim.evidence.fit",),
    "pool": ("sim.evidence.pool_work", "sim.evidence.pool_headline"),
    "calibration": ("sim.evidence.calibration",),
    "priors": ("sim.evidence.dyad_priors",),
    "backtest": ("sim.evidence.backtest",),
    "facts": ("sim.evidence.facts",),
    "spread": ("sim.evidence.spread",),
    "scales": ("sim.evidence.scales",),
    "score": ("sim.evidence.ledger_scores",),
    "options": ("sim.evidence.act_options",),
    "turning": ("sim.evidence.turning_points",),
}


@dataclass(frozen=True)
class Subject:
    """What a result is about: a scenario, several, or a file of acts.

    hash: twelve hex digits of all that it says. about: what the manifest says of it.
    """

    name: str
    hash: str
    about: dict[str, Any]


def scenario_subject(loaded: Loaded) -> Subject:
    """Return a scenario as the subject of a result."""
    about = {"scenario": loaded.scenario.name, "file": loaded.file, "scenario_hash": loaded.hash}
    about["resolved_hash"] = loaded.hash_with(None)  # by which a run of the very same scenario is known
    return Subject(loaded.output_name, loaded.hash, about)


def file_subject(path: Path) -> Subject:
    """Return a file of acts as the subject of a result."""
    digest = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return Subject(path.name.split(".")[0], digest, {"file": str(path), "file_hash": digest})


@dataclass(frozen=True)
class EvidencePlan:
    """Everything that a result of evidence depends on.

    kind: one of `MODULES`. options: what the command was given, as JSON can hold it.
    """

    kind: str
    subject: Subject
    options: Mapping[str, Any]

    @property
    def begun_with(self) -> dict[str, Any]:
        """Return all that the result depends on, by name."""
        modules = MODULES[self.kind]
        about = {"kind": self.kind, "subject_hash": self.subject.hash, **self.options}
        return about | {"code_hash": source_hash(*modules), "versions": versions(*modules)}

    def folder(self, out: Path) -> Path:
        """Return where the result is, or will be, below `out`."""
        return out / self.subject.name / f"{self.kind}-{identity(self.begun_with)}"

    def write(
        self, folder: Path, tables: Mapping[str, Sequence[Row]], results: Mapping[str, Any] | None = None
    ) -> None:
        """Write the tables, and a manifest with what was found beside them. Raises UserError where it cannot."""
        modules = MODULES[self.kind]
        for name, rows in tables.items():
            write_rows(folder / f"{name}.parquet", rows)
        code = {"code_hash": source_hash(*modules), "versions": versions(*modules)}
        write_manifest(folder, {**self.subject.about, **self.options, **(results or {}), **code})
