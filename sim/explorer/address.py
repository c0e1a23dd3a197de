"""The query of the page's address: which scenario is shown at which settings, and what it is compared with."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from sim.explorer.levers import LINK, Settings
from sim.scenario.problems import UserError, unknown

SCENARIO, PINNED = "scenario", "pinned"  # no lever has such a key: theirs have a dot


@dataclass(frozen=True)
class Position:
    """A scenario, by its name, and what its levers differ in."""

    scenario: str
    settings: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True)
class Address:
    """What is shown, and what it is compared with: None for the case as it is."""

    shown: Position
    pinned: Position | None = None


def position_at(scenario: str, settings: Settings) -> Position:
    """Return the position of a scenario at some settings."""
    return Position(scenario, tuple(settings.items()))


def read_address(query: str, names: Collection[str], first: str) -> Address:
    """Read the query of an address, whose settings are still text that nobody has checked.

    Parameters: names, of the scenarios that can be opened; first, the one where none is named.
    Raises UserError for another name.
    """
    pairs = dict(parse_qsl(query.lstrip("?"), keep_blank_values=True))
    pinned = pairs.pop(PINNED, None)
    shown = _position(pairs, names, first)
    return Address(shown, None if pinned is None else _position(dict(parse_qsl(pinned)), names, first))


def write_address(address: Address, first: str) -> str:
    """Write an address, with the query that `read_address` reads."""
    pairs = _pairs(address.shown, first)
    if address.pinned is not None:
        pairs.append((PINNED, urlencode(_pairs(address.pinned, first)) or urlencode({SCENARIO: first})))
    return f"/?{urlencode(pairs)}" if pairs else "/"


def _position(pairs: dict[str, str], names: Collection[str], first: str) -> Position:
    scenario = pairs.pop(SCENARIO, first)
    if scenario not in names:
        raise UserError([unknown(LINK, SCENARIO, "scenario", scenario, list(names))])
    return Position(scenario, tuple(pairs.items()))


def _pairs(position: Position, first: str) -> list[tuple[str, float | str]]:
    named: list[tuple[str, float | str]] = [] if position.scenario == first else [(SCENARIO, position.scenario)]
    return [*named, *position.settings]
