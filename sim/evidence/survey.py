"""What of some tables touches a case: its actors under the names and codes of the tables, and the acts between them.

Who is whose is read from the words of an actor's label and of its name (France's government), and from the code of a
country that they name (FRA); a society is of its state's country. Who neither governs nor opposes (the press, a company) is
drafted as nobody. It is a draft, for a person to judge: nothing is
imported by it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from sim.evidence.cameo import Code, code_names
from sim.evidence.case_map import CaseMap
from sim.evidence.event_forms import MOST_SIDES, Side, country_codes, is_country
from sim.evidence.event_tables import Event, Refused
from sim.evidence.event_words import code_key, words
from sim.scenario.schema import Scenario
from sim.scenario.text_tables import heading_key

# Words of labels by which no table knows an actor, and words of tables for who governs and who does not (judgement).
GENERAL = {
    "government", "state", "party", "parties", "civil", "society", "independent", "powers", "country", "people", "the", "and", "its",
}  # fmt: skip
GOVERNS = re.compile(
    r"govern|executive|cabinet|ministr|minister|president|military|police|army|judicia|legislat|parliament|"
    r"[a-z]{3}(gov|mil|cop|leg|jud|spy)"
)
NOBODY_KEY = "nobody"
OPPOSES = re.compile(
    r"opposition|dissident|protest|popular|exile|banned|activist|rebel|civilian|[a-z]{3}.*(opp|reb|pty|cvl)"
)


@dataclass(frozen=True)
class Draft:
    """One line of a map that a table calls for.

    text: a name, role or code. rows: how many have it. owners: the keys of the map that it may stand under, the
    likeliest first; none if nothing is near.
    """

    text: str
    rows: int
    owners: tuple[str, ...]

    def line(self) -> str:
        """Return the line of YAML, an entry of the list under the likeliest key."""
        return f"- {json.dumps(self.text, ensure_ascii=False)}" if self.owners else ""


@dataclass
class Survey:
    """What of some tables touches a case, in numbers of rows."""

    rows: int = 0
    touching: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)  # and countries
    beside: Counter[str] = field(default_factory=Counter)  # on the other side, of no country that the table says
    codes: Counter[tuple[str, str, Code]] = field(default_factory=Counter)  # by actor and target
    mapped: int = 0  # sides that a map knows, as an actor or as nobody
    owners: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of each name and role


class Surveyor:
    """Finds what touches a case."""

    def __init__(self, scenario: Scenario, case: CaseMap | None):
        """Read the words of a scenario's actors. case: a map, whose actors and codes are known already."""
        self.scenario, self.case = scenario, case
        self.countries = {name: _countries_of(name, actor.label) for name, actor in scenario.actors.items()}
        self.phrases = {name: _phrases_of(name, actor.label) for name, actor in scenario.actors.items()}
        for name, actor in scenario.actors.items():
            if actor.society_of is not None:
                self.countries[name] = self.countries[name] | self.countries[actor.society_of]
        self.codes = {name: {word for word in known if word.isupper()} for name, known in self.countries.items()}
        self.by_country = {name: _beginning_with(known) for name, known in self.countries.items()}
        self.by_phrase = {name: _beginning_with(phrases) for name, phrases in self.phrases.items()}
        self.any_code = {code for codes in self.codes.values() for code in codes}
        self.any_word = _beginning_with(
            {w for known in (self.countries, self.phrases) for ws in known.values() for w in ws}
        )
        self.owners = lru_cache(maxsize=MOST_SIDES)(self._owners)

    def survey(self, table: Iterable[Event | Refused]) -> Survey:
        """Count what touches the case in the rows of a table."""
        survey = Survey()
        for event in table:
            survey.rows += 1
            if isinstance(event, Refused):
                survey.refused[event.why] += 1
            else:
                self._count(event, survey)
        return survey

    def _count(self, event: Event, survey: Survey) -> None:
        owners = [self.owners(side) for side in (event.source, event.target)]
        survey.touching += any(owners)
        for side, of_side, of_other in zip((event.source, event.target), owners, reversed(owners), strict=True):
            for member in side.members or (side,):
                if self.case is not None and self.case.decide(member).fitting:
                    survey.mapped += 1
                elif near := self.owners(member):
                    self._count_labels(member, near, survey)
                elif of_other and not of_side and not _is_elsewhere(member):
                    survey.beside[str(member)] += 1
        first = [of_side[0] for of_side in owners if of_side and of_side[0] != NOBODY_KEY]
        if len(first) == 2 and first[0] != first[1]:
            actor, target = first
            known = self.case is not None and all(self.case.action(actor, target, code) for code in event.codes)
            if not known:
                survey.codes.update((actor, target, code) for code in event.codes)

    def _count_labels(self, side: Side, owners: tuple[str, ...], survey: Survey) -> None:
        """Count the labels of a side: a name is whose the side is, a role or country whose it is by itself."""
        survey.names.update(side.names)
        for name in side.names:
            survey.owners.setdefault(name, owners)
        for role in side.roles:
            if by_itself := self.owners(Side((), (role,))):
                survey.roles[role] += 1
                survey.owners.setdefault(role, by_itself)
        for country in side.countries:
            survey.roles[country] += 1
            survey.owners.setdefault(country, owners)

    def _owners(self, side: Side) -> tuple[str, ...]:
        """List the actors that a side may be, the likeliest first."""
        if self.case is not None and (decision := self.case.decide(side)).fitting:
            return () if decision.actor is None else (decision.actor,)
        if side.members:
            each = [self.owners(member) for member in side.members]
            return tuple(dict.fromkeys(actor for owners in each for actor in owners))
        labels = [label.casefold() for label in (*side.names, *side.roles, *side.countries)]
        text = " ".join(labels)
        codes = {label[:3] for label in (*side.roles, *side.countries)} & self.any_code
        if not codes and not self.any_word.search(text):  # most sides of a table
            return ()
        itself = [name for name, phrase in self.by_phrase.items() if phrase.search(text)]
        near = [name for name, country in self.by_country.items() if self.codes[name] & codes or country.search(text)]
        near = [*itself, *(name for name in near if name not in itself)]
        states = [name for name in near if self.scenario.actors[name].society_of is None]
        societies = [name for name in near if name not in states]
        if not near:
            return ()
        if OPPOSES.search(text):
            return (*(societies or [NOBODY_KEY]), *states)
        if (
            side.countries
            or GOVERNS.search(text)
            or any(label in self.countries[name] for name in near for label in labels)
        ):
            return (*states, *societies)
        return tuple(near) if itself else (NOBODY_KEY, *societies, *states)

    def searched(self) -> dict[str, list[str]]:
        """List the words and codes by which tables are searched, by actor."""
        return {name: sorted(self.phrases[name] | self.countries[name]) for name in self.countries}

    def drafts(self, counts: Counter[str], survey: Survey) -> Iterator[Draft]:
        """Yield the lines for names or roles, the most frequent first."""
        for text, rows in counts.most_common():
            yield Draft(text, rows, survey.owners.get(text, ()))

    def code_drafts(self, survey: Survey) -> Iterator[tuple[str, str, Code, Draft]]:
        """Yield actor, target and code, with the line that maps it to the nearest action; the most frequent first."""
        for (actor, target, code), rows in survey.codes.most_common():
            yield actor, target, code, Draft(code.code, rows, self._nearest(actor, target, code))

    def _nearest(self, actor: str, target: str, code: Code) -> tuple[str, ...]:
        """List the actions that are called as a code is; else those with the longest beginning of CAMEO's code in common."""
        same = code_key(code.code).replace(" ", "_")
        if (called := self.scenario.actions.get(actor, {}).get(same)) and called.target == target:
            return (f"{actor}.{same}",)
        word = words().get(code_key(code.code)) or words().get(code_key(code.wider))
        cameo = code.code if code.scheme == "CAMEO" else word.cameo if word else ""
        shared = {
            f"{actor}.{name}": _shared(cameo, action.cameo or "")
            for name, action in self.scenario.actions.get(actor, {}).items()
            if action.target == target
        }
        most = max(shared.values(), default=0)
        return tuple(name for name, length in shared.items() if length == most) if most >= 2 else ()


