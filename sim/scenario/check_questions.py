"""Cross-checks of the clock, of what-ifs, and of drives and outcomes, which name rules and say what those read."""

from collections.abc import Iterator

from sim.rules.registry import DRIVES, METRICS
from sim.scenario.fields import READ, marked
from sim.scenario.problems import Problem, listed, nearest
from sim.scenario.quantities import Path
from sim.scenario.questions import is_asked, window
from sim.scenario.schema import Drive, Outcome, Selection
from sim.scenario.selection import moved, pairs_of, selected
from sim.scenario.sound import Sound, check

import sim.rules.drives  # isort: skip  (fills the registry)
import sim.rules.metrics  # noqa: F401 isort: skip

MAX_DAYS = 36_525
COLUMNS = ("run", "point", "runs", "failed", "error")


@check("outcomes")
def outcomes_are_not_called_like_other_columns(sound: Sound) -> Iterator[Problem]:
    """Find outcomes with the name of another column of the tables."""
    for name in sound.scenario.outcomes:
        if name in COLUMNS:
            yield sound.problem(("outcomes", name), "is already the name of a column of the tables", "another name")


@check("clock")
def clock_runs_forward(sound: Sound) -> Iterator[Problem]:
    """Find a clock that runs backward, leaves no free day, or runs too long."""
    clock = sound.scenario.clock
    if (clock.replay_until - clock.start).days < -1:
        if _laid_over(sound, "replay_until", "start") == "start":
            text, allowed = f"{clock.start} lies after the last replayed day", f"{clock.replay_until} or earlier"
            yield sound.problem(("clock", "start"), text, allowed)
        else:
            text = f"{clock.replay_until} lies before the start"
            allowed = f"the day before {clock.start} (nothing is replayed) or later"
            yield sound.problem(("clock", "replay_until"), text, allowed)
    if clock.end <= clock.replay_until:
        key = _laid_over(sound, "end", "replay_until")
        day, allowed = (
            (clock.end, f"a day after {clock.replay_until}")
            if key == "end"
            else (clock.replay_until, f"a day before {clock.end}")
        )
        yield sound.problem(("clock", key), f"{day} leaves no free day", allowed)
    if (clock.end - clock.start).days > MAX_DAYS:
        yield sound.problem(("clock", "end"), "the clock runs too long", f"at most {MAX_DAYS:,} days")


def _laid_over(sound: Sound, key: str, rival: str) -> str:
    """Choose which of two days of the clock clashes: the first, unless only its rival was laid over the clock."""
    base, file, rival_file = (sound.place(*path).file for path in (("clock",), ("clock", key), ("clock", rival)))
    return rival if rival_file != base and file == base else key


@check("acts", "actions", "clock")
def what_ifs_are_possible(sound: Sound) -> Iterator[Problem]:
    """Find what-ifs on days outside the clock."""
    clock = sound.scenario.clock
    for name, what_if in sound.scenario.acts.items():
        for key in ("date", "until"):
            day = getattr(what_if, key)
            if day is not None and not clock.start <= day <= clock.end:
                yield sound.problem(
                    ("acts", name, key), f"{day} lies outside the clock", f"{clock.start} to {clock.end}"
                )


@check("drives")
def drives_exist(sound: Sound) -> Iterator[Problem]:
    """Find drives that are not registered."""
    for name, drive in sound.scenario.drives.items():
        if drive.drive not in DRIVES:
            yield sound.unknown(("drives", name, "drive"), "drive", drive.drive, list(DRIVES))


@check("drives")
def drives_have_what_they_read(sound: Sound) -> Iterator[Problem]:
    """Find drives that lack what they read, or have what they do not read."""
    for name, drive in sound.scenario.drives.items():
        if drive.drive in DRIVES:
            keys = [key for key in marked(Drive, READ) if getattr(drive, key) is not None]
            yield from _read(
                sound, ("drives", name), drive.drive, ("weight", *DRIVES[drive.drive].needs), ["weight", *keys]
            )


