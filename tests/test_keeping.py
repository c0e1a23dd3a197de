"""Results are whole or not there at all, damage is seen, and errors blame the right place."""

import json
import math
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim import keeping
from sim.commands.group import main
from sim.identity import source_hash, versions
from sim.keeping import json_text, keep, read_table, whole_file, whole_folder, write_file, write_manifest, write_rows
from sim.scenario.problems import UserError

RUN = ["run", "border", "--runs", "20"]
HERE = Path(__file__).parent.parent


def escalate(*words: str, code: int = 0):
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> Path:
    """Where one small run is."""
    out = tmp_path_factory.mktemp("outputs")
    escalate(*RUN, "--out", str(out))
    return out


@pytest.fixture
def out(shared, tmp_path) -> Path:
    """A copy of it, to be damaged."""
    subprocess.run(["cp", "-r", str(shared), str(tmp_path / "out")], check=True)
    return tmp_path / "out"


def folder_in(out: Path) -> Path:
    (folder,) = (out / "border").iterdir()
    return folder


# --- JSON


def test_numbers_that_are_not_finite_are_null_and_dates_are_text():
    text = json_text({"a": [math.nan, 1.5, -math.inf], "b": {"day": date(2017, 9, 3), "c": (math.nan,)}, "d": "→"})
    assert json.loads(text) == {"a": [None, 1.5, None], "b": {"day": "2017-09-03", "c": [None]}, "d": "→"}
    assert "→" in text


# --- files and folders


def test_a_file_that_fails_leaves_the_old_one(tmp_path):
    write_file(tmp_path / "a", b"old")
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "a") as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_folder_that_fails_leaves_the_old_one(tmp_path):
    def finish(part: Path) -> None:
        write_file(part / "a", b"whole")
        write_manifest(part, {})

    keep(tmp_path / "x", finish, force=False, contents=False)
    with pytest.raises(UserError, match="cannot be written: No space left on device"), whole_folder(tmp_path / "x"):
        raise OSError(28, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["x"] and (tmp_path / "x" / "a").read_bytes() == b"whole"


def test_what_a_killed_process_left_is_removed_and_what_is_at_work_is_not(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from sim.keeping import whole_folder\n"
        "with whole_folder(Path(sys.argv[1])): print('in', flush=True); time.sleep(60)"
    )
    begin = [sys.executable, "-c", code]
    killed, working = (
        subprocess.Popen([*begin, str(tmp_path / name)], stdout=subprocess.PIPE, cwd=HERE) for name in ("a", "b")
    )
    for process in (killed, working):
        assert process.stdout is not None and process.stdout.readline() == b"in\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with whole_folder(tmp_path / "c") as part:
        assert sorted(path.name.split(".")[1] for path in tmp_path.glob(".*.part")) == ["b", "c"]
        write_file(part / "x", b"")
    working.kill()
    working.wait()
    keeping.remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c"]


# --- a finished folder is not believed unseen

DAMAGES = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
    "grown": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "removed": lambda path: path.unlink(),
}


