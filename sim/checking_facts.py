"""The work behind `escalate facts`: measure every statement, tell the table, keep it."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Words = Callable[[str], None]


def check_facts(
    file: str,
    *,
    scenario: str | None,
    runs: int | None,
    posterior: Path | None,
    ablations: bool,
    workers: int | None,
    out: Path,
    force: bool,
    as_json: bool,
    tell: Words,
    say: Words,
) -> None:
    """Measure a file's statements of the defaults, each ablation and, with draws, the posterior; `tell` and write them.

    scenario: in place of the file's own. Raises UserError for a file, a scenario or draws that are not sound.
    """
    from tqdm import tqdm

    from sim.evidence import folder as f
    from sim.evidence.facts import Variant, load_facts, table
    from sim.evidence.facts_text import facts_rows, facts_text
    from sim.results.machine import json_text
    from sim.results.posterior import read_draws
    from sim.scenario.load import load

    facts, own = load_facts(file)
    scenario = scenario or own
    facts = facts if runs is None else facts.model_copy(update={"runs": runs})
    variants = [Variant("defaults")]
    if posterior is not None:
        draws = read_draws(posterior)
        for warning in draws.warnings():
            say(warning)
        variants.append(Variant("posterior", draws=draws))
    if ablations:
        variants += [Variant(name, tuple(settings)) for name, settings in facts.ablations.items()]
    plan = {
        "statements": facts.model_dump(mode="json"),
        "variants": [[one.name, one.settings, one.draws and one.draws.hash] for one in variants],
    }

    def make() -> Sequence[dict[str, Any]]:
        names = ", ".join(one.name for one in variants)
        say(f"{len(facts.statements)} statements of {scenario}: {names}.")
        with tqdm(total=len(variants), unit=" variants", disable=True if as_json else None) as bar:
            at_once = min(len(variants), workers or os.cpu_count() or 1)
            return facts_rows(facts, table(facts, scenario, variants, at_once, bar.update))

    subject = f.of_scenario(load(scenario))
    folder, rows = f.table_of("facts", subject, out, plan, force=force, say=say, make=make)
    tell(json_text(rows) if as_json else facts_text(facts, rows))
    say(f"Written to: {folder}")
