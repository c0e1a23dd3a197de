"""Where the base of each channel comes from: a number, a ratio to its hostile twin, or the record."""

from dataclasses import dataclass

from sim.scenario.schema import Quantity, Scenario

ChannelKey = tuple[str, str, str]  # actor, target, tone


@dataclass(frozen=True, slots=True)
class BaseSource:
    """How a channel comes by its base.

    A fixed base is `base`, times `ratio` where it is that of the hostile twin. A learned one has, before the record,
    a gamma distribution with `shape` and the mean `base` times `ratio`.
    """

    base: Quantity
    ratio: Quantity | None = None
    shape: Quantity | None = None

    @property
    def is_learned(self) -> bool:
        """Return whether the record teaches the base."""
        return self.shape is not None


def base_source(scenario: Scenario, key: ChannelKey) -> BaseSource:
    """Return where the base of one channel comes from."""
    actor, target, tone = key
    channel, pair = scenario.channel(key), scenario.pair(actor, target)
    if channel.base is not None:
        return BaseSource(channel.base)
    ratio = None if tone == "hostile" else channel.generosity or pair.generosity
    twin = scenario.channel((actor, target, "hostile")).base
    if tone == "cooperative" and twin is not None:
        return BaseSource(twin, ratio)
    return BaseSource(pair.base_mean, ratio, pair.base_shape)