def draft_map(surveyor: Surveyor, survey: Survey, most: int) -> str:
    """Write the lines of a survey as a map, each with its rows and what else it may be of.

    most: how many names, how many roles and how many codes; the most frequent.
    """
    sides: dict[str, list[str]] = {}
    taken: set[str] = set()
    for counts in (survey.names, survey.roles):
        for draft in islice(surveyor.drafts(counts, survey), most):
            if (key := code_key(draft.text)) not in taken:
                taken.add(key)
                sides.setdefault(draft.owners[0], []).append(f"{draft.line()}  {_remark(draft)}")
    actions: dict[str, list[str]] = {}
    left: list[str] = []
    extra: dict[str, str] = {}
    for actor, target, code, draft in islice(surveyor.code_drafts(survey), most):
        if draft.owners:
            actions.setdefault(draft.owners[0], []).append(f"{draft.line()}  {_remark(draft)}")
        else:
            left.append(
                f"  # {actor} toward {target}: {json.dumps(code.code, ensure_ascii=False)} {_remark(draft)[2:]}"
            )
        if not code.scheme and draft.owners:
            extra.setdefault(code_key(code.code), f"  {draft.line()}")
    nobody = sides.pop(NOBODY_KEY, [])
    # Of a side with roles of two actors the map takes the first: a member of parliament of the opposition is its own.
    sides = dict(sorted(sides.items(), key=lambda entry: surveyor.scenario.actors[entry[0]].society_of is None))
    parts = [
        *(["actors:", *_lists(sides)] if sides else ["actors: {}"]),
        *(["nobody:", *(f"  {line}" for line in nobody)] if nobody else []),
        *(["codes:", *extra.values()] if extra else []),
        *(["actions:", *_lists(actions)] if actions else ["actions: {}"]),
        *(["  # no action of the case is near:", *left] if left else []),
    ]
    return "\n".join(parts) + "\n"


