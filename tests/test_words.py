"""Names say what things are, and docstrings begin with what a function does."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sim"
# fmt: off
EMPTY = {
    "told", "own", "said", "kept", "asked", "made", "given", "found", "one", "other", "of", "at", "how", "done", "seen",
    "held", "what", "which", "thing", "things",
}
# fmt: on
OPENERS = {"What", "Whether", "How", "Which", "Where", "Who", "The", "A", "An"}
# Names that stay, for they are keys that users write: of scenario files, and of files of facts, where the arguments of
# measures are keys of a statement.
LEFT_ALONE = {
    ("scenario/schema.py", "of"),
    ("evidence/measures.py", "one"),
    ("evidence/measures.py", "other"),
    ("evidence/measures.py", "of"),
    ("evidence/measures.py", "given"),
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def bound_names(node: ast.AST) -> Iterator[str]:
    """Yield the names that a node of a syntax tree gives to something."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr
    elif isinstance(node, ast.arg):
        yield node.arg


def empty_names(tree: ast.AST) -> list[str]:
    """List the names of a module that say nothing."""
    return [name for node in ast.walk(tree) for name in bound_names(node) if name.strip("_") in EMPTY]


def mute_functions(tree: ast.AST) -> list[str]:
    """List the public functions without a docstring, and all whose first line does not begin with a verb."""
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            words = (ast.get_docstring(node) or "").split()
            if not words and not node.name.startswith("_"):
                faults.append(f"{node.name} has no docstring")
            elif words and words[0] in OPENERS:
                faults.append(f"the docstring of {node.name} begins with {words[0]}")
    return faults


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        ("told = 1", ["told"]),
        ("def _made(of, backing): pass", ["_made", "of"]),
        ("class Fan:\n    at: int\n    def draw(self, *what, **how): self.held = 1", ["at", "what", "how", "held"]),
        ("[one for one in range(3)]", ["one"]),
        ("def draw(hazard): backing = 1; return backing.of", []),
    ],
)
def test_a_name_that_says_nothing_is_seen_wherever_it_is_bound(code, faults):
    assert sorted(empty_names(ast.parse(code))) == sorted(faults)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("def draw(): pass", "draw has no docstring"),
        ("class Fan:\n    async def draw(self): pass", "draw has no docstring"),
        ("def _draw():\n    'The fan.'", "the docstring of _draw begins with The"),
        ("def draw():\n    'Whether it is drawn.'", "the docstring of draw begins with Whether"),
    ],
)
def test_a_function_that_does_not_say_what_it_does_is_seen(code, fault):
    assert mute_functions(ast.parse(code)) == [fault]
    assert mute_functions(ast.parse("def draw():\n    'Draw the fan.'\ndef _draw(): pass")) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_names_and_docstrings_keep_the_laws(module):
    place, tree = module.relative_to(PACKAGE).as_posix(), ast.parse(module.read_text(encoding="utf-8"))
    assert [name for name in empty_names(tree) if (place, name) not in LEFT_ALONE] == []
    assert mute_functions(tree) == []


@pytest.mark.parametrize(("place", "name"), sorted(LEFT_ALONE))
def test_a_name_that_is_left_alone_is_still_there(place, name):
    assert name in empty_names(ast.parse((PACKAGE / place).read_text(encoding="utf-8")))
