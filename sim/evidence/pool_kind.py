"""What cases of one kind share, as a file beside the kind says: `pools/NAME.yaml` for `kinds/NAME.yaml`."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field, ValidationError

from sim.scenario.entries import Entry
from sim.scenario.fields import Name, Text
from sim.scenario.library import shipped_folder, shown_path
from sim.scenario.problems import Place, Problem, UserError
from sim.scenario.quantities import dotted, key_of, quantities
from sim.scenario.schema import Scenario
from sim.scenario.wording import form_problems
from sim.scenario.yaml_file import read_yaml

FOLDER = "pools"


class Term(Entry):
    """The term that is put to the test: weight × (1 - shield) on what the players of a role do."""

    weight: Text = Field(description="dotted key of the number that all cases share")
    shield: Text = Field(description="dotted key of the share, each case's own, that takes the term away where it is 1")
    role: Name = Field(description="whose acts the term moves; one actor plays it")
    shield_words: Text = Field(description="the shield in words, as the subject of a sentence")
    effect_words: Text = Field(description="what the term does, as what a sentence says that the shield changes")


class Finding(Entry):
    """What a pool of cases that ship has found of the term: its weight, where 0 is none, with a 95 % interval."""

    cases: int = Field(ge=2, description="how many cases were pooled")
    value: float = Field(description="the likeliest weight")
    low: float = Field(description="lower end of its 95 % interval")
    high: float = Field(description="upper end of it")
    left: list[float] = Field(
        min_length=2,
        max_length=2,
        description="which true weights give such an estimate in simulated cases, from and to: wider than the interval",
    )
    source: Text = Field(description="the command that found it")


class Shares(Entry):
    """What cases of a kind share, the term that is put to the test, and the ideas that are taken away."""

    pool_of: Text = Field(description="the kind, from the folder above")
    numbers: list[Text] = Field(min_length=1, description="dotted keys, in which * is any name")
    term: Term
    without: dict[str, list[Text]] = Field({}, description="dotted keys that are 0 without each idea")
    finding: Finding | None = Field(
        None, description="what cases that ship have found of the term, for reports to cite"
    )


def shares_of(kinds: Sequence[Path]) -> Shares:
    """Read what cases of a kind share.

    Parameters: kinds, the file of the kind, and copies of it: what stands beside the first that has it is read.
    Raises UserError where no file says so, or it is not in that form.
    """
    paths = [kind.parent.parent / FOLDER / kind.name for kind in kinds]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        text = f"nothing says which numbers cases of {shown_path(kinds[0])} share"
        allowed = f"a file {shown_path(paths[0])} with pool_of, numbers, term and without"
        raise UserError([Problem(Place(shown_path(kinds[0]), 0), "", text, allowed)])
    return _read(path)


def shipped_shares() -> list[Shares]:
    """Read what cases of each kind that ships share. Raises UserError for a file that is not in that form."""
    return [_read(path) for path in sorted((shipped_folder() / FOLDER).glob("*.yaml"))]


def _read(path: Path) -> Shares:
    tree = read_yaml(path, shown_path(path))
    try:
        return Shares.model_validate(tree.plain())
    except ValidationError as error:
        raise UserError(form_problems(error, tree, Shares)) from None


def matching(scenario: Scenario, patterns: Sequence[str]) -> list[str]:
    """List the dotted keys to which the entries of a scenario come that match any pattern, in the order of patterns."""
    entries = [(dotted(entry.path), key_of(entry)) for entry in quantities(scenario)]
    return _each_once(key for pattern in patterns for path, key in entries if fnmatchcase(path, pattern))


def _each_once(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))
