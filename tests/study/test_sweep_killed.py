"""A sweep that is killed at any moment and gone on with has the tables of one that ran through."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from studies import write_study
from test_sweep import folders, sweep, tables_of
from toy import needs_the_compiler

pytestmark = pytest.mark.slow  # and the same on every Python

LEVERS = {"pairs.state_to_state.momentum": [0.1, 0.2, 0.3], "actors.south.strategy": ["grim_trigger", "tit_for_tat"]}
STUDY = {"levers": LEVERS, "points": 12, "runs": 12}  # 72 points
KILLS = 7


def begin(path: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "sim", "sweep", str(path), "--out", str(path.parent / "out"), "--resume"]
    here = Path(__file__).parents[2]
    return subprocess.Popen([*words, "--keep-runs"], cwd=here, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def files(path: Path) -> int:
    """Count the files that the sweep has made so far, unfinished ones too."""
    return sum(1 for file in (path.parent / "out").rglob("*") if file.is_file())


def kill_at_a_random_moment(path: Path, luck: random.Random) -> bool:
    """Kill a sweep once it has written some files more, or soon after its start; whether it was killed."""
    at_work = begin(path)
    target = files(path) + luck.choice([0, 1, 3, 6, 10, 80])
    while at_work.poll() is None and files(path) < target:
        time.sleep(0.001)
    time.sleep(luck.random() * 0.01)
    at_work.send_signal(signal.SIGKILL)
    return at_work.wait() == -signal.SIGKILL


@needs_the_compiler
def test_tables_are_the_same_to_the_byte_however_often_a_sweep_was_killed(tmp_path):
    for name in ("killed", "through"):
        (tmp_path / name).mkdir()
    through, killed = (write_study(tmp_path / name, **STUDY) for name in ("through", "killed"))
    sweep(through, "--keep-runs")
    luck = random.Random(int(os.environ.get("KILLS_SEED", "1")))
    assert sum(kill_at_a_random_moment(killed, luck) for _ in range(KILLS)) >= KILLS // 2
    last = begin(killed)
    assert last.wait() == 0
    assert tables_of(folders(killed)[0]) == tables_of(folders(through)[0])
    assert set(tables_of(folders(killed)[0])) >= {"points.parquet", "runs.parquet", "scenario.yaml"}
