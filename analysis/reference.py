"""Write the pages of the site that code can write: commands, scenario and study files, Python.

Each function returns one page in Markdown. `analysis.site` puts them into the site when it is built.
"""

import inspect
import json
import re
from collections.abc import Sequence
from typing import Any, get_args, get_origin, get_type_hints

import click

import sim
from sim.commands.group import SECTIONS, main
from sim.scenario.library import shipped_folder

GENERATED = "<!-- Made by analysis/reference.py when the site is built. -->\n\n"


def table_cell(text: object) -> str:
    """Return a text as one cell of a table."""
    return " ".join(str(text).split()).replace("|", "\\|").replace("<", "&lt;")


def help_text(command: click.Command) -> str:
    """Return the help of a command as paragraphs; what it sets in fixed lines stays so."""
    paragraphs = []
    for part in inspect.cleandoc(command.help or "").split("\n\n"):
        if part.startswith("\b\n"):
            paragraphs.append("```text\n" + part.removeprefix("\b\n") + "\n```")
        else:
            paragraphs.append(table_cell(part))
    if command.epilog:
        paragraphs.append("```text\n" + inspect.cleandoc(command.epilog).replace("\b\n", "") + "\n```")
    return "\n\n".join(paragraphs)


def option_rows(command: click.Command, context: click.Context) -> list[str]:
    """Return the rows of a command's options: how each is written, its default and its help."""
    rows: list[str] = []
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            written, meaning = parameter.get_help_record(context) or ("", "")
            written = " ".join(written.split()).replace("|", "&#124;").replace("<", "&lt;")
            rows.append(f"| <code>{written}</code> | {table_cell(meaning)} |")
    return rows


def command_part(command: click.Command, path: str, level: int, parent: click.Context) -> str:
    """Return the part of the page on one command, and on the commands in it."""
    context = click.Context(command, info_name=path.rpartition(" ")[2], parent=parent)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    parts = [f"{'#' * level} escalate {path.removeprefix('escalate ')}", f"```text\n{usage}\n```", help_text(command)]
    if rows := option_rows(command, context):
        parts.append("\n".join(["| option | meaning |", "|---|---|", *rows]))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            if (inner := command.get_command(context, name)) is not None:
                parts.append(command_part(inner, f"{path} {name}", level + 1, context))
    return "\n\n".join(part for part in parts if part)


def commands_page() -> str:
    """Return the page of all commands, by section."""
    context = click.Context(main, info_name="escalate")
    parts = [
        "# Commands",
        "Every command, as `escalate COMMAND --help` prints it. "
        "FILE is a path, or the bare name of a scenario that ships (`escalate list scenarios`); STUDY likewise.",
    ]
    for section, verbs in SECTIONS.items():
        parts.append(f"## {section}")
        for verb in verbs:
            command = main.get_command(context, verb)
            if command is not None:
                parts.append(command_part(command, f"escalate {verb}", 3, context))
    return GENERATED + "\n\n".join(parts) + "\n"


def limit_words(schema: dict[str, Any]) -> list[str]:
    """Return what a schema says of the size of a value, in words."""
    signs = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
    return [f"{sign} {schema[key]:g}" for key, sign in signs.items() if key in schema and abs(schema[key]) < 1e6]


