"""The work behind `escalate facts`: measure every statement, tell the table, keep it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Words = Callable[[str], None]


def check_facts(
    file: str,
    *,
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

    Raises ScenarioError for a file, a scenario or draws that are not sound.
    """
    from sim.evidence import folder as f
    from sim.evidence.facts import Variant, load_facts, table
    from sim.evidence.facts_text import facts_rows, facts_text
    from sim.results.posterior import read_draws
    from sim.scenario.load import load

    facts, scenario = load_facts(file)
    facts = facts if runs is None else facts.model_copy(update={"runs": runs})
    variants = [Variant("defaults")]
    if posterior is not None:
        variants.append(Variant("posterior", draws=read_draws(posterior)))
    if ablations:
        variants += [Variant(name, tuple(settings)) for name, settings in facts.ablations.items()]
    plan = {
        "statements": facts.model_dump(mode="json"),
        "variants": [[one.name, one.settings, one.draws and one.draws.hash] for one in variants],
    }
    folder = f.folder_of("facts", load(scenario), out, plan)
    if f.is_whole(folder) and not force:
        say(f"An identical table is in {folder} (--force makes it again).")
    else:
        from tqdm import tqdm

        count, statements = len(variants), len(facts.statements)
        say(
            f"{statements} statements, {count} variants: defaults{', posterior' if posterior else ''} and what is left without each idea."
        )
        with tqdm(total=count, unit=" variants", disable=True if as_json else None) as bar:
            found = table(facts, scenario, variants, min(count, workers or os.cpu_count() or 1), bar.update)
        with f.making(folder) as unfinished:
            import pyarrow as pa
            import pyarrow.parquet as pq

            pq.write_table(
                pa.Table.from_pylist(facts_rows(facts, found)), unfinished / "facts.parquet", compression="zstd"
            )
            f.write_manifest(unfinished, load(scenario), plan, {})
    rows = _rows(folder)
    tell(json.dumps(rows, indent=2) if as_json else facts_text(facts, rows))
    say(f"Written to: {folder}")


def _rows(folder: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(folder / "facts.parquet").to_pylist()
    return found
