"""A small crisis of two actors, complete in one text, and what the loader says of it and of changes to it."""

from pathlib import Path

from sim.scenario.load import UserError, load

TWO = """\
name: Two
description: Does the quarrel end in blows?
clock: {start: 2030-03-01, replay_until: 2030-03-05, end: 2030-12-31}
dates:
  summit: {date: 2030-10-01, label: Summit, source: made up}
scale:
  "112": -2
  "138": -7
  "190": -10
  "036": 4
  "010": 0
rules:
  average_mark: average_mark
  rarity: 0.25
  rarity_from: 2
  cooperation_heals: 0.5
  threat_opens: 1
  demand_opens: 0.5
  imposition_leaves: 0.5
  misperception_sd: 0
  misperception_bias: 0
parameters:
  average_mark: {value: 0.5, low: 0.3, high: 0.7, unit: marks, meaning: mark of an average act, source: judgement}
  reciprocity: {value: 0.3, low: 0, high: 0.6, unit: acts per act, meaning: answers to one act, source: judgement}
  half_life:
    value: 7
    steps: {2030-06-01: 14}
    low: 2
    high: 30
    unit: days
    meaning: memory of the other's acts
    source: judgement
actors:
  north:
    label: North
    strategy: tit_for_tat
    forgiveness: 0.333
    commitment_half_life_days: 60
  south:
    label: South
    strategy: generous_tit_for_tat
    forgiveness: 0.333
    commitment_half_life_days: 60
rungs: {0: still, 1: said, 2: threatened, 3: prepared, 4: pressed, 5: struck}
facts:
  troops: {meaning: northern troops in the valley}
actions:
  north:
    accuse: {target: south, cameo: "112", rung: 1, meaning: accuses it}
    threaten: {target: south, cameo: "138", rung: 2, role: threat, meaning: threatens force}
    mobilise: {target: south, goldstein: -5, rung: 3, meaning: moves troops in, raises: {troops: 1}}
    clash:
      target: south
      cameo: "190"
      rung: 5
      role: imposition
      meaning: opens fire
      requires:
        - {quantity: troops, at_least: 1}
        - any: [{quantity: threats_open, at_least: 0.3}, {quantity: hostility, at_least: 1}]
    offer_talks: {target: south, cameo: "036", rung: 0, meaning: offers to talk}
  south:
    accuse: {target: north, cameo: "112", rung: 1, meaning: accuses it}
    declare: {target: north, cameo: "010", rung: 0, meaning: makes a statement}
pairs:
  state_to_state:
    reciprocity: reciprocity
    momentum: 0.2
    memory_half_life_days: half_life
    momentum_half_life_days: 2
    base_shape: 0.2
    base_mean: 0.02
    generosity: 0.3
    mix_weight: 4
channels:
  north:
    south:
      hostile: {base: 0.02}
  south:
    north:
      hostile: {base: 0.02, momentum: 0.21}
      neutral: {base: 0.01}
pressures:
  north: {measures: {troops: {weight: 0.2, cap: 2}}, threats_from: [south], threat_weight: 0.25}
strengths:
  south:
    troops: {share: 0.5, full_at: 3}
drives:
  audience: {drive: audience_cost, actor: north, role: imposition, weight: 0.5, constant: 1}
acts:
  first_troops: {act: north.mobilise, date: 2030-03-02, do: force, source: made up}
outcomes:
  shots: {metric: happened, acts: {role: imposition}, until: summit, headline: true, meaning: shots before the summit}
  peak: {metric: peak_tension, each: pair, meaning: highest hostility that the two remember}
  rung: {metric: highest_rung, acts: {tone: hostile}, each: dyad, meaning: highest rung}
"""

RECORD = """\
date,actor,target,action,outside,seed,source,note
2030-02-27,north,south,accuse,,no,a paper,
2030-03-02,north,south,mobilise,,yes,a paper,told late
2030-03-03,south,north,accuse,,yes,a paper,
2030-03,north,south,threaten,,no,a paper,day not told
2030-04-01,east,south,,an actor that nobody models,no,a paper,
2030-05-01,north,south,clash,,no,a paper,
"""

WITH_RECORD = "acts.first_troops: null\nrecord: {file: record.csv, replay: marked, month_only: leave_out}\n"


def said(*settings: str, file: str | Path = "two.yaml") -> list[str]:
    """Every problem that the loader finds, as it is printed; none of a sound scenario."""
    try:
        load(file, settings)
    except UserError as error:
        assert str(error) == "\n".join(str(problem) for problem in error.problems)
        return [str(problem) for problem in error.problems]
    return []


def line_of(words: str, text: str = TWO) -> int:
    """The line that holds some words, which no other line does."""
    (found,) = [number for number, line in enumerate(text.splitlines(), 1) if words in line]
    return found
