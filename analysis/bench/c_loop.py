"""The loop in C: its scenario as constants, compiled by the machine's C compiler, held to the same acts."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.engine.ceilings import ceilings
from sim.engine.learning import BaseDraws
from sim.engine.loop import play_runs
from sim.rules.luck import FIRST, GOLDEN, S27, S30, S31, SECOND
from sim.scenario.compile import Compiled

SOURCE = Path(__file__).parent / "baseline.c"
FLAGS = ("-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-std=gnu11")
TYPES = {"f": "double", "i": "int64_t", "u": "uint64_t"}


@dataclass(frozen=True)
class Loop:
    """A compiled loop."""

    program: Path

    def play(self, seed: int, runs: int, threads: int) -> tuple[float, int, int]:
        """Play runs, and return seconds, the number of acts and the hash of all acts."""
        words = [str(self.program), str(seed), str(runs), str(threads)]
        seconds, acts, hashed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
        return float(seconds), int(acts), int(hashed)

    def seconds(self, runs: int, threads: int) -> float:
        """Play runs with seed 1, and return seconds."""
        return self.play(1, runs, threads)[0]


def compiled_loop(compiled: Compiled, folder: Path) -> Loop | None:
    """Compile the loop for one scenario in a folder.

    Returns None without a C compiler. Raises RuntimeError if its acts are not those of the rules.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    (folder / "scenario.h").write_text("\n".join(header(compiled)) + "\n")
    program = folder / "baseline"
    words = [compiler, *FLAGS, f"-I{folder}", str(SOURCE), "-o", str(program), "-lm", "-lpthread"]
    subprocess.run(words, check=True)
    loop = Loop(program)
    if loop.play(1, 500, 1)[1:] != hash_of_acts(replace(compiled, bases="mean"), seed=1, runs=500):
        raise RuntimeError("the loop in C does not do the same acts as the rules: baseline.c is behind")
    return loop


def header(compiled: Compiled) -> Iterator[str]:
    """Write a scenario as C constants, in lines."""
    tables, limits = compiled.tables, ceilings(compiled)
    lengths = {"D": compiled.days, "N": len(compiled.actors), "C": len(compiled.channels), "A": len(compiled.acts)}
    lengths |= {"F": len(compiled.facts), "Q": len(compiled.pairs)}
    lengths |= {"PRESSURES": len(tables.pressures), "LOSSES": len(tables.losses), "SYMPATHIES": len(tables.sympathies)}
    widths = ("answers", "requires", "channel_drives", "channel_actions", "action_drives", "additions", "fact_changes")
    lengths |= {name.upper(): getattr(tables, name).shape[1] for name in (*widths, "lowers_first")}
    lengths |= {"STALE": limits.stale.shape[1]}
    yield from (f"#define {name} {length}" for name, length in lengths.items())
    arrays = tables._asdict() | {f"limit_{name}": array for name, array in limits._asdict().items()}
    arrays["clock_days"] = arrays.pop("clock")  # clock() is C's own
    means = BaseDraws(replace(compiled, bases="mean"), seed=0).of_runs(range(1))[0]
    assert compiled.teaching is not None, "compile_scenario gives a scenario its teaching"
    arrays |= {"mean_bases": means, "counted": compiled.teaching.counted, "chances": compiled.teaching.chances}
    for name, array in {**arrays, "pairs": compiled.pair_codes}.items():
        dimensions = "".join(f"[{max(1, length)}]" for length in array.shape)
        yield f"static const {TYPES[array.dtype.kind]} {name}{dimensions} = {_constant(array)};"


def _constant(array: np.ndarray) -> str:
    if array.ndim:
        return "{" + ", ".join(_constant(part) for part in array) + "}" if len(array) else "{0}"
    if array.dtype.kind == "f":
        return float(array).hex() if np.isfinite(array) else "INFINITY"
    return f"{int(array)}ULL" if array.dtype.kind == "u" else str(int(array))


def hash_of_acts(compiled: Compiled, seed: int, runs: int) -> tuple[int, int]:
    """Return the number of acts by the compiled rules, and the hash that the loop in C prints."""
    total, hashed = 0, np.uint64(0)
    with np.errstate(over="ignore"):
        for run, acts, _ in play_runs(compiled, seed, range(runs)):
            days, codes = (index.astype(np.uint64) for index in acts.nonzero())
            first = stir(np.zeros(len(days), np.uint64), np.uint64(run))
            hashed += stir(stir(first, days), codes).sum(dtype=np.uint64)
            total += len(days)
    return total, int(hashed)


def stir(hashed: np.ndarray, part: np.ndarray | np.uint64) -> np.ndarray:
    """Stir a part into hashes, uint64, by splitmix64's finaliser."""
    mixed = (hashed ^ part) + GOLDEN
    mixed = (mixed ^ (mixed >> S30)) * FIRST
    mixed = (mixed ^ (mixed >> S27)) * SECOND
    return np.asarray(mixed ^ (mixed >> S31))
