"""Serve the explorer on this machine, with no network: Solara's front end comes with `solara-assets`."""

import os
import warnings

from sim.scenario.extras import needed
from sim.scenario.load import load


def serve(file: str, runs: int, seed: int, host: str, port: int, browser: bool) -> None:
    """Serve until stopped. Raises ScenarioError for a scenario that is not sound, or without Solara."""
    load(file)  # what is wrong with a scenario is said before anything is served
    os.environ |= {
        "ESCALATE_EXPLORE_FILE": file,
        "ESCALATE_EXPLORE_RUNS": str(runs),
        "ESCALATE_EXPLORE_SEED": str(seed),
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",  # nothing leaves the machine
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
        "SOLARA_THEME_SHOW_BANNER": "False",
    }
    needed("solara", "explore", "the explorer")
    needed("solara_assets", "explore", "the explorer without a network")
    # Solara would rather have its cookie readable in a frame of another site: on this machine alone none is wanted.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    from solara.__main__ import run

    arguments = ["analysis.explore.app", "--host", host, "--port", str(port), "--production", "--no-check-version"]
    arguments += ["--open" if browser else "--no-open", "--no-access-log", "--theme-variant", "light"]
    run.main(args=arguments, standalone_mode=False)
