"""A small kind of crisis written in roles, a case of it, and the same case written out by hand."""

import re

KIND = """\
roles:
  crown: {label: who rules}
  rivals: {label: who contests it, many: true}
  friends: {label: who stands behind it, many: true, required: false}
scale: {"112": -2, "138": -7, "036": 4}
rungs: {0: still, 1: said, 2: threatened, 3: prepared}
rules: {average_mark: 0.5, rarity: 0.25, rarity_from: 2, cooperation_heals: 0.5, threat_opens: 1, demand_opens: 0.5, imposition_leaves: 0.5, misperception_sd: 0, misperception_bias: 0}
parameters:
  sympathy: {value: 0.3, low: 0, high: 1, unit: share, meaning: what is felt, source: judgement}
actors:
  crown: {strategy: tit_for_tat, forgiveness: 0.3, commitment_half_life_days: 60}
  rivals: {strategy: tit_for_tat, forgiveness: 0.3, commitment_half_life_days: 60}
  friends: {strategy: tit_for_tat, forgiveness: 0.3, commitment_half_life_days: 60}
facts:
  banned: {of: rivals, meaning: it is banned}
  armed: {meaning: arms are out}
pairs:
  state_to_state: {reciprocity: 0.1, momentum: 0.1, memory_half_life_days: 7, momentum_half_life_days: 2, base_shape: 0.2, base_mean: 0.02, generosity: 0.3, mix_weight: 4}
actions:
  crown:
    accuse: {target: rivals, cameo: "112", rung: 1, meaning: accuses it}
    ban: {target: rivals, cameo: "138", rung: 3, role: imposition, meaning: bans it, requires: [{quantity: banned, at_most: 0}], raises: {banned: 1}}
    thank: {target: friends, cameo: "036", rung: 0, meaning: thanks it}
  rivals:
    protest: {target: crown, cameo: "138", rung: 2, meaning: protests, requires: [{quantity: banned, at_most: 0}]}
    offer: {target: crown, cameo: "036", rung: 0, meaning: offers to talk}
  friends:
    warn: {target: rivals, cameo: "112", rung: 1, meaning: warns it}
channels:
  crown: {rivals: {hostile: {base: 0.02}}, friends: {cooperative: {base: 0.01}}}
  rivals: {crown: {hostile: {base: 0.02}}}
  friends: {rivals: {hostile: {base: 0.01, answers_to: [{memory: hostility, of: rivals}]}}}
sympathies:
  for_crown: {actor: friends, feels_for: crown, against: rivals, share: sympathy}
pressures:
  crown: {measures: {banned: {weight: 0.2, cap: 1}}, threats_from: [rivals], threat_weight: 0.25}
drives:
  audience: {drive: audience_cost, actor: crown, toward: [rivals], role: imposition, weight: 0.5, constant: 1}
outcomes:
  bans: {metric: count, acts: {actions: [crown.ban]}, meaning: bans}
  tension: {metric: peak_tension, pair: [crown, rivals], meaning: tension}
  acts: {metric: count, acts: {tone: hostile}, meaning: hostile acts}
"""

CASE = """\
extends: quarrel.yaml
name: Quarrel
description: Who gives way?
roles: {crown: king, rivals: duke, friends: bishop}
clock: {start: 2030-03-01, replay_until: 2030-03-05, end: 2030-12-31}
actors: {king: {label: King}, duke: {label: Duke}, bishop: {label: Bishop}}
"""


def case(**roles: str) -> str:
    """The case with other players; a label is given to each."""
    names = [name.strip() for players in roles.values() for name in players.strip("[]").split(",") if name.strip()]
    cast = ", ".join(f"{role}: {players}" for role, players in roles.items())
    labels = ", ".join(f"{name}: {{label: {name.capitalize()}}}" for name in names)
    lines = [line for line in CASE.splitlines() if not line.startswith(("roles:", "actors:"))]
    return "\n".join([*lines, f"roles: {{{cast}}}", f"actors: {{{labels}}}"]) + "\n"


def by_hand(**roles: str) -> str:
    """The kind and the case in one file, with each role's one player in its place."""
    text = KIND[KIND.index("scale:") :]
    for role, player in roles.items():
        text = re.sub(rf"\b{role}\b", player, text)
        text = text.replace(f"{player}: {{strategy", f"{player}: {{label: {player.capitalize()}, strategy")
    return "\n".join(line for line in CASE.splitlines() if line.startswith(("name", "desc", "clock"))) + "\n" + text
