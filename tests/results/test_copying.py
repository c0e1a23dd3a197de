"""Copies of finished folders at other addresses: whole, the manifest last, or told why not."""

import fsspec
import pytest
from click.testing import CliRunner

from sim.commands.group import main
from sim.results.copying import copy_to
from sim.scenario.problems import UserError


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "study" / "0123"
    for name in ("manifest.json", "points.parquet", "figures/a.png", "blocks/1.npz", ".lock"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    return made


def test_a_copy_is_the_folder_without_the_parts_that_its_tables_are_made_of(folder):
    assert copy_to(folder, "memory://results/") == "memory://results/study/0123"
    store = fsspec.filesystem("memory")
    found = {path.removeprefix("/results/study/0123/") for path in store.find("/results")}
    assert found == {"manifest.json", "points.parquet", "figures/a.png"}
    assert store.cat_file("/results/study/0123/points.parquet") == b"points.parquet"


def test_the_manifest_comes_last_and_a_whole_copy_stays(folder, monkeypatch):
    order = []
    store = fsspec.filesystem("memory")
    put = type(store).put_file
    monkeypatch.setattr(type(store), "put_file", lambda self, *where: order.append(where[1]) or put(self, *where))
    copy_to(folder, "memory://again")
    copy_to(folder, "memory://again")
    assert len(order) == 3 and order[-1].endswith("manifest.json")


@pytest.mark.parametrize("address", ["pigeon://here", "/proc/nowhere"])
def test_an_address_that_cannot_be_written_is_told(folder, address):
    with pytest.raises(UserError, match="--to: cannot be written"):
        copy_to(folder, address)


def test_a_run_can_be_copied(tmp_path):
    words = ["run", "border", "--runs", "3", "--out", str(tmp_path / "out"), "--to", f"file://{tmp_path}/there"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    (here,), (there,) = (list((tmp_path / name / "border").iterdir()) for name in ("out", "there"))
    assert {path.name for path in here.iterdir()} == {path.name for path in there.iterdir()}
    assert f"Copied to: file://{there}" in result.stderr


def test_it_names_the_extra_if_fsspec_is_missing(folder, monkeypatch):
    def missing(module):
        raise ModuleNotFoundError(name="fsspec")

    monkeypatch.setattr("sim.optional.import_module", missing)
    with pytest.raises(UserError, match=r"--to needs fsspec.*pip install -e '\.\[cluster\]'"):
        copy_to(folder, "memory://x")
