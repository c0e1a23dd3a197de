"""Machine-coded tables in the forms of the field, and imports of them."""

import csv
import gzip
import itertools
import json
import zipfile
from pathlib import Path

from click.testing import CliRunner

from sim.commands.group import main
from sim.scenario.library import shipped_folder

MAP = shipped_folder() / "maps" / "cambodia.yaml"

ICEWS_HEAD = [
    "Event ID",
    "Event Date",
    "Source Name",
    "Source Sectors",
    "Source Country",
    "Event Text",
    "CAMEO Code",
    "Intensity",
]

ICEWS_HEAD += ["Target Name", "Target Sectors", "Target Country", "Story ID"]

KEYS = itertools.count(1)


def icews(
    day="2017-09-03",
    source="Hun Sen",
    source_country="Cambodia",
    code="173",
    target="Kem Sokha",
    sectors="",
    text="Arrest",
    source_sectors="Government",
    target_country="Cambodia",
    key="",
) -> list[str]:
    key = key or str(next(KEYS))
    return [key, day, source, source_sectors, source_country, text, code, "-5", target, sectors, target_country, "77"]


def gdelt(
    columns=61, day="20170903", source="KHMGOV", code="173", target="KHMOPP", name="CAMBODIA", target_name="PARTY",
    root="", key="", types=("", ""),
) -> list[str]:  # fmt: skip
    row = [""] * columns
    row[0], row[1], row[26], row[28], row[-1] = key or str(next(KEYS)), day, code, root, "http://example.org/story"
    row[5:8], row[12:14] = (source, name, source[:3]), types
    row[15:18] = target, target_name, target[:3]
    return row


def written(path: Path, rows: list[list[str]], delimiter="\t") -> Path:
    text = "\n".join(delimiter.join(row) for row in rows) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("table.csv", text)
    else:
        path.write_text(text)
    return path


def imported(table: Path, form: str, out: Path, *more: str):
    return CliRunner().invoke(
        main, ["record", "import", str(table), "--format", form, "--map", str(MAP), "--out", str(out), *more]
    )


def rows_of(out: Path) -> list[list[str]]:
    with out.open() as file:
        return list(csv.reader(file))


def data_of(table: Path, form: str, out: Path, *more: str, ok=True) -> dict:
    result = imported(table, form, out, "--json", *more)
    assert result.exit_code == (0 if ok else 2), result.output
    return json.loads(result.stdout)


GDELT_HEAD = [f"column{index}" for index in range(61)]

for index, heading in {
    0: "GLOBALEVENTID", 1: "SQLDATE", 5: "Actor1Code", 6: "Actor1Name", 7: "Actor1CountryCode", 12: "Actor1Type1Code",
    15: "Actor2Code", 16: "Actor2Name", 17: "Actor2CountryCode", 22: "Actor2Type1Code", 26: "EventCode",
    28: "EventRootCode", 60: "SOURCEURL",
}.items():  # fmt: skip
    GDELT_HEAD[index] = heading