@pytest.mark.parametrize("name", ["acts.parquet", "outcomes.parquet", "daily.parquet", "scenario.yaml"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_run_is_not_taken_for_a_whole_one(out, name, damage):
    DAMAGES[damage](folder_in(out) / name)
    error = escalate(*RUN, "--out", str(out), code=2).stderr
    assert f"{name}: is " in error and "--force" in error
    assert f"{name}: is " in escalate("plot", str(folder_in(out)), code=2).stderr or damage == "removed"
    if name == "acts.parquet":  # the whole folder is made again, whatever was damaged
        escalate(*RUN, "--out", str(out), "--force")
        escalate(*RUN, "--out", str(out), "--verify")


def test_other_contents_of_the_same_size_are_seen_when_asked(out):
    path = folder_in(out) / "outcomes.parquet"
    raw = bytearray(path.read_bytes())
    raw[10] ^= 1
    path.write_bytes(bytes(raw))
    assert "checksum differs" in escalate(*RUN, "--out", str(out), "--verify", code=2).stderr


def test_columns_of_a_table_are_read_alone_and_one_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "shares.parquet"
    write_rows(path, [{"share": 0.5, "day": None}, {"share": 0.25, "day": 3}])
    assert read_table(path, ["day"]).to_pydict() == {"day": [None, 3]} and read_table(path, []).num_rows == 2
    with pytest.raises(UserError, match="it has no column mean"):
        read_table(path, ["share", "mean"])


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"'])
def test_a_manifest_that_is_damaged_is_told(out, text):
    (folder_in(out) / "manifest.json").write_text(text)
    assert "manifest.json: is damaged" in escalate(*RUN, "--out", str(out), code=2).stderr


def test_every_kind_of_damage_to_a_sweep_is_seen(tmp_path):
    (tmp_path / "study.yaml").write_text(
        "name: S\ndescription: s\nscenario: border\nruns: 4\nlevers: {parameters.reciprocity: [0.1, 0.2]}\n"
        "outcomes: [hostile_acts]\n"
    )
    sweep = ["sweep", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out"), "--keep-runs"]
    escalate(*sweep)
    (folder,) = (tmp_path / "out").glob("*-study/*")
    for name in ("points.parquet", "runs.parquet", "scenario.yaml", "study.json", "plan.json"):
        whole = (folder / name).read_bytes()
        for damage in ("cut short", "emptied", "grown"):
            DAMAGES[damage](folder / name)
            assert f"{name}: is damaged" in escalate(*sweep, code=2).stderr, (name, damage)
        (folder / name).unlink()
        escalate(*sweep)  # made again
        assert (folder / name).read_bytes() == whole
        (folder / name).write_bytes(whole)


# --- figures are drawn of what is whole


def test_a_run_without_its_figures_has_them_drawn_by_the_next_call(out):
    folder = folder_in(out)
    drawn = {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}
    for name in drawn:
        (folder / "figures" / name).unlink()
    again = escalate(*RUN, "--out", str(out))
    assert "An identical run is in" in again.stderr
    assert {path.name: path.read_bytes() for path in (folder / "figures").iterdir()} == drawn


@pytest.mark.parametrize(
    "failure", [KeyboardInterrupt, OSError(28, "No space left on device"), RuntimeError("no backend")]
)
def test_a_run_is_whole_though_its_figures_fail(tmp_path, monkeypatch, failure):
    import sim.figures.plot

    def fails(*_: object, **__: object) -> None:
        raise failure

    with monkeypatch.context() as patched:
        patched.setattr(sim.figures.plot, "save", fails)
        result = escalate(*RUN, "--out", str(tmp_path), code=130 if failure is KeyboardInterrupt else 2)
    assert "Border dispute: 20 runs" in result.stdout
    assert not list((folder_in(tmp_path) / "figures").iterdir())
    escalate(*RUN, "--out", str(tmp_path))
    assert len(list((folder_in(tmp_path) / "figures").iterdir())) == 2


# --- what cannot be printed is written


def test_a_result_that_cannot_be_printed_is_written_and_the_output_is_blamed(tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    words = [sys.executable, "-m", "sim", *RUN, "--out", str(tmp_path)]
    with full.open("w") as sink:
        done = subprocess.run(words, stdout=sink, stderr=subprocess.PIPE, text=True, cwd=HERE, check=False)
    assert done.returncode == 2
    assert (
        f"standard output: cannot be written: No space left on device; allowed: the complete result is in {folder_in(tmp_path)}"
        in done.stderr
    )
    assert "Traceback" not in done.stderr and (folder_in(tmp_path) / "figures" / "acts.png").is_file()
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *words], stderr=subprocess.PIPE, text=True, cwd=HERE, check=False
    )
    assert closed.returncode == 2 and "standard output: cannot be written" in closed.stderr


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    words = [sys.executable, "-m", "sim", "list", "record"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=HERE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait()


# --- paths


@pytest.mark.parametrize("name", ["s3:x", "file:x", "memory:x", os.fsdecode(b"caf\xe9"), "a b", "ünï"])
def test_out_is_a_path_whatever_it_looks_like(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    escalate(*RUN, "--out", name, "--csv")
    assert len(list((tmp_path / name / "border").iterdir())) == 1
    escalate(*RUN, "--out", name, "--verify")
    folder = folder_in(tmp_path / name)
    escalate("plot", str(folder.relative_to(tmp_path)))
    escalate("compare", "border", "border", "--runs", "5")


def test_out_knows_the_home_and_is_not_empty(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    escalate(*RUN, "--out", "~/results")
    assert (tmp_path / "results" / "border").is_dir()
    assert "an empty path" in escalate(*RUN, "--out", "", code=2).stderr
    assert "an empty path" in escalate("init", "", code=2).stderr


# --- identities


def test_an_identity_depends_on_code_and_on_nothing_else(tmp_path, monkeypatch):
    import sim.identity as identity

    def hash_with(text: str) -> str:
        (tmp_path / "sim" / "a.py").write_text(text)
        for cached in (identity._closure, identity._tree, identity._imports, identity._syntax_hash):
            cached.cache_clear()
        return source_hash("sim.a")

    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "b.py").write_text("y = 1\n")
    monkeypatch.setattr(identity, "PACKAGE", tmp_path / "sim")
    plain = hash_with("import numpy\nx = 1\n")
    assert hash_with('"""A docstring."""\nimport numpy\nx =  1  # a comment\n') == plain
    assert hash_with("import numpy\nx = 2\n") != plain
    other = hash_with("import numpy\ndef f():\n    from sim.b import y\n    return y\n")
    (tmp_path / "sim" / "b.py").write_text("y = 2\n")
    assert hash_with("import numpy\ndef f():\n    from sim.b import y\n    return y\n") != other
    assert set(versions("sim.a")) == {"python", "numpy"}
    for cached in (identity._closure, identity._tree, identity._imports, identity._syntax_hash):
        cached.cache_clear()


def test_a_run_does_not_depend_on_figures_or_on_extras():
    from sim.identity import _closure

    modules, libraries = _closure(("sim.results.run",))
    assert not [name for name in modules if name.split(".")[1] in ("figures", "explorer", "commands", "evidence")]
    assert not libraries & {"matplotlib", "click", "rich", "emcee", "arviz", "statsmodels", "pytest", "solara"}
    assert {"numpy", "numba", "pyarrow"} <= libraries


# --- JSON of every command


def finite(text: str) -> object:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize(
    "words",
    [
        ["check", "border"],
        ["show", "border"],
        ["show", "border", "--origins"],
        ["list", "parameters", "border"],
        ["run", "border", "--runs", "1"],
        ["run", "border", "--runs", "2", "--set", "clock.end=2030-05-20"],
        ["compare", "border", "border", "--runs", "1"],
        ["trace", "border", "--day", "2030-06-01"],
        ["scales", "border", "--runs", "100", "--jitters", "1"],
    ],
    ids=" ".join,
)
def test_json_is_json(words, tmp_path):
    out = [] if words[0] in ("check", "show", "list", "compare", "trace") else ["--out", str(tmp_path)]
    finite(escalate(*words, *out, "--json").stdout)
