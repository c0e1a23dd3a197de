"""What a scenario has for the base of each channel, and what the record has taught of it, as rows of a table."""

from typing import Any

from sim.rules import arrays as t
from sim.scenario.bases import base_source
from sim.scenario.compile import Compiled

INTERVAL = (0.025, 0.975)


def base_rows(compiled: Compiled) -> list[dict[str, Any]]:
    """List the base of each channel: acts per day, its 95 % interval, what it was learned from, its factor in runs.

    Raises ValueError for a scenario that the engine has not asked what its record teaches.
    """
    if compiled.teaching is None:
        raise ValueError("compile_scenario gives a scenario what its record teaches")
    return [_row(compiled, code) for code in range(len(compiled.channels))]


def mix_rows(compiled: Compiled) -> list[dict[str, Any]]:
    """List what speaks for each action among those of its channel: what was believed before, and acts of the record."""
    if compiled.teaching is None:
        raise ValueError("compile_scenario gives a scenario what its record teaches")
    believed, weight = compiled.tables.action_numbers[0, :, [t.FREQUENCY, t.MIX_WEIGHT]]
    teaching, channels = compiled.teaching, compiled.tables.actions[:, t.CHANNEL]
    both = (weight * believed + teaching.counted) / (weight + teaching.chances)
    return [
        {
            "channel": channel_text(act.channel),
            "action": act.name,
            "believed before": f"{believed[code]:.1%}",
            "acts": int(teaching.counted[code]),
            "chances": round(float(teaching.chances[code]), 1),
            "share while all are available": _share(float(both[code]), float(both[channels == channels[code]].sum())),
        }
        for code, act in enumerate(compiled.acts)
    ]


def _share(weight: float, total: float) -> str:
    return f"{weight / total:.1%}" if total > 0.0 else ""


def channel_text(key: tuple[str, str, str]) -> str:
    """Write a channel as text: actor → target, tone."""
    return f"{key[0]} → {key[1]}, {key[2]}"


def _row(compiled: Compiled, code: int) -> dict[str, Any]:
    key, teaching = compiled.channels[code], compiled.teaching
    assert teaching is not None
    row: dict[str, Any] = {"channel": channel_text(key)}
    if not compiled.tables.learns[code]:
        is_twin = base_source(compiled.loaded.scenario, key).ratio is not None
        source = "given, as a share of the hostile one" if is_twin else "given"
        base = float(compiled.tables.bases[0, code])
        row |= {"acts per day": base, "low": None, "high": None, "acts": "", "days": ""}
        return row | {"times": _times(compiled, code), "comes from": source}
    from scipy import special

    shape, days = float(teaching.shape[code]), float(teaching.days[code])
    low, high = (float(special.gammaincinv(shape, share)) / days for share in INTERVAL)
    return row | {
        "acts per day": shape / days,
        "low": low,
        "high": high,
        "acts": int(teaching.acts[code]),
        "days": int(teaching.open_days[code]),
        "times": _times(compiled, code),
        "comes from": _origin(compiled, code),
    }


def _times(compiled: Compiled, code: int) -> str:
    """Write by what the base is multiplied on free days, one number after another where it changes; empty where by 1."""
    eras = compiled.tables.clock[compiled.free_from :, t.ERA]
    factors = compiled.tables.channel_numbers[eras, code, t.BASE_TIMES].tolist()
    changes = [factor for day, factor in enumerate(factors) if day == 0 or factor != factors[day - 1]]
    return "" if changes == [1.0] else ", then ".join(f"{factor:g}" for factor in changes)


def _origin(compiled: Compiled, code: int) -> str:
    """Tell where a learned base was learned."""
    teaching, loaded = compiled.teaching, compiled.loaded
    assert teaching is not None
    if loaded.scenario.learned is not None:
        return f"learned to {loaded.scenario.learned.until}, kept here"
    if teaching.open_days[code] == 0:
        return "what is believed of any such pair: no record"
    until = loaded.scenario.clock.replay_until
    if teaching.from_case[code]:
        return f"record to {until}, under {loaded.case.file}"
    return f"record to {until}"
