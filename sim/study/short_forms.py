"""Short forms of a study, written out before it is checked: `vary` as `all` or a list, `design: {…}`, `points` as a list or a CSV.

What is written out stands at the line of the short form, or of the CSV, so that errors point there.
"""

from pathlib import Path

from sim.scenario.nodes import Node
from sim.scenario.problems import Place, Problem, UserError, shown
from sim.scenario.text_files import undecodable
from sim.scenario.text_tables import decimal, open_table

MOST_CHARACTERS = 50_000_000  # of a CSV of points
LISTED = "listed"  # the design of points that are listed
ALL = "all"


def written_out(tree: Node, folder: Path) -> Node:
    """Write out the short forms of a study's file.

    folder: that of the file, beside which a CSV of points is looked for.
    Raises UserError for a CSV that cannot be read, or with every cell of it that is no number.
    """
    if not tree.is_mapping:
        return tree
    entries = dict(tree.items)
    _vary(entries)
    _design(entries)
    _points(entries, folder)
    return Node(entries, tree.place, tree.lost)


def _vary(entries: dict[str, Node]) -> None:
    """Write a list of keys as ranges of their own; `vary: all`, or `all: true` beside ranges, as the entry `vary_all`."""
    vary = entries.get("vary")
    if vary is None:
        return
    if vary.is_list:
        vary = entries["vary"] = _own_ranges(vary)
    if vary.value == ALL:
        entries["vary"], entries["vary_all"] = Node({}, vary.place), Node(True, vary.place)
    elif ALL in vary.items:
        ranges = dict(vary.items)
        entries["vary_all"] = ranges.pop(ALL)
        entries["vary"] = Node(ranges, vary.place, vary.lost)


def _own_ranges(listed: Node) -> Node:
    """Write `vary: [parameters.a, parameters.b]` as a mapping of numbers, each over its own range. Raises UserError."""
    ranges: dict[str, Node] = {}
    for index, part in enumerate(listed.parts):
        if not isinstance(part.value, str):
            text = f"found {shown(part.plain())}"
            raise UserError(
                [Problem(part.place, f"vary[{index}]", text, "a key; for a range, `key: {low: …, high: …}`")]
            )
        if part.value in ranges:
            raise UserError([Problem(part.place, f"vary[{index}]", f"{shown(part.value)} stands there twice", "once")])
        ranges[part.value] = Node(part.value == ALL or {}, part.place)
    return Node(ranges, listed.place)


def _design(entries: dict[str, Node]) -> None:
    """Write `design: {method: lhs, points: 8}` as the entries `design` and `points`. Raises UserError."""
    design = entries.get("design")
    if design is None or not design.is_mapping:
        return
    for key, node in design.items.items():
        if key not in ("method", "points"):
            raise UserError([Problem(node.place, f"design.{key}", "unknown key", "method, points")])
    if "method" not in design.items:
        raise UserError([Problem(design.place, "design.method", "is missing", "grid, lhs, sobol, morris, saltelli")])
    if "points" in design.items and "points" in entries:
        text = "stands in design too"
        raise UserError([Problem(entries["points"].place, "points", text, "one of the two")])
    entries["design"] = design.items["method"]
    if "points" in design.items:
        entries["points"] = design.items["points"]


def _points(entries: dict[str, Node], folder: Path) -> None:
    """Write points that are a list, or a CSV, as the entry `point_list`. Raises UserError."""
    points = entries.get("points")
    if points is None or not (points.is_list or isinstance(points.value, str)):
        return
    place = entries.pop("points").place
    if "design" in entries and entries["design"].value != LISTED:
        text = f"found {shown(entries['design'].plain())}, and the points are listed"
        raise UserError([Problem(entries["design"].place, "design", text, f"{LISTED}, or points as a number")])
    entries["design"] = Node(LISTED, place)
    entries["point_list"] = points if points.is_list else _read_points(folder / str(points.value), points)


def _read_points(path: Path, points: Node) -> Node:
    """Read a CSV of points: a heading of keys, and a row of numbers a point. Raises UserError."""
    if not path.is_file():
        text = f"there is no file '{shown(points.value)}' beside the study"
        allowed = "a number, a list of points, or a CSV of them beside the study"
        raise UserError([Problem(points.place, "points", text, allowed)])
    shown_as, problems, rows = str(path), list[Problem](), list[Node]()
    with open_table(path, shown_as, most_characters=MOST_CHARACTERS) as table:
        head = table.first()
        keys = [cell.strip() for cell in head.cells]
        while keys and not keys[-1]:  # empty columns that spreadsheets leave behind
            keys.pop()
        for line in table.lines:
            place = Place(shown_as, line.number)
            cells = line.cells + [""] * (len(keys) - len(line.cells))
            if line.fault or undecodable("".join(cells)):
                problems.append(Problem(place, "", line.fault or undecodable("".join(cells)), line.allowed))
            elif any(cell.strip() for cell in cells[len(keys) :]):
                problems.append(Problem(place, "", f"has {len(cells)} cells", f"{len(keys)}, as the heading has"))
            else:
                rows.append(_point(dict(zip(keys, cells, strict=False)), place, problems))
    if problems:
        raise UserError(problems)
    if len(set(keys)) < len(keys) or "" in keys:
        raise UserError([Problem(Place(shown_as, head.number), "", "a heading is empty or stands there twice", "keys")])
    return Node(rows, Place(shown_as, head.number))


def _point(cells: dict[str, str], place: Place, problems: list[Problem]) -> Node:
    """Return a point of a row of a CSV; cells that are no number are problems."""
    entries: dict[str, Node] = {}
    for key, cell in cells.items():
        try:
            entries[key] = Node(decimal(cell.strip()), place)
        except ValueError:
            problems.append(Problem(place, key, f"found '{shown(cell)}'", "a number"))
    return Node(entries, place)