@check("drives")
def drives_on_channels_have_no_role(sound: Sound) -> Iterator[Problem]:
    """Find roles that choose actions for a drive which moves whole channels."""
    for name, drive in sound.scenario.drives.items():
        if drive.role is not None and drive.drive in DRIVES and DRIVES[drive.drive].stage != "action":
            text = f"{drive.drive} moves whole channels, not single actions"
            yield sound.problem(("drives", name, "role"), text, "no role; tone and toward choose channels")


@check("drives", "actions", "scale")
def drives_move_something(sound: Sound) -> Iterator[Problem]:
    """Find drives that no action fits."""
    for name, drive in sound.scenario.drives.items():
        known = sound.knows_all_acts and all(
            sound.declares("actors", actor) for actor in (drive.actor, *(drive.toward or []))
        )
        if known and not moved(sound.acts, drive):
            text = f"moves nothing: no action of {drive.actor} fits its toward, tone and role"
            yield sound.taken(("drives", name), ("actions", drive.actor)) or sound.mismatch(("drives", name), text)


@check("drives")
def drives_find_patron_and_rival(sound: Sound) -> Iterator[Problem]:
    """Find clients without an entry of patrons, and rivals without one of strengths."""
    for name, drive in sound.scenario.drives.items():
        if drive.client is not None and sound.declares("actors", drive.client):
            yield from _without_patron(sound, ("drives", name, "client"), drive.client)
        if drive.rival is not None and sound.declares("actors", drive.rival):
            yield from _without_strength(sound, ("drives", name, "rival"), drive.rival)


def _without_patron(sound: Sound, path: Path, client: str) -> Iterator[Problem]:
    """Find a client that no entry of patrons has; none while an unsound entry may have it."""
    values = [sound.tree.node_at(("patrons", name, "client")).value for name in sound.names("patrons")]
    clients = [value for value in values if isinstance(value, str)]
    known = sound.complete and all(sound.declares("actors", actor) for actor in clients)
    if known and client not in clients:
        text = f"no entry of patrons has {client} as its client"
        missing = sound.problem(path, text, listed(clients) or "an entry of patrons for it")
        yield sound.taken(path, ("patrons",), name=client) or missing


def _without_strength(sound: Sound, path: Path, rival: str) -> Iterator[Problem]:
    """Find a rival that no entry of strengths is about; none if one is, misspelt."""
    misspelt = sound.misspelt(("strengths",), rival, sound.names("actors"))
    if not sound.declares("strengths", rival) and not misspelt:
        allowed = listed(sound.names("strengths")) or "an entry of strengths for it"
        missing = sound.problem(path, f"no entry of strengths is about {rival}", allowed)
        yield sound.removed(("strengths", rival), path) or missing


@check("outcomes")
def metrics_exist(sound: Sound) -> Iterator[Problem]:
    """Find metrics that are not registered."""
    for name, outcome in sound.scenario.outcomes.items():
        if outcome.metric not in METRICS:
            yield sound.unknown(("outcomes", name, "metric"), "metric", outcome.metric, list(METRICS))


@check("outcomes")
def outcomes_have_what_they_read(sound: Sound) -> Iterator[Problem]:
    """Find outcomes that lack what their metric reads.

    `each` itself says whom an outcome is about.
    """
    for name, outcome in sound.scenario.outcomes.items():
        if outcome.metric in METRICS:
            keys = [key for key in marked(Outcome, READ) if getattr(outcome, key) is not None]
            implied = {"pair": ["pair"], "dyad": ["acts"]}.get(outcome.each or "", [])
            yield from _read(sound, ("outcomes", name), outcome.metric, METRICS[outcome.metric].needs, keys, implied)


