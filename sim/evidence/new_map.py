"""A first map of a case: who is who by label and country, and which code is which action by the action's own code."""

from collections.abc import Iterator

from sim.evidence.event_forms import country_codes
from sim.evidence.event_words import code_key, words
from sim.scenario.new_case import CASE, MAP
from sim.scenario.schema import Scenario
from sim.scenario.selection import NamedAction, acts_of
from sim.scenario.text_tables import heading_key

# Sectors as ICEWS names them, and roles as CAMEO's codes have them (Schrodt 2012), of a state and of those who oppose it.
OFFICES = ("Government", "Executive", "Cabinet", "*Ministry", "Legislative", "Judicial", "Military", "Police")
SOCIETIES = ("Opposition", "*Popular Opposition", "Dissident", "Banned Parties", "Exiles")
OFFICE_ROLES = ("GOV", "LEG", "JUD", "MIL", "COP", "SPY")
SOCIETY_ROLES = ("OPP", "LEGOPP", "ELIOPP")


def map_text(scenario: Scenario, extended: str | None = None) -> str:
    """Write a first map of who is who and which code is which action, for a case that can be loaded.

    extended: the map of its kind, if there is one: then that says which code is which action.
    """
    codes = [f"extends: {extended}   # which code is which action"] if extended else []
    actions = [] if extended else _action_lines(scenario)
    return "\n".join([*_head(), *codes, *_actor_lines(scenario), *actions]) + "\n"


def _head() -> Iterator[str]:
    yield "# Who is who in the machine-coded tables of the field, and which code is which action, for:"
    yield f"#   escalate record import TABLE --format icews --map {MAP} --for {CASE} --out more.csv"
    yield "# A first guess from labels and countries: add the names of persons, parties and bodies (escalate record survey lists them)."
    yield f"scenario: {CASE}"


def _actor_lines(scenario: Scenario) -> Iterator[str]:
    yield "actors:"
    written: set[str] = set()
    for name, actor in scenario.actors.items():
        home = scenario.actors[actor.society_of] if actor.society_of else actor
        country = country_of(home.label) or country_of(actor.society_of or name) or home.label
        patterns = [
            pattern for pattern in _patterns(actor.label, country, bool(actor.society_of)) if pattern not in written
        ]
        written |= set(patterns)
        yield f"  {name}:"
        yield from (f'    - "{pattern}"' for pattern in patterns)


def country_of(label: str) -> str:
    """Return the country that a label names, as in `Belarus's government`; nothing if it names none."""
    name = label.replace("_", " ").replace("’", "'").partition("'s ")[0]
    if heading_key(name) not in country_codes():
        return ""
    return name.title() if name.islower() else name


def _patterns(label: str, country: str, is_society: bool) -> list[str]:
    """Return the patterns of an actor, the most particular first."""
    code = country_codes().get(heading_key(country), "")
    roles = SOCIETY_ROLES if is_society else OFFICE_ROLES
    sectors = [f"{country}/{sector}*" for sector in (SOCIETIES if is_society else OFFICES)]
    names = [f"Opposition*({country})*"] if is_society else [code, country]
    coded = [f"{code}{role}*" for role in roles] if code else []
    labels = [label] if label != country else []
    return [pattern for pattern in dict.fromkeys([*labels, *coded, *sectors, *names]) if pattern]


def _action_lines(scenario: Scenario) -> Iterator[str]:
    codes: dict[tuple[str, str], dict[str, str]] = {}
    for act in sorted(acts_of(scenario), key=_particularity):
        if act.entry.cameo is not None:
            codes.setdefault((act.actor, act.target), {}).setdefault(act.entry.cameo, act.name)
    written: dict[str, list[str]] = {}
    for toward in codes.values():
        for code, name in [*toward.items(), *_word_codes(toward)]:
            written.setdefault(name, []).append(code)
    yield "actions:"
    for name, texts in sorted(written.items()):
        quoted = ", ".join(f'"{text}"' for text in texts)
        yield f"  {name}: [{quoted}]"


def _word_codes(toward: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the codes in words whose nearest code of CAMEO is that of an action toward a target, or a narrower one."""
    taken: dict[str, str] = {}
    for key, word in words().items():  # a type comes before its modes
        beginnings = [word.cameo[:length] for length in range(len(word.cameo), 1, -1)]
        name = next((toward[beginning] for beginning in beginnings if beginning in toward), None)
        if name is not None:
            taken[key] = name
            if taken.get(code_key(word.wider)) != name:
                yield word.code, name


def _particularity(act: NamedAction) -> tuple[float, int, str]:
    """Order the actions that share a code: the plainest one first gets it."""
    return float(act.entry.salience is not None), len(act.entry.requires), act.name
