"""Situations that every figure must bear, made once a session, and the law that their sheets are held to.

`subjects(kind, root)` gives what a figure of a kind is drawn of, in each situation: a crowded crisis of eight actors with
long labels over three years, one run of it, two runs, a crisis in which nothing happens, and one of a few days. Folders
of evidence are written as their commands write them. A kind that is not named here is made by the command of that name,
so that a new figure is covered without a word here.
"""

import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from click.testing import CliRunner
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from toy import toy

from sim.commands.group import main
from sim.results.run_folder import read_run

START = date(2017, 1, 1)
PLACES = ("Northern", "Southern", "Eastern", "Western", "Central", "Coastal", "Upper", "Outer")
LABELS = [f"Provisional Council of the {place} Provinces & Islands" for place in PLACES]
MEANINGS = (
    "closes its ports and its airspace to everything that the government of the other side sends or pays for",
    "denounces in public what the other side is said to have done",
    "offers to talk, without conditions, at a place that the other side may choose",
)
LADDER = ("quiet as ever", "words said in public", "gestures that are seen", "institutions are bent", "harm is done", "everything is broken off")  # fmt: skip
PATHS = {
    "acts_and_others": "a rupture of everything that there was between them", "acts": "repression that has come to stay and slowly grows",
    "calm": "de-escalation", "otherwise": "a tension that is managed if only just",
}  # fmt: skip
CLOCKS = {"crowded": (1096, 40), "one run": (1096, 1), "two runs": (1096, 2), "no events": (1096, 40), "few days": (12, 40)}  # fmt: skip


@cache
def subjects(kind: str, root: Path) -> dict[str, Any]:
    """Make what a figure of a kind is drawn of, by situation. root: a folder of this session, where it is kept."""
    if kind in ("run", "runs"):
        runs = {name: read_run(_command("run", name, root)) for name in CLOCKS}
        return runs if kind == "run" else {**{name: [run] for name, run in runs.items()}, **_side_by_side(runs, root)}
    if kind in WRITTEN:
        return dict(WRITTEN[kind](root / kind))
    more = ["--actor", "actor_" + PLACES[0].lower()] if kind == "options" else []
    return {"crowded": _command(kind, "crowded", root, *more)}


def _side_by_side(runs: dict[str, Any], root: Path) -> dict[str, Any]:
    """Two scenarios beside each other, many runs and few; and as many as can be told apart."""
    pairs = {
        name: [runs[name], read_run(_command("run", name, root, "--set", "parameters.reach=0.9"))] for name in CLOCKS
    }
    return {f"{name}, twice": pair for name, pair in pairs.items()} | {"six of them": [runs["crowded"]] * 6}


def _command(command: str, situation: str, root: Path, *more: str) -> Path:
    """Run a command on the scenario of a situation, and return the folder that it leaves."""
    out = root / f"{command} {situation} {len(more)}"
    if not out.exists():
        file = _scenario(situation, root)
        result = CliRunner().invoke(main, [command, str(file), "--runs", str(CLOCKS[situation][1]), "--out", str(out), *more])  # fmt: skip
        assert result.exit_code == 0, result.output
    return max(out.rglob("manifest.json"), key=lambda path: path.stat().st_mtime).parent