@check("outcomes")
def outcomes_are_asked_of_what_they_read(sound: Sound) -> Iterator[Problem]:
    """Find outcomes asked of each of something that their metric does not read."""
    for name, outcome in sound.scenario.outcomes.items():
        if outcome.each is None or outcome.metric not in METRICS:
            continue
        path = ("outcomes", name)
        if ("pair" if outcome.each == "pair" else "acts") not in METRICS[outcome.metric].needs:
            text = f"{outcome.metric} is not asked of each {outcome.each}"
            yield sound.problem((*path, "each"), text, "pair" if outcome.each != "pair" else "action or dyad")
        elif outcome.each == "pair" and outcome.pair is not None:
            yield sound.problem(
                (*path, "pair"), "stands beside `each: pair`, which asks of every pair", "one of the two"
            )


@check("outcomes")
def classes_have_their_names(sound: Sound) -> Iterator[Problem]:
    """Find classes of a metric without a name, unknown classes, and two of one name."""
    for name, outcome in sound.scenario.outcomes.items():
        if outcome.classes is None or outcome.metric not in METRICS:
            continue
        path, keys = ("outcomes", name, "classes"), METRICS[outcome.metric].classes
        missing = [key for key in keys if key not in outcome.classes]
        for key in outcome.classes:
            if keys and key not in keys:
                missing = [class_key for class_key in missing if class_key != nearest(key, missing)]
                yield sound.unknown((*path, key), f"class of {outcome.metric}", key, list(keys))
        if missing:
            yield sound.lacking(path, missing, f"lacks {listed(missing)}", f"a name for each of {listed(keys)}")
        names = [class_name.replace(" ", "_") for class_name in outcome.classes.values()]
        for index, key in enumerate(outcome.classes):
            if names[index] in names[:index]:
                yield sound.problem(
                    (*path, key), f"'{outcome.classes[key]}' is the name of another class too", "a name of its own"
                )


def _read(
    sound: Sound, path: Path, rule: str, reads: tuple[str, ...], keys: list[str], implied: list[str] | None = None
) -> Iterator[Problem]:
    """Find what a rule reads and is not given, and what it is given and does not read."""
    missing = [key for key in reads if key not in keys and key not in (implied or [])]
    if missing:
        yield sound.lacking(path, [*missing, "each"], f"lacks {listed(missing)}", f"what {rule} reads: {listed(reads)}")
    for key in keys:
        if key not in reads:
            yield sound.problem((*path, key), f"{rule} does not read this", listed(reads))


@check("outcomes", "actions", "scale", "acts")
def selections_select_something(sound: Sound) -> Iterator[Problem]:
    """Find selections that no action fits."""
    for name, what_if in sound.scenario.acts.items():
        if what_if.acts is not None:
            yield from _selected(sound, ("acts", name, "acts"), what_if.acts)
    for name, outcome in sound.scenario.outcomes.items():
        for key in ("acts", "others"):
            selection = getattr(outcome, key)
            if selection is not None:
                yield from _selected(sound, ("outcomes", name, key), selection)


def _selected(sound: Sound, path: Path, selection: Selection) -> Iterator[Problem]:
    strangers = [name for name in selection.actions or [] if name not in sound.action_names]
    actors = [name for name in (selection.actor, selection.target) if name is not None]
    known = not strangers and sound.knows_all_acts and all(sound.declares("actors", name) for name in actors)
    if known and not selected(sound.acts, selection):
        nothing = sound.mismatch(path, "selects no action: none fits all of its parts")
        yield sound.taken(path, *[("actions", actor) for actor in sound.names("actors")]) or nothing


