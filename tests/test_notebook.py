"""The notebook of the documents runs from its first cell to its last."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # and the same on every Python
NOTEBOOK = Path(__file__).parent.parent / "docs" / "notebook.ipynb"


def test_the_notebook_runs_and_shows_its_tables_and_its_figure(tmp_path):
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in code)  # without what a machine made of it
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [set(output.get("data", {})) for cell in code for output in cell.outputs]
    assert sum("text/html" in kinds for kinds in shown) >= 3 and any("image/png" in kinds for kinds in shown)
