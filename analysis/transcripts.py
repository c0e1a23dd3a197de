"""Play a page of the documents: write its files, run its commands, and put down what they print.

The blocks of a page are played in order in one folder. What a block is, its first words say:

- `yaml` or `csv`: a file, if its first line is a comment that names it (`# mine/case.yaml`).
- `sh`: commands that must work. A line that ends in `# long: …` or `# not played: …` is shown and not played; nor is a block of `bash`.
- `python`: statements that must work; `<!-- printed -->` before the next block puts what they print there.
- a block that begins with `$ `: commands with what they print. `<!-- show: 1-6, /^path/+2; -1 -->` before it says which
  lines of each command are shown (numbers from 1 or from the end, or lines that match, with so many that follow, or after
  a `*` with the rest of the paragraph); commands are apart by `;`, and lines that are left out leave a `…`. Without it everything is shown.
"""

import contextlib
import io
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from sim.commands import desk
from sim.commands.group import main
from sim.layout import Screen, wrapped
from sim.scenario.library import shipped_folder

WIDTH = 88  # of the terminal that a page shows: as wide as a block of code on the site
MOST_WIDE = 100  # of a line of a page
MOST_OF_AN_ERROR = 150
SKIPPED = re.compile(r"\s+# ((?:long|not played): .+)$")
FENCE = re.compile(
    r"(?P<note><!-- (?P<key>show|printed|file):? ?(?P<choice>.*?) ?-->\n+)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$",
    re.M | re.S,
)
SELECTOR = re.compile(
    r"(?:(?P<first>-?\d+)(?:-(?P<last>\d+))?|/(?P<pattern>[^/]+)/(?:\+(?P<more>\d+))?)(?P<paragraph>\*)?"
)
SELECTORS = re.compile(r"(?:[^,/]+|/[^/]+/)+")
IDENTITY = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{10,64}\b")


class PageError(Exception):
    """A page shows what cannot be played: the message names the command and what is wrong."""


def paragraph_from(lines: list[str], number: int) -> range:
    """Return the numbers of the lines from one to the end of its paragraph."""
    end = number
    while end < len(lines) and lines[end].strip():
        end += 1
    return range(number, end)


def selected_lines(lines: list[str], choice: str, command: str) -> list[str]:
    """Return the lines of an output that a page shows, with … for what is left out.

    Raises PageError for a selector that cannot be read or fits no line.
    """
    wanted: set[int] = set()
    for word in SELECTORS.findall(choice):
        match = SELECTOR.fullmatch(word.strip())
        if match is None:
            raise PageError(f"{command}: '{word}' is no selector of lines")
        if match["pattern"]:
            hits = [number for number, line in enumerate(lines) if re.search(match["pattern"], line)]
            chosen = {number + step for number in hits for step in range(int(match["more"] or 0) + 1)}
        else:
            first = int(match["first"])
            start = first - 1 if first > 0 else len(lines) + first
            chosen = set(range(start, int(match["last"] or start + 1)))
        chosen &= set(range(len(lines)))
        if match["paragraph"]:
            chosen |= {line for number in chosen for line in paragraph_from(lines, number)}
        if not chosen:
            raise PageError(f"{command}: '{word}' fits no line of what is printed:\n" + "\n".join(lines))
        wanted |= chosen
    shown: list[str] = []
    for number, line in enumerate(lines):
        if number in wanted:
            shown.append(line)
        elif not shown or shown[-1] != "…":
            shown.append("…")
    return shown


def cut_line(line: str) -> str:
    """Cut a line that is too wide for a page, and hide ids, which hang on versions.

    An error is cut in its middle, for it ends with the name that may be meant, and wrapped as a terminal shows it.
    """
    line = IDENTITY.sub("<id>", line.rstrip())
    if line.startswith("error:"):
        if len(line) > MOST_OF_AN_ERROR:
            line = f"{line[: MOST_OF_AN_ERROR - 41].rstrip()} … {line[-38:].lstrip()}"
        return "\n".join(wrapped(line, WIDTH))
    return line if len(line) <= MOST_WIDE else line[: MOST_WIDE - 1].rstrip() + "…"


