"""What a Dask worker keeps and does: the study, sent to it once, and one block at a time."""

from functools import lru_cache

from distributed import WorkerPlugin, get_worker

from sim.identity import source_hash, versions
from sim.study.folder import Block, Play

CODE = "sim.study.sweep"  # the module whose imports a sweep's results depend on
Version = tuple[str, dict[str, str]]


class Study(WorkerPlugin):
    """How the blocks of one sweep are played; every worker has it, also one that comes later."""

    def __init__(self, play: Play, name: str):
        self.play, self.name = play, name


@lru_cache(maxsize=1)
def version() -> Version:
    """Return what must be the same wherever a block is played.

    That is the hash of the code, and the libraries' versions.
    """
    return source_hash(CODE), versions(CODE)


def play_there(name: str, wanted: Version, block: Block) -> bytes | str:
    """Play a block on this worker.

    Parameters: name, of the study, as it was sent; wanted, the version that the worker must have.
    Returns the block packed, or in words why this worker may not play it.
    """
    if differing := difference(version(), wanted):
        return f"a worker at {get_worker().address} has {differing}"
    study = get_worker().plugins[name]
    assert isinstance(study, Study)
    return study.play(block).pack()


def difference(here: Version, there: Version) -> str:
    """Name the differences between two installations; nothing where there is none."""
    other_code = ["other code"] if here[0] != there[0] else []
    names = sorted({*here[1], *there[1]})
    return ", ".join(
        other_code + [f"{name} {here[1].get(name)}" for name in names if here[1].get(name) != there[1].get(name)]
    )
