"""A generator of crises of many actors: everyone acts on everyone, and all hostility hangs together."""

import itertools
from typing import Any

ACTIONS = {"accuse": ("112", 1), "threaten": ("138", 2), "offer_talks": ("036", 0)}
RULES = {
    "average_mark": 0.5,
    "rarity": 0.25,
    "rarity_from": 2.0,
    "cooperation_heals": 0.5,
    "threat_opens": 1.0,
    "demand_opens": 0.5,
    "imposition_leaves": 0.5,
    "misperception_sd": 0.0,
    "misperception_bias": 0.0,
}
ACTOR = {
    "strategy": "tit_for_tat",
    "forgiveness": 0.3,
    "commitment_half_life_days": 60,
}
PAIR = {
    "reciprocity": "reciprocity",
    "momentum": 0.2,
    "memory_half_life_days": 7,
    "momentum_half_life_days": 2,
    "base_shape": 0.2,
    "base_mean": 0.02,
    "generosity": 0.3,
    "mix_weight": 4,
}


def many_actors(count: int, share: float = 0.0) -> dict[str, Any]:
    """A complete scenario of so many actors, as plain data.

    Each can do three things to each other; with a share above 0 each feels so much of what is done to its neighbour,
    so that every hostile channel draws acts on every other.
    """
    names = [f"actor_{number:02d}" for number in range(count)]
    pairs = list(itertools.permutations(names, 2))
    reciprocity = {"value": 0.3, "low": 0, "high": 0.6, "unit": "acts per act"}
    scenario: dict[str, Any] = {
        "name": f"{count} actors",
        "description": "Does it stay quick?",
        "clock": {"start": "2030-03-01", "replay_until": "2030-03-05", "end": "2030-12-31"},
        "rungs": {"0": "still", "1": "said", "2": "threatened", "3": "prepared", "4": "pressed", "5": "struck"},
        "scale": {"112": -2.0, "138": -7.0, "036": 4.0},
        "rules": RULES,
        "parameters": {"reciprocity": reciprocity | {"meaning": "answers to one act", "source": "made up"}},
        "actors": {name: {"label": name, **ACTOR} for name in names},
        "facts": {f"troops_{name}": {"meaning": "troops moved"} for name in names},
        "actions": {name: {} for name in names},
        "pairs": {"state_to_state": PAIR},
        "channels": {name: {} for name in names},
        "outcomes": {"acts": {"metric": "count", "acts": {"tone": "hostile"}, "each": "dyad", "meaning": "acts"}},
    }
    for one, other in pairs:
        for action, (cameo, rung) in ACTIONS.items():
            entry = {"target": other, "cameo": cameo, "rung": rung, "meaning": action}
            scenario["actions"][one][f"{action}_{other}"] = entry
        threat = scenario["actions"][one][f"threaten_{other}"]
        threat |= {"role": "threat", "raises": {f"troops_{one}": 1}}
        scenario["actions"][one][f"offer_talks_{other}"]["requires"] = [{"quantity": f"troops_{other}", "at_least": 1}]
        scenario["channels"][one][other] = {"hostile": {"base": 0.02}}
    if share:
        for index, name in enumerate(names):
            for against in names:
                friend = names[(index + 1) % count]
                if against not in (name, friend):
                    entry = {"actor": name, "feels_for": friend, "against": against, "share": share}
                    scenario.setdefault("sympathies", {})[f"{name}_{against}"] = entry
    return scenario