def printed_lines(command: str, must_work: bool) -> list[str]:
    """Run an `escalate` command in the working folder and return the lines that it prints.

    Raises PageError if it does not work and must, or if it is another command.
    """
    name, *words = shlex.split(command)
    if name != "escalate":
        raise PageError(f"{command}: only escalate is played; mark the line with '# long: …'")
    arguments = [path for word in words for path in (sorted(map(str, Path().glob(word))) if "*" in word else [word])]
    with patch.object(desk, "screen_of", lambda stream, wide=False: Screen(WIDTH, whole=wide)):
        result = CliRunner(env={"COLUMNS": str(WIDTH), "NO_COLOR": "1"}).invoke(main, arguments)
    if result.exit_code not in ((0,) if must_work else (0, 2)):
        raise PageError(f"{command} ended with {result.exit_code}:\n{result.output}") from result.exception
    text = result.stdout if result.exit_code == 0 else result.output
    return text.rstrip().splitlines()


def shown_command(command: str, shown: list[str], choice: str) -> list[str]:
    """Return the lines under one command of a transcript. `cat` of a file of the reader's own writes it."""
    name, *words = shlex.split(command)
    if name == "cat" and words[0].startswith("scenarios/"):
        path = shipped_folder() / Path(words[0]).relative_to("scenarios")
        lines = path.read_text(encoding="utf-8").rstrip().splitlines()
    elif name == "cat":
        Path(words[0]).write_text("\n".join(shown) + "\n", encoding="utf-8")
        return shown
    else:
        lines = printed_lines(command, must_work=False)
    return [cut_line(line) for line in (selected_lines(lines, choice, command) if choice else lines)]


def played_transcript(body: str, choices: list[str]) -> str:
    """Play a block of commands that begin with `$ `, and return it with what they print now."""
    parts = [part.rstrip().splitlines() for part in re.split(r"^\$ ", body, flags=re.M)[1:]]
    choices = choices + [""] * (len(parts) - len(choices))
    blocks = []
    for (command, *shown), choice in zip(parts, choices, strict=True):
        if SKIPPED.search(command):
            blocks.append("\n".join([f"$ {command}", *shown]))
        else:
            blocks.append("\n".join([f"$ {command}", *shown_command(command, shown, choice.strip())]).rstrip())
    return "\n\n".join(blocks) + "\n"


def write_file(named: str, body: str) -> None:
    """Write the file of a block: that which is named before it, or else in a comment in its first line, if any is."""
    comment = re.match(r"# (\S+\.yaml)\n", body)
    if file := named or (comment and comment[1]):
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


class Page:
    """The state of a page while it is played: names of its Python, what that printed, and how many commands ran."""

    def __init__(self, serve: Callable[[list[str]], None] | None = None) -> None:
        self.names: dict[str, object] = {}
        self.printed = ""
        self.ran = 0
        self.serve = serve

    def run_commands(self, body: str) -> None:
        """Run the commands of an `sh` block; the explorer only if there is something to serve it."""
        for line in body.replace("\\\n", "").splitlines():
            if not line.strip() or SKIPPED.search(line):
                continue
            if line.startswith("escalate explore"):
                if self.serve is not None:
                    self.serve(shlex.split(line)[1:])
            else:
                printed_lines(line, must_work=True)
            self.ran += 1

    def run_python(self, body: str) -> None:
        """Run the statements of a `python` block and keep what they print."""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                exec(compile(body, "<page>", "exec"), self.names)
            except Exception as error:
                raise PageError(f"{type(error).__name__}: {error}, in the Python\n{body}") from error
        self.printed = printed.getvalue()
        self.ran += 1

    def play_block(self, block: re.Match[str]) -> str:
        """Play one block and return its text as it should stand."""
        kind, body, note = block["kind"], block["body"], block["note"] or ""
        if block["key"] == "printed":
            body = "\n".join(map(cut_line, self.printed.rstrip().splitlines())) + "\n"
        elif kind in ("yaml", "csv"):
            write_file((block["choice"] or "").strip() if block["key"] == "file" else "", body)
        elif kind == "sh":
            self.run_commands(body)
        elif kind == "python":
            self.run_python(body)
        elif body.startswith("$ "):
            body = played_transcript(body, (block["choice"] or "").split(";"))
            self.ran += body.count("\n$ ") + 1
        return f"{note}```{kind}\n{body}```"


def play_page(text: str, folder: Path, serve: Callable[[list[str]], None] | None = None) -> tuple[str, Page]:
    """Play a page in a folder.

    Parameters
    ----------
    text : str
        The page, in Markdown.
    folder : Path
        Where its files and results are written.
    serve : callable, optional
        Starts and stops the explorer, given its arguments; without it that command is not run.

    Returns
    -------
    tuple of str and Page
        The page with what its commands print now, and what is known of its playing.

    Raises
    ------
    PageError
        If a command does not work, or a line that should be shown is not there.
    """
    page = Page(serve)
    with contextlib.chdir(folder):
        return FENCE.sub(page.play_block, text), page
