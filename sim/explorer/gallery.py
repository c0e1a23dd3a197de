"""The scenarios that one explorer can show: each played when it is first opened, compared with another or with its case."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from sim.explorer.address import Position
from sim.explorer.ensembles import Explorer, LeverEnsemble, always
from sim.explorer.presets import Preset, first_name, presets_of
from sim.scenario.load import Loaded, varied
from sim.scenario.problems import UserError
from sim.scenario.variants import IN_WORDS
from sim.scenario.yaml_file import read_yaml

OPEN_SCENARIOS = 8  # that stay in memory: going back to one is immediate


class Gallery:
    """Opens scenarios by name. Safe to call from threads.

    Parameters: file, of the scenario that is opened first; runs of each ensemble; seed of their luck.
    Raises UserError for a scenario that is not sound, ArithmeticError if a hazard is not a number.
    """

    def __init__(self, file: str, runs: int, seed: int):
        self.runs, self.seed = runs, seed
        self.presets: dict[str, Preset] = presets_of(file)
        self.first = first_name(file)
        self._explorers: OrderedDict[str, Explorer] = OrderedDict()
        self._lock = threading.Lock()
        case = self.explorer(self.presets[self.first].case).loaded
        self.explorer(self.first)
        self.presets = {
            name: preset for name, preset in self.presets.items() if name == self.first or _is_sound(case, preset)
        }

    def explorer(self, name: str) -> Explorer:
        """Open a scenario, or return it if it is still in memory.

        name: of a preset.

        Raises UserError if it is not sound.
        """
        with self._lock:
            if name not in self._explorers:
                self._explorers[name] = Explorer(self.presets[name].file, self.runs, self.seed)
            self._explorers.move_to_end(name)
            while len(self._explorers) > OPEN_SCENARIOS:
                self._explorers.popitem(last=False)
            return self._explorers[name]

    def opened(self, name: str) -> Explorer | None:
        """Return a scenario that is in memory, or None."""
        return self._explorers.get(name)

    def play(
        self,
        position: Position,
        pinned: Position | None,
        few: bool = False,
        is_wanted: Callable[[], bool] = always,
    ) -> LeverEnsemble:
        """Play a position, compared with another; with the case as it is if none is pinned.

        few: whether the first runs will do. is_wanted: asked now and then whether to go on.

        Raises UserError for settings that no lever can take, or that do not go together; NotWanted if it was not
        played to its end.
        """
        target = pinned or Position(self.presets[position.scenario].case)
        reference = self.explorer(target.scenario).reference(dict(target.settings), is_wanted)
        return self.explorer(position.scenario).play(dict(position.settings), reference, few, is_wanted)


def _is_sound(case: Loaded, preset: Preset) -> bool:
    """Check whether a variant can be laid over the case that is open; what extends a scenario is taken as sound."""
    if preset.variant is None:
        return True
    patch = read_yaml(preset.variant, preset.name).items
    try:
        varied(case, {key: node for key, node in patch.items() if key not in IN_WORDS})
    except UserError:  # a variant of another kind of crisis
        return False
    return True
