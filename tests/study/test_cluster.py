"""Sweeps on a real Dask scheduler with worker processes on this machine: the same bytes, whoever dies."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import distributed
import pytest
from studies import write_study
from test_sweep import folders, sweep, tables_of
from toy import needs_the_compiler

from sim.study.cluster import is_loopback
from sim.study.cluster_worker import difference, version

pytestmark = [needs_the_compiler, pytest.mark.slow]
HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster


def both(tmp_path: Path, **entries: object) -> tuple[Path, Path]:
    """Write the same study in two folders."""
    paths = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        paths.append(write_study(tmp_path / name, **entries))
    return paths[0], paths[1]


def test_tables_are_those_of_a_sweep_on_this_machine(tmp_path, cluster):
    here, there = both(tmp_path)
    sweep(here, "--keep-runs")
    sweep(there, "--keep-runs", "--cluster", cluster.scheduler_address)
    assert tables_of(folders(here)[0]) == tables_of(folders(there)[0])


def test_a_worker_that_is_killed_costs_only_a_retry(tmp_path, cluster):
    here, there = both(tmp_path, points=40, runs=1000)
    stop, killed = threading.Event(), []

    def kill_a_worker_now_and_then() -> None:
        while len(killed) < 3 and not stop.wait(0.3):
            pids = [worker.process.pid for worker in cluster.workers.values() if worker.process is not None]
            if len(cluster.scheduler.workers) == len(pids) == 2 and None not in pids and pids[0] not in killed:
                os.kill(pids[0], signal.SIGKILL)  # the other one goes on
                killed.append(pids[0])

    killer = threading.Thread(target=kill_a_worker_now_and_then)
    killer.start()
    try:
        sweep(there, "--cluster", cluster.scheduler_address)
    finally:
        stop.set()
        killer.join()
    assert killed
    sweep(here)
    assert tables_of(folders(here)[0]) == tables_of(folders(there)[0])


def begin(*words: str) -> subprocess.Popen[bytes]:
    """Begin a program of Dask's, on this machine only."""
    return subprocess.Popen([sys.executable, "-m", *words, "--no-dashboard"], stderr=subprocess.DEVNULL, cwd=HERE)


@pytest.fixture
def scheduler(tmp_path):
    """Begin a scheduler without workers, and yield its process and address."""
    file = tmp_path / "scheduler.json"
    at_work = begin(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)
    )
    while not (file.exists() and file.read_text().rstrip().endswith("}")):  # written in parts
        assert at_work.poll() is None
        time.sleep(0.05)
    yield at_work, json.loads(file.read_text())["address"]
    at_work.kill()
    at_work.wait()


def test_a_scheduler_without_a_worker_is_told(tmp_path, scheduler):
    assert "the scheduler has no worker" in sweep(write_study(tmp_path), "--cluster", scheduler[1], code=2).stderr


def test_a_scheduler_that_is_lost_is_told_and_what_is_done_is_kept(tmp_path, scheduler):
    path = write_study(tmp_path, points=40, runs=1000)
    at_work, address = scheduler
    worker = begin("distributed.cli.dask_worker", address, "--nthreads", "1")

    def kill_once_some_blocks_are_there() -> None:
        while len(list((tmp_path / "out").rglob("*.npz"))) < 5:
            time.sleep(0.02)
        at_work.kill()

    killer = threading.Thread(target=kill_once_some_blocks_are_there, daemon=True)
    try:
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(1)
        killer.start()
        words = [sys.executable, "-m", "sim", "sweep", str(path), "--out", str(tmp_path / "out"), "--cluster", address]
        lost = subprocess.run(words, capture_output=True, text=True, cwd=HERE, check=False)
    finally:
        worker.kill()
        worker.wait()
    assert lost.returncode == 2 and "was lost" in lost.stderr and "finished blocks are kept" in lost.stderr
    assert len(lost.stderr.splitlines()) == 1  # and no traceback of a library
    assert len(list((folders(path)[0] / "blocks").glob("*.npz"))) >= 5
    sweep(path, "--resume")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "carrier-pigeon://here"])
def test_a_scheduler_that_is_not_there_is_told(tmp_path, monkeypatch, address):
    monkeypatch.setattr("sim.study.cluster.SECONDS", 1)
    assert "--cluster: cannot be reached" in sweep(write_study(tmp_path), "--cluster", address, code=2).stderr


def test_workers_and_a_cluster_are_not_asked_for_together(tmp_path):
    assert (
        "is for this machine"
        in sweep(write_study(tmp_path), "--workers", "2", "--cluster", "tcp://127.0.0.1:9", code=2).stderr
    )


def test_installations_that_differ_are_told_apart():
    code, libraries = version()
    assert difference(version(), version()) == ""
    assert difference(("older", libraries), version()) == "other code"
    assert difference((code, libraries | {"numpy": "1.0"}), version()) == "numpy 1.0"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("tcp://127.0.0.1:8786", True),
        ("tcp://[::1]:8786", True),
        ("tcp://localhost:1", True),
        ("tcp://10.0.0.1:1", False),
    ],
)
def test_an_address_of_this_machine_is_told_from_another(address, expected):
    assert is_loopback(address) == expected
