"""What a resolved scenario says, key by key: where each value was set, and what differs from another."""

from collections.abc import Iterator
from typing import Any

from sim.scenario.load import Loaded
from sim.scenario.problems import Place, Problem, UserError, key_path, nearest

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Return every single value of a resolved scenario, with its path."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def origins(loaded: Loaded, under: str = "") -> Iterator[tuple[str, Any, str]]:
    """Yield (key, value, file:line) of every value that a file sets, under a key if given.

    Raises UserError if there is no such key.
    """
    rows = [
        (key_path(list(path)), value, str(loaded.tree.node_at(path).place))
        for path, value in leaves(loaded.tree.plain())
    ]
    below = [row for row in rows if _is_under(row[0], under)]
    if not below:
        raise _no_key(loaded, under, [row[0] for row in rows])
    yield from below


def differences(loaded: Loaded, against: Loaded, under: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (key, value here, value there) of every value that differs, – for none.

    under: only what stands under this key, if one is given.

    Raises UserError if neither has the key.
    """
    here, there = (
        {key_path(list(path)): value for path, value in leaves(scenario.resolved())} for scenario in (loaded, against)
    )
    keys = sorted({*here, *there})
    if not any(_is_under(key, under) for key in keys):
        raise _no_key(loaded, under, keys)
    for key in keys:
        if _is_under(key, under) and here.get(key) != there.get(key):
            yield key, here.get(key, "–"), there.get(key, "–")


def part(loaded: Loaded, key: str, resolved: dict[str, Any]) -> Any:
    """Return what stands under a dotted key of the resolved scenario.

    Raises UserError if there is no such key.
    """
    here: Any = resolved
    for step in key.split(".") if key else []:
        if not isinstance(here, dict) or step not in here:
            raise _no_key(loaded, key, [key_path(list(path)) for path, _ in leaves(resolved)])
        here = here[step]
    return here


def _no_key(loaded: Loaded, key: str, known: list[str]) -> UserError:
    shorter = {".".join(name.split(".")[:depth]) for name in known for depth in range(1, 7)}
    return UserError([Problem(Place(loaded.file, 0), key, "there is no such key", nearest=nearest(key, shorter))])


def _is_under(key: str, under: str) -> bool:
    return not under or key == under or key.startswith((under + ".", under + "["))
