"""An object in a line, as a notebook shows it: what it is, its name, its sizes, its file."""

from sim.scenario.problems import shown

MOST_NAME, MOST_PARTS, MOST_FILE = 60, 110, 80


def outline(shown_object: object, name: str, parts: str, file: object = "") -> str:
    """Write an object in at most 300 characters.

    Parameters: name, of what it holds; parts, its sizes; file, where it lies, if anywhere: of a long path the end.
    """
    path = str(file)
    if len(path) > MOST_FILE:
        path = "…" + path[-MOST_FILE + 1 :]
    where = f" ({path})" if path else ""
    return f"<{type(shown_object).__name__} {shown(name, MOST_NAME)}{where}: {shown(parts, MOST_PARTS)}>"