@check("outcomes", "actions", "facts")
def facts_can_be_told_from_acts(sound: Sound) -> Iterator[Problem]:
    """Find outcomes about a fact that no action raises, or that is lowered only where another does not hold."""
    for name, outcome in sound.scenario.outcomes.items():
        if outcome.fact is None or not sound.complete or outcome.fact not in sound.scenario.facts:
            continue
        path, raised = ("outcomes", name, "fact"), [fact for act in sound.acts for fact in act.entry.raises]
        later = [act.name for act in sound.acts if outcome.fact in act.entry.lowers_first[1:]]
        if outcome.fact not in raised and not sound.scenario.facts[outcome.fact].at_start:
            text = f"no action raises {outcome.fact}, so it never holds"
            yield sound.problem(path, text, listed(sorted(set(raised))))
        elif later:
            text = f"{later[0]} lowers {outcome.fact} only where what stands before it in `lowers_first` does not hold"
            yield sound.problem(path, text, "a fact whose changes follow from the acts alone")


@check("outcomes", "actions", "scale", "sympathies")
def pairs_can_be_tense(sound: Sound) -> Iterator[Problem]:
    """Find outcomes of pairs between which no hostility can be remembered, so no tension."""
    pairs = [" and ".join(pair) for pair in pairs_of(sound.scenario, sound.acts)]
    for name, outcome in sound.scenario.outcomes.items():
        pair = sorted(outcome.pair or [])
        known = sound.complete and sound.knows_all_acts and all(sound.declares("actors", actor) for actor in pair)
        if pair and known and " and ".join(pair) not in pairs:
            text = f"no hostility is ever remembered between {pair[0]} and {pair[1]}"
            yield sound.problem(("outcomes", name, "pair"), text, listed(pairs) or "a pair with hostile actions")


@check("outcomes", "clock", "dates")
def windows_hold_days(sound: Sound) -> Iterator[Problem]:
    """Find outcomes whose window of days is empty, too short, or outside the clock."""
    scenario, clock = sound.scenario, sound.scenario.clock
    if clock.end <= clock.replay_until or (clock.replay_until - clock.start).days < -1:
        return
    for name, outcome in scenario.outcomes.items():
        path = ("outcomes", name)
        if outcome.since not in ("start", "free", *scenario.dates) or outcome.until not in (*scenario.dates, "end"):
            continue  # which is reported where names are
        yield from _dates_beyond(sound, name, outcome)
        dates: list[Path] = [("clock",), ("dates", outcome.since), ("dates", outcome.until)]
        yield from (sound.at_change(problem, *dates) for problem in _window_problems(sound, path, outcome))


def _window_problems(sound: Sound, path: Path, outcome: Outcome) -> Iterator[Problem]:
    """Find what is wrong with the window of one outcome, the dates of which exist.

    A window that only the last day replayed leaves too short is no mistake: the question is not asked from there.
    """
    clock = sound.scenario.clock
    start, end = window(outcome, sound.scenario)
    if outcome.since == "free" and not is_asked(outcome, sound.scenario) and end >= (outcome.days or 1):
        text = f"is not asked: after {clock.replay_until} its window, to '{outcome.until}', holds {max(0, end - start)} days"
        yield sound.warning(path, text, f"{outcome.days or 1} or more, or another clock.replay_until")
        return
    if not 0 <= start <= (clock.end - clock.start).days:
        text, allowed = f"'{outcome.since}' lies outside the clock", f"{clock.start} to {clock.end}"
        yield sound.problem((*path, "since"), text, allowed)
    elif end <= start:
        text = f"'{outcome.until}' is not after '{outcome.since}'"
        yield sound.problem((*path, "until"), text, "a window that holds a day")
    elif outcome.days is not None and outcome.days > end - start:
        text = f"found {outcome.days}, and the window holds {end - start} days"
        yield sound.problem((*path, "days"), text, f"at most {end - start}")


def _dates_beyond(sound: Sound, name: str, outcome: Outcome) -> Iterator[Problem]:
    """Find dates of a question after the clock's end, where the question ends."""
    scenario = sound.scenario
    for key, date in (("until", outcome.until), ("before", outcome.before)):
        if date in scenario.dates and scenario.dates[date].date > scenario.clock.end:
            text = f"{date}, {scenario.dates[date].date}, lies after the clock's end, {scenario.clock.end}, where the question ends"
            yield sound.warning(("outcomes", name, key), text)
