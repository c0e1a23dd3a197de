"""How an actor answers what it remembers: average acts a day that the memory draws, before reciprocity.

Each strategy reads a `Remembered`: `total` the marks that the channel answers to, `largest` the largest
total so far, `latest` what is left of the marks of the last day that brought any, `fade` the share that
one night takes (1 - 2^(-1/half-life)), `average_mark` the mark of an average act, `hostile` whether the
channel is, and `forgiveness`. With `fade`, one average act draws one answer in all, half of them within
the half-life; reciprocity then scales that (a discrete-time Hawkes process, Porter & White 2012).
"""

from typing import NamedTuple

from sim.rules.registry import strategy


class Remembered(NamedTuple):
    """What a channel answers to, in marks (severity of acts; 1 is a Goldstein weight of 10)."""

    total: float
    largest: float
    latest: float
    fade: float
    average_mark: float
    hostile: bool
    forgiveness: float


@strategy
def tit_for_tat(memory: Remembered) -> float:
    """Answers every act in kind, in proportion to what is remembered (Axelrod 1984)."""
    return memory.fade * memory.total / memory.average_mark


@strategy
def tit_for_two_tats(memory: Remembered) -> float:
    """Answers only what is remembered beyond one average act (Axelrod 1984)."""
    return memory.fade * max(0.0, memory.total - memory.average_mark) / memory.average_mark


@strategy
def generous_tit_for_tat(memory: Remembered) -> float:
    """Answers in kind, but lets a share (forgiveness) of hostile acts pass (Nowak & Sigmund 1992)."""
    answered = 1.0 - memory.forgiveness if memory.hostile else 1.0
    return answered * memory.fade * memory.total / memory.average_mark


@strategy
def grim_trigger(memory: Remembered) -> float:
    """Answers for ever what it remembered at the worst moment so far (Friedman 1971).

    The largest total, not a running sum: a sum would feed on itself without bound.
    """
    return memory.fade * memory.largest / memory.average_mark


@strategy
def mirror_last(memory: Remembered) -> float:
    """Answers only the last day on which anything was done to it, as that fades (Rapoport & Chammah 1965)."""
    return memory.fade * memory.latest / memory.average_mark


@strategy
def unresponsive(memory: Remembered) -> float:
    """Answers nothing: acts on its own account only."""
    return 0.0