def _scenario(situation: str, root: Path) -> Path:
    """Write the scenario of a situation: everybody against the first, and each against the next."""
    folder = root / situation
    folder.mkdir(exist_ok=True)
    names = [f"actor_{place.lower()}" for place in PLACES][: 2 if situation == "few days" else None]
    around = [(who, names[(place + 1) % len(names)]) for place, who in enumerate(names)]
    dyads = list(dict.fromkeys([*around, *((who, names[0]) for who in names[1:]), *((names[0], who) for who in names[1:])]))  # fmt: skip
    days, quiet = CLOCKS[situation][0], situation == "no events"
    data = toy(
        dyads, (-8.0, -3.0, 4.0), days=days, base=0.0 if quiet else 0.01, replayed=days // 10 + 2, reciprocity=0.1
    )
    data["name"] = f"A crisis that has a long name, of many words: {situation}"
    data["clock"] = {"start": START, "replay_until": START + timedelta(days // 10), "end": START + timedelta(days - 1)}
    data["rungs"] = {str(rung): name for rung, name in enumerate(LADDER)}
    data["parameters"] = {"reach": {"value": 0.3, "low": 0, "high": 1, "unit": "ratio", "meaning": "how far it reaches", "source": "made up"}}  # fmt: skip
    data["pairs"]["state_to_state"]["generosity"] = "reach"
    for name, label in zip(names, LABELS, strict=False):
        data["actors"][name]["label"] = label
    for actions in data["actions"].values():
        for place, action in enumerate(actions.values()):
            action |= {"meaning": MEANINGS[place % 3], "rung": (5, 1, 0)[place % 3]}
            action |= {"role": "imposition"} if place % 3 == 0 else {}
    middle = START + timedelta(days // 2)
    data["dates"] = {
        name: {"date": middle + timedelta(later), "label": f"{name.capitalize()} that everybody has been waiting for", "source": "made up"}
        for name, later in (("vote", 0), ("summit", 1), ("deadline", days // 2 - 2))
    }  # fmt: skip
    data["outcomes"] = _outcomes(f"{names[1]}.{names[0]}_0", names[:2])
    _record(folder / "record.csv", dyads, 0 if quiet else days)
    data["record"] = {"file": "record.csv", "replay": "all", "month_only": "leave_out"}
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def _outcomes(act: str, pair: list[str]) -> dict[str, Any]:
    single, measures, hostile = {"actions": [act]}, {"role": "imposition"}, {"tone": "hostile"}
    long = "which nobody had thought possible before all this began, and some still do not"
    entries: dict[str, Any] = {
        "closed": {"metric": "happened", "acts": single, "until": "vote", "meaning": f"the ports are closed before the vote, {long}"},
        "closed_on": {"metric": "first_day", "acts": single, "meaning": f"day on which the ports are closed, {long}"},
        "any": {"metric": "happened", "acts": measures, "meaning": "any measure is taken"},
        "imposed": {"metric": "happened", "acts": measures, "each": "action", "meaning": f"a measure of this kind is taken, {long}"},
        "imposed_on": {"metric": "first_day", "acts": measures, "each": "action", "meaning": f"day of the first such measure, {long}"},
        "calm": {"metric": "de_escalated", "each": "pair", "since": "start", "share": 0.33, "days": 5, "meaning": "tension stays under a third of its peak for five days"},
        "hostile": {"metric": "count", "acts": hostile, "meaning": "hostile acts"},
        "path": {"metric": "path_class", "acts": single, "others": measures, "at_least": 2, "before": "vote", "since": "start", "pair": pair,
                 "share": 0.33, "days": 5, "classes": PATHS, "meaning": "how the crisis goes: this way or that"},
    }  # fmt: skip
    return {name: {"headline": True, **entry} for name, entry in entries.items()}


def _record(path: Path, dyads: list[tuple[str, str]], days: int) -> None:
    """Write a record in which each dyad acts once in a while, to the last day."""
    rows = [
        (str(START + timedelta(day)), *dyads[day % len(dyads)], day % 3) for day in range(0, days, max(1, days // 60))
    ]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "actor", "target", "action", "outside", "source", "note"))
        writer.writerows((day, who, whom, f"{whom}_{number}", "", "made up", "") for day, who, whom, number in rows)
        if not rows:
            writer.writerow((str(START), *dyads[0], "", "nothing that counts", "made up", ""))


# --- folders of evidence, as their commands write them

DYADS = [f"{first} → {second}" for first, second in combinations(LABELS[:4], 2)]


def _folder(root: Path, name: str, **tables: Any) -> Path:
    """Write a folder: a list of rows as a table, anything else as JSON; names of files without their ends."""
    folder = root / name.replace(" ", "_")
    folder.mkdir(parents=True, exist_ok=True)
    _, resolved = _scenario("crowded", root.parent), root.parent / "crowded"
    for file in resolved.iterdir():
        (folder / {"case.yaml": "scenario.yaml"}.get(file.name, file.name)).write_bytes(file.read_bytes())
    for stem, content in tables.items():
        if isinstance(content, list):
            pq.write_table(pa.Table.from_pylist(content), folder / f"{stem}.parquet")
        else:
            (folder / f"{stem}.json").write_text(json.dumps(content, default=str))
    return folder


def _sensitivity(root: Path) -> Iterator[tuple[str, Path]]:
    numbers = [f"parameters.a_number_with_a_rather_long_name_number_{place}" for place in range(12)]
    for name, outcomes, size in (("crowded", 8, 0.178), ("nothing varies", 1, None)):
        rows = []
        for outcome in range(outcomes):
            title = f"an_outcome_with_a_rather_long_name.{LABELS[outcome]}"
            low_high = {"share.low": None if size is None else -0.1, "share.high": None if size is None else 1.3}
            rows += [
                {"outcome": title, "source": "chance", "order": "", "share": 0.5, "share.low": 0.2, "share.high": 0.9}
            ]
            rows += [
                {
                    "outcome": title,
                    "source": "parameters",
                    "order": "",
                    "share": 0.5,
                    "share.low": 0.2,
                    "share.high": 0.9,
                }
            ]
            rows += [
                {"outcome": title, "source": source, "order": order, "share": size, **low_high}
                for source in ("decision rule", *numbers)
                for order in ("first", "total")
            ]
        study = {"name": "What matters to everybody", "runs": 20, "seed": 1}
        study["vary"] = {number: {"scale": "linear"} for number in numbers}
        yield (
            name,
            _folder(root, name, variance=rows, points=[{"point": 0}] * 3, study=study),
        )


def _sweep(root: Path) -> Iterator[tuple[str, Path]]:
    random = np.random.default_rng(1)
    for name, values, runs in (("crowded", 11, 40), ("one run", 3, 1), ("log scale", 12, 40)):
        along, is_log = "parameters.a_number_with_a_rather_long_name", name == "log scale"
        levers = {
            along: [0.001 * 2**place if is_log else place / 10 for place in range(values)],
            "parameters.another_number_with_a_long_name": [0, 1, 2] if is_log else [0.0, 0.5, 1.0],
            "actors.actor_northern.strategy": ["tit_for_tat", "generous_tit_for_tat", "grim_trigger"],
        }
        keys = list(levers)
        settings = [(a, b, c) for a in levers[keys[0]] for b in levers[keys[1]] for c in levers[keys[2]]]
        points, all_runs = [], []
        for point, setting in enumerate(settings):
            happened = random.random(runs) < setting[0]
            share = float(happened.mean())
            points.append({"point": point, **dict(zip(keys, setting, strict=True)), "runs": runs, "failed": False, "error": "",
                           "closed": share, "closed.low": share / 2, "closed.high": (1 + share) / 2})  # fmt: skip
            all_runs += [{"point": point, "run": run, "closed": bool(yes)} for run, yes in enumerate(happened)]
        folder = _folder(root, name,
                         study={"name": "Levers", "levers": {key: values for key, values in levers.items() if not (is_log and key == along)}, "vary": {along: {"scale": "log"}} if is_log else {}, "runs": runs, "seed": 1, "outcomes": ["closed"]})  # fmt: skip
        for stem, rows, unit in (("points", points, "share, share"), ("runs", all_runs, "share")):
            table = pa.Table.from_pylist(rows)
            fields = [
                field.with_metadata({"unit": unit}) if field.name == "closed" else field for field in table.schema
            ]
            pq.write_table(table.cast(pa.schema(fields)), folder / f"{stem}.parquet")
        yield name, folder


def _fit(root: Path) -> Iterator[tuple[str, Path]]:
    for name, count, reach in (("crowded", 24, 1.0), ("nothing learned", 2, 1.96)):
        rows = [
            {"number": f"channels.actor_northern.actor_southern.hostile.base_{place}" if place % 2 else f"parameters.a_number_with_a_rather_long_name_{place}",
             "unit": "hostile acts per cooperative act", "prior_family": "log-normal", "prior_first": 100.0, "prior_second": 0.5, "default": 100.0,
             "median": 100.0 * 1.1**place, "low": 100.0 * 0.9 ** (3 * reach), "high": 130.0 * 1.1 ** (place + 3 * reach), "learned": 0.02 * place}
            for place in range(count)
        ]  # fmt: skip
        manifest = {
            "scenario": "A crisis that has a long name, of many words",
            "since": "2016-01-01",
            "until": "2017-09-15",
            "converged": False,
        }
        yield name, _folder(root, name, numbers=rows, manifest=manifest)


def _backtest(root: Path) -> Iterator[tuple[str, Path]]:
    from sim.evidence.backtest import SCORES

    random = np.random.default_rng(2)
    manifest = {"scenario": "A crisis that has a long name, of many words", "report_from": "2017-09-16"}
    rivals = [
        "base rate",
        "persistence",
        "no pressure at all, and no answers either",
        "learned base",
        "without momentum",
        "poisson",
        "the other",
    ]
    for name, some, forecasts in (("crowded", rivals, 3000), ("few", rivals[:1], 3)):
        skills = [
            {"part": "report", "score_name": score, "horizon_days": days, "rival": rival, "origins": 9, "score": 1.0, "score_of_rival": 1.2, "skill": skill,
             "low": skill - 0.4, "high": skill + 0.9, "p": 0.2, "p_adjusted": 0.9, "is_sure": skill > 1}
            for score in SCORES.values() for days in (30, 90) for rival in some for skill in [float(random.normal(0, 0.8))]
        ]  # fmt: skip
        scores = [
            {"model": model, "origin": date(2017, 10, 1), "horizon_days": 30, "score_name": "brier", "class": DYADS[place % 6],
             "chance_of_any": float(random.random()), "observed": int(random.integers(0, 2)), "score": 0.1}
            for model in ("model", "base rate", "learned base") for place in range(forecasts)
        ]  # fmt: skip
        pit = [{"pit": float(value)} for value in random.random(forecasts)]
        yield name, _folder(root, name, skills=skills, scores=scores, pit=pit, manifest=manifest)


def _pool(root: Path) -> Iterator[tuple[str, Path]]:
    cases = [f"case_{place}" for place in range(8)]
    about = [{"case": name, "title": LABELS[place], "shield": 0.1 * place} for place, name in enumerate(cases)]
    known = {"low": -7.75, "high": 12345.6, "low_is_open": True, "high_is_open": True, "shields": "value"}
    term = [{"case": name, "value": -0.75, "knows": 0.125, **known} for name in cases]
    term += [{"case": "all together", "value": 0.1, "knows": 1.0, **known}]
    manifest = {
        "weight": "parameters.a_number_with_a_rather_long_name",
        "headline": "No case of all these says anything of it (95 %)",
    }
    yield (
        "crowded",
        _folder(
            root,
            "crowded",
            cases=about,
            term=term,
            numbers=[{"number": manifest["weight"], "unit": "log-hazard"}],
            manifest=manifest,
        ),
    )


def _forecast(root: Path) -> Iterator[tuple[str, Path]]:
    out = root / "crowded"
    if not out.exists():
        root.mkdir(exist_ok=True)
        result = CliRunner().invoke(main, ["forecast", str(_scenario("crowded", root.parent)), "--runs", "100", "--out", str(out)])  # fmt: skip
        assert result.exit_code == 0, result.output
    yield "crowded", next(out.rglob("forecast.json")).parent


def _score(root: Path) -> Iterator[tuple[str, Path]]:
    random = np.random.default_rng(3)
    for name, count in (("crowded", 400), ("few", 1)):
        rows = [
            {"on": "2017-09-15", "kind": "tone", "forecaster": forecaster, "chance": float(random.random()), "observed": place % 2, "score_name": "brier"}
            for forecaster in ("model", "base", "persistence") for place in range(count)
        ]  # fmt: skip
        skill = {"ledger": "a_ledger_that_has_a_long_name_of_many_words.jsonl", "until": "2018-07-31"}
        yield name, _folder(root, name, scored=rows, skill=skill)


WRITTEN = {"sensitivity": _sensitivity, "sweep": _sweep, "fit": _fit, "backtest": _backtest, "pool": _pool, "forecast": _forecast, "score": _score}  # fmt: skip


# --- the law


def shown_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Return every text that a reader sees, with its place in pixels: also of ticks inside their axis, turned or not."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()
    hidden = {
        label
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for ticks in (axis.get_major_ticks(), axis.get_minor_ticks())
        for tick in ticks
        if not (axes.get_visible() and _is_inside(tick.get_loc(), axis.get_view_interval()))
        for label in (tick.label1, tick.label2)
    }
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_text().strip() and text.get_visible() and text not in hidden
    ]


def _is_inside(place: float, interval: tuple[float, float]) -> bool:
    low, high = sorted(interval)
    return low - 1e-9 <= place <= high + 1e-9


def faults(figure: Figure) -> list[str]:
    """List what a reader could not read: texts beyond the sheet, and texts upon each other; a pixel is forgiven."""
    texts, page = shown_texts(figure), figure.bbox
    beyond = [
        f"beyond the sheet: {text!r}"
        for text, box in texts
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]
    upon = [
        f"upon each other: {first!r} and {second!r}"
        for (first, box), (second, taken) in combinations(texts, 2)
        if box.padded(-1).overlaps(taken.padded(-1))
    ]
    return beyond + upon