def type_words(schema: dict[str, Any]) -> str:
    """Return the type of a value in words, with links to the entries that it is made of."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(words for words in map(type_words, schema["anyOf"]) if words != "null"))
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        return type_words({"anyOf": [{**schema, "type": name} for name in kind]})
    if kind == "array":
        return f"list of {type_words(schema.get('items', {}))}"
    if kind == "object":
        values = schema.get("additionalProperties") or next(iter(schema.get("patternProperties", {}).values()), None)
        return f"table of {type_words(values)}" if isinstance(values, dict) else "table"
    words = {"string": "text", "number": "number", "integer": "whole number", "boolean": "`true` or `false`"}
    if schema.get("format") == "date":
        return "date"
    return ", ".join([words.get(kind, str(kind)), *limit_words(schema)])


def default_words(schema: dict[str, Any], required: bool) -> str:
    """Return the default of a key; whether it must be given if it has none."""
    if "default" not in schema:
        return "must be given" if required else ""
    default = schema["default"]
    return "" if default in (None, {}, []) else f"`{json.dumps(default, ensure_ascii=False)}`"


def meaning_words(schema: dict[str, Any], entries: dict[str, Any]) -> str:
    """Return what a key means: its own description, or that of the entry that is its value."""
    if "description" in schema:
        return str(schema["description"])
    names = re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema))
    return str(entries[names[0]].get("description", "")) if len(set(names)) == 1 else ""


def entry_table(schema: dict[str, Any], entries: dict[str, Any]) -> str:
    """Return the table of the keys of one entry."""
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    required = set(schema.get("required", ()))
    for key, value in schema["properties"].items():
        cells = (type_words(value), default_words(value, key in required), meaning_words(value, entries))
        rows.append(f"| `{key}` | {' | '.join(map(table_cell, cells))} |")
    return "\n".join(rows)


def schema_page(name: str, title: str, opening: str) -> str:
    """Return the page of one kind of file, made of its JSON Schema.

    Parameters
    ----------
    name : str
        The schema in `scenarios/schemas/`, without its ending.
    title, opening : str
        The heading, and what stands under it.
    """
    schema = json.loads((shipped_folder() / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    parts = [f"# {title}", opening, "## The file", entry_table(schema, schema["$defs"])]
    for entry, inner in sorted(schema["$defs"].items()):
        parts.append(f"## {entry}")
        parts.append(table_cell(inner.get("description", "")))
        parts.append(entry_table(inner, schema["$defs"]) if inner.get("properties") else type_words(inner))
    return GENERATED + "\n\n".join(part for part in parts if part) + "\n"


def scenario_page() -> str:
    """Return the page of all keys of scenario files."""
    return schema_page(
        "scenario",
        "Scenario files, key by key",
        "Made from the JSON Schema that ships (`scenarios/schemas/scenario.schema.json`). How files are laid over one another is in "
        "[scenario files](../scenario-files.md); `escalate show FILE --origins` says where each value was set.",
    )


def study_page() -> str:
    """Return the page of all keys of study files."""
    return schema_page(
        "study",
        "Study files, key by key",
        "Made from the JSON Schema that ships (`scenarios/schemas/study.schema.json`). "
        "An example is in the [tour](../tour.md#6-sweep-a-study).",
    )


def parameter_list(text: str, names: Sequence[str]) -> str:
    """Return a paragraph that explains parameters one after another as a list, what is returned and raised under it.

    Parameters: text, such as "runs, how many pairs; seed, of all luck. Raises …"; names, of the parameters.
    """
    body = text.removeprefix("Parameters: ")
    starts = list(re.finditer(rf"(?:^|(?<=[.;] ))({'|'.join(map(re.escape, names))})[,:] ", body)) if names else []
    if not starts or starts[0].start():
        return text
    last = re.search(r" (?=(?:Raises|Returns) )", body)
    ends = [match.start() for match in starts[1:]] + [last.start() if last else len(body)]
    items = [f"- `{match[1]}`: {body[match.end() : end].strip(' ;.')}" for match, end in zip(starts, ends, strict=True)]
    return "\n".join(items) + (f"\n\n{body[last.end() :]}" if last else "")


def docstring_parts(docstring: str, names: Sequence[str] = ()) -> str:
    """Return a docstring as Markdown: examples become blocks of code, what is said of parameters a list.

    Parameters: names, of the parameters.
    """
    parts = []
    for part in inspect.cleandoc(docstring).split("\n\n"):
        if part.startswith(">>> "):
            parts.append(f"```pycon\n{part}\n```")
        elif part.startswith(" "):
            parts.append(f"```text\n{inspect.cleandoc(part)}\n```")
        else:
            parts.append(parameter_list(table_cell(part).replace("\\|", "|"), names))
    return "\n\n".join(parts)


def signature_text(name: str, function: Any) -> str:
    """Return how a function is called, one parameter a line, without its types where they are long."""
    signature = inspect.signature(function)
    lines = []
    keyword_only = False
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            lines.append("    *,")
        if parameter.kind is parameter.VAR_KEYWORD:
            lines.append(f"    **{parameter.name},")
            continue
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        lines.append(f"    {parameter.name}{default if ' at 0x' not in default else '=…'},")
    inner = "\n" + "\n".join(lines) + "\n" if lines else ""
    return f"```python\n{name}({inner})\n```"


def member_rows(kind: type) -> list[str]:
    """Return the rows of what a class offers: its public fields, properties and methods."""
    rows: list[str] = []
    for name in [*getattr(kind, "__dataclass_fields__", {}), *vars(kind)]:
        member = inspect.getattr_static(kind, name, None)
        if name.startswith("_") or any(row.startswith(f"| `{name}") for row in rows):
            continue
        call = "()" if inspect.isfunction(member) or isinstance(member, classmethod) else ""
        documented = call or isinstance(member, property) or hasattr(member, "func")
        meaning = (inspect.getdoc(member) or "").split("\n\n")[0] if documented else ""
        rows.append(f"| `{name}{call}` | {table_cell(meaning)} |")
    return rows


def class_part(name: str, kind: type) -> str:
    """Return the part of the page on a class."""
    rows = member_rows(kind)
    table = "\n".join(["| member | meaning |", "|---|---|", *rows]) if rows else ""
    return "\n\n".join(part for part in (f"### {name}", docstring_parts(kind.__doc__ or ""), table) if part)


def returned_class(function: Any) -> type | None:
    """Return the class of this package that a function returns, alone or in a list; None for any other."""
    try:
        kind = get_type_hints(function).get("return")
    except NameError:  # a name that only a type checker imports
        return None
    if get_origin(kind) is list:
        (kind,) = get_args(kind)
    return kind if isinstance(kind, type) and kind.__module__.startswith("sim.") else None


def python_page() -> str:
    """Return the page of what `from sim import …` offers, made of docstrings."""
    parts = [
        "# Python",
        "Everything that `from sim import …` offers. The examples are run by a test. "
        "A scenario is given as on the command line: a path, or the bare name of one that ships.",
        "## Functions",
    ]
    offered = {name: getattr(sim, name) for name in sim.__all__ if name != "__version__"}
    classes = {name: item for name, item in offered.items() if inspect.isclass(item)}
    for name, item in offered.items():
        if name not in classes:
            parts += [f"### {name}", signature_text(name, item)]
            parts.append(docstring_parts(item.__doc__ or "", list(inspect.signature(item).parameters)))
            kind = returned_class(item)
            if kind is not None:
                classes.setdefault(kind.__name__, kind)
                is_list = get_origin(get_type_hints(item)["return"]) is list
                article = "a list of" if is_list else "an" if kind.__name__[0] in "AEIOU" else "a"
                parts.append(f"Returns {article} [{kind.__name__}](#{kind.__name__.lower()}).")
    parts.append("## Classes")
    parts += [class_part(name, kind) for name, kind in sorted(classes.items())]
    return GENERATED + "\n\n".join(parts) + "\n"


PAGES = {
    "reference/commands.md": commands_page,
    "reference/scenario.md": scenario_page,
    "reference/study.md": study_page,
    "reference/python.md": python_page,
}