def _remark(draft: Draft) -> str:
    """Say beside a line how many rows it is of, and under what else it may stand."""
    choices = f"; or {', '.join(draft.owners[1:])}" if draft.owners[1:] else ""
    return f"# {draft.rows:,} row{'' if draft.rows == 1 else 's'}{choices}"


def _lists(lines: dict[str, list[str]]) -> Iterator[str]:
    for key, entries in lines.items():
        yield f"  {key}:"
        yield from (f"    {entry}" for entry in entries)


def meaning(code: Code) -> str:
    """Name what a code stands for; nothing for a word, which says it."""
    return code_names().get(code.code, "") if code.scheme == "CAMEO" else code.wider


def _plain_words(name: str, label: str) -> tuple[list[str], list[str]]:
    """Return the words of a label and of a name, in small letters, without the s of whose."""
    text = label.casefold().replace("'s", "").replace("’s", "")
    return re.findall(r"\w+", text), name.split("_")


def _countries_of(name: str, label: str) -> frozenset[str]:
    """Return the names, in small letters, and the codes of the countries that a label or a name holds."""
    runs = {
        " ".join(words[start:end])
        for words in _plain_words(name, label)
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    }
    countries = {run for run in runs if heading_key(run) in country_codes()}
    return frozenset(countries | {country_codes()[heading_key(country)] for country in countries} - {""})


def _phrases_of(name: str, label: str) -> frozenset[str]:
    """Return what a label and a name say beside countries and general words: opposition, moon union."""
    inside = {word for country in _countries_of(name, label) for word in country.split()} | GENERAL
    phrases = (" ".join(word for word in words if word not in inside) for words in _plain_words(name, label))
    return frozenset(phrases) - {""}


def _beginning_with(words_of: Iterable[str]) -> re.Pattern[str]:
    """Compile what finds words in small letters, or longer ones that begin with them (Moroccan); codes are left out."""
    small = sorted(re.escape(word) for word in words_of if word.islower())
    return re.compile(rf"\b(?:{'|'.join(small)})") if small else re.compile(r"(?!)")


def _is_elsewhere(side: Side) -> bool:
    """Tell whether a table says of which country a side is."""
    labels = (*side.roles, *side.countries)
    codes = set(country_codes().values())
    return any(label[:3] in codes or is_country(label.partition("/")[0]) for label in labels)


def _shared(one_code: str, other_code: str) -> int:
    length = 0
    while length < min(len(one_code), len(other_code)) and one_code[length] == other_code[length]:
        length += 1
    return length
