"""Measure speed: ratios in one run, against other tools on the same model and against a loop in C.

    make bench            (python -m analysis.bench)

A benchmark, not a test: nothing fails for being slow. Every contender plays in every round, so a busy machine slows
all of them; medians and spreads are over rounds. Needs the extra `bench`, and a C compiler for the last line.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from analysis.bench.c_loop import compiled_loop
from analysis.bench.growth import growths
from analysis.bench.rivals import CONTENDERS
from sim.engine.learning import compile_scenario
from sim.layout import Table
from sim.results.simulate import simulate
from sim.scenario.compile import Compiled
from sim.scenario.load import load

SLOW_RUNS, FAST_RUNS = 120, 20_000
# A child counts its parent's memory as its own until it runs its program, so a small parent stands between.
LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
HERE = Path(__file__).resolve().parents[2]
Play = Callable[[], float]  # → runs a second


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--million", action="store_true", help="a million runs too, to the finished folder")
    options = parser.parse_args()
    os.environ |= {"TQDM_DISABLE": "1", "PYTHONWARNINGS": "ignore"}  # of other tools' bars and wishes, in all processes
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("", speeds(folder, options.rounds), sep="\n")
        print("", growth_table(folder, options.rounds), sep="\n")
        print("", commands(folder, options.million), sep="\n")


def machine() -> str:
    """Describe the machine: processor, cores, Python and system."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    name = names[0] if names else platform.processor()
    return f"{name}, {os.cpu_count()} cores; Python {platform.python_version()}, {platform.system()}"


def speeds(folder: Path, rounds: int) -> str:
    """Measure runs of the baseline a second, each contender in each round; as a table."""
    compiled = compile_scenario(load("baseline"))
    simulate(compiled, 100)
    plays: dict[str, Play] = {}
    for name, contender in CONTENDERS.items():
        for count in (1, 2):
            plays[f"{name}, {_counted(count, 'process')}"] = partial(
                _rate, partial(contender, SLOW_RUNS, count), SLOW_RUNS
            )
    loop = compiled_loop(compiled, folder)
    for count in (1, 2):
        plays[f"escalate, {_counted(count, 'thread')}"] = partial(
            _rate, partial(escalate_seconds, compiled, count), FAST_RUNS
        )
    if loop is not None:
        for count in (1, 2):
            name = f"the same arithmetic in C, {_counted(count, 'thread')}"
            plays[name] = partial(_rate, partial(loop.seconds, FAST_RUNS, count), FAST_RUNS)
    rates_by_play: dict[str, list[float]] = {name: [] for name in plays}
    for _ in range(rounds):
        for name, play in plays.items():
            rates_by_play[name].append(play())
    best = rates_by_play["escalate, 2 threads"]
    rows = []
    for name, rates in rates_by_play.items():
        ratios = [ours / theirs for ours, theirs in zip(best, rates, strict=True)]
        rows.append([name, f"{median(rates):,.0f}", f"{min(rates):,.0f} to {max(rates):,.0f}", f"{median(ratios):.3g}"])
    headers = ["the baseline", "runs a second", "over rounds", "escalate on 2 threads is × as fast"]
    return Table(headers, rows, "<>>>").text()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}{'es' if noun.endswith('s') else 's'}"


def _rate(seconds: Callable[[], float], runs: int) -> float:
    return runs / seconds()


def escalate_seconds(compiled: Compiled, threads: int) -> float:
    """Measure the seconds of an ensemble with every act counted by day and every outcome."""
    start = time.perf_counter()
    simulate(compiled, FAST_RUNS, threads=threads, keep_acts_of=0, take=lambda block: None)
    return time.perf_counter() - start


def growth_table(folder: Path, rounds: int) -> str:
    """Measure how time grows with each size, in medians of some rounds; as a table."""
    rows = [
        [
            growth.size_name,
            ", ".join(map(str, growth.sizes)),
            ", ".join(f"{t:.3f}" for t in growth.seconds),
            f"{growth.exponent:.2f}",
        ]
        for growth in growths(folder, rounds)
    ]
    return Table(["time against", "sizes", "seconds", "grows as size to the"], rows).text()


def commands(folder: Path, million: bool) -> str:
    """Measure whole commands, each in its process: seconds to the printed table and to the end, and peak memory."""
    rows = [_command(folder, 1_000, folder / "cold")]
    rows += [_command(folder, runs, None) for runs in (1_000, 10_000, 100_000, *([1_000_000] if million else []))]
    headers = ["escalate run baseline", "seconds to the table", "to the end", "peak memory, MB"]
    return Table(headers, rows, "<>>>").text()


def _command(folder: Path, runs: int, cache: Path | None) -> list[str]:
    out = folder / f"{runs}-{'cold' if cache else 'warm'}"
    words = [sys.executable, "-c", LAUNCHER, sys.executable, "-m", "sim", "run", "baseline"]
    words += ["--runs", str(runs), "--out", str(out)]
    environment = dict(os.environ) | ({"NUMBA_CACHE_DIR": str(cache)} if cache else {})
    start = time.perf_counter()
    with subprocess.Popen(words, cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True) as at_work:
        assert at_work.stdout is not None
        at_work.stdout.readline()
        to_table = time.perf_counter() - start
        *_, peak = at_work.stdout.read().splitlines()
    unit = 1024 if sys.platform != "darwin" else 1024**2  # kilobytes, but on macOS bytes
    name = f"{runs:,} runs" + (", nothing compiled yet" if cache else "")
    return [name, f"{to_table:.1f}", f"{time.perf_counter() - start:.1f}", f"{int(peak) / unit:.0f}"]


if __name__ == "__main__":
    main()
