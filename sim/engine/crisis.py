"""The microscope: a Mesa model of one run, whose agents keep the reasons of every decision.

    model = Crisis("border", run=17)
    model.run_model()
    model.actor("north").reason(date(2030, 4, 2), "accuse")

It follows Mesa's conventions and runs unchanged in `batch_run` and `SolaraViz`. Mesa's own step counter is
not used (Mesa 4 removes it): days are dates.
"""

from datetime import date
from typing import Any

import mesa
import numpy as np

from sim.engine import phases
from sim.engine.learning import BaseDraws, compile_scenario
from sim.engine.reasons import Reason, explain
from sim.rules import arrays as t
from sim.scenario.compile import Compiled
from sim.scenario.library import shipped_default
from sim.scenario.load import load

DEFAULT_SEED = 1


class Actor(mesa.Agent):
    """One unitary actor. It decides on the morning's picture, by the rulebook."""

    model: "Crisis"

    def __init__(self, model: "Crisis", name: str):
        super().__init__(model)
        tables = model.compiled.tables
        self.name = name
        self.code = model.compiled.actors.index(name)
        self.channels = np.flatnonzero(tables.channels[:, t.ACTOR] == self.code)
        self.actions = np.flatnonzero(tables.actions[:, t.ACTOR] == self.code)
        empty, days = t.new_reasons(tables), model.compiled.days
        self._terms = t.Reasons(
            *(np.zeros((days, *terms[self._rows(index)].shape)) for index, terms in enumerate(empty))
        )

    def _rows(self, index: int) -> np.ndarray:
        """Return the rows of one of the arrays of `Reasons` that are this actor's: by channel or by action."""
        return self.channels if t.Reasons._fields[index].startswith("channel") else self.actions

    def decide(self) -> None:
        """Weigh everything that could be done today, do some of it, and keep every term."""
        model = self.model
        phases.decide(
            self.code,
            model.day,
            model.seed,
            model.run,
            model.compiled.tables,
            model.state,
            model.reasons,
            model.acts[model.day],
        )
        if np.isnan(model.reasons.actions[self.actions, t.HAZARD]).any():
            raise ArithmeticError(
                f"run {model.run}: a hazard of {self.name} on {model.compiled.date(model.day)} is not a number"
            )
        for index, terms in enumerate(model.reasons):
            self._terms[index][model.day] = terms[self._rows(index)]

    @property
    def acts_today(self) -> list[str]:
        """Name what the actor did on the last day that has been run."""
        today = self.model.acts[self.model.day - 1] if self.model.day else np.zeros(len(self.model.compiled.acts))
        return [self.model.compiled.acts[action].action for action in self.actions if today[action]]

    def reason(self, day: date, action: str) -> Reason:
        """Explain why the actor did or did not do one of its actions on a day that has been run.

        Raises KeyError for an action that is not the actor's, ValueError for a day that has not been run.
        """
        names = [self.model.compiled.acts[code].action for code in self.actions]
        if action not in names:
            raise KeyError(f"{self.name} has no action '{action}'; it has {', '.join(names)}")
        index = self.model.compiled.day(day)
        if not 0 <= index < self.model.day:
            raise ValueError(f"{day} has not been run")
        return explain(
            self.model.compiled,
            int(self.actions[names.index(action)]),
            index,
            self.model.seed,
            self.model.run,
            self._spread(index),
            bool(self.model.acts[index, self.actions[names.index(action)]]),
        )

    def _spread(self, day: int) -> t.Reasons:
        """Return this actor's terms of one day, in their places among everybody's."""
        spread = t.new_reasons(self.model.compiled.tables)
        for index, terms in enumerate(spread):
            terms[self._rows(index)] = self._terms[index][day]
        return spread


class Crisis(mesa.Model):
    """One run of a scenario. A step is a day.

    crisis: a scenario file, the bare name of one that ships, or a compiled scenario; by default the baseline that ships,
    whatever the working folder holds.
    run, seed: the address of the run's luck; the same two give the same acts, in either engine.
    rng: Mesa's word for the seed: a whole number, or anything that numpy makes a generator of, to draw one from. Not with `seed`.
    kwargs: settings, `**{"parameters.leverage": 4}`, laid over the file as `--set` does (Mesa's pages want this name).

    Raises UserError for a file that is not sound, ValueError for both seed and rng.
    """

    def __init__(
        self,
        crisis: str | Compiled | None = None,
        run: int = 0,
        seed: int | None = None,
        rng: Any = None,
        **kwargs: Any,
    ):
        self.seed = _seed(seed, rng)
        super().__init__(rng=self.seed)
        kwargs.pop("scenario", None)  # SolaraViz of Mesa 3.5 hands over one of Mesa's own, with nothing of ours in it
        settings = [f"{key}={value}" for key, value in kwargs.items()]
        if isinstance(crisis, Compiled) and settings:
            raise ValueError("settings are laid over a file, not over a compiled scenario")
        if not isinstance(crisis, Compiled):
            file = shipped_default("scenario") if crisis is None else crisis
            crisis = compile_scenario(load(file, settings))
        self.compiled = crisis
        self.run = run
        self.day = 0
        self.state = t.new_state(self.compiled.tables)
        self.reasons = t.new_reasons(self.compiled.tables)
        draws = BaseDraws(self.compiled, self.seed)
        self.state.base[:] = draws.of_runs(range(run, run + 1))[0]
        self.state.counted[:], self.state.chances[:] = draws.teaching.counted, draws.teaching.chances
        self.acts = np.zeros((self.compiled.days, len(self.compiled.acts)), np.uint8)
        self.tensions = np.zeros((self.compiled.days, len(self.compiled.pairs)))
        for name in self.compiled.actors:
            Actor(self, name)
        # Mesa before 3.5 numbers agents in a table of all models, which would keep this one in memory for ever.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        reporters = {"date": "date", "acts": "acts_today"} | {
            f"tension {first} {second}": _tension(index) for index, (first, second) in enumerate(self.compiled.pairs)
        }
        self.datacollector = mesa.DataCollector(
            model_reporters=reporters, agent_reporters={"actor": "name", "did": "acts_today"}
        )

    def step(self) -> None:
        """Run one day: everyone decides on the same picture; at night memories fade and the acts land.

        After the last day nothing happens: SolaraViz steps on to the end of its render interval.
        """
        if self.day >= self.compiled.days:
            return
        tables = self.compiled.tables
        with np.errstate(over="ignore"):  # hashes wrap round on purpose; only seen without the compiler
            phases.morning(self.day, tables, self.state)
            self.agents.do("decide")
            phases.night(self.day, self.seed, self.run, tables, self.state, self.acts[self.day].nonzero()[0])
        for pair, (first, second) in enumerate(self.compiled.pair_codes):
            self.tensions[self.day, pair] = (
                self.state.memory[t.HOSTILE, first, second] + self.state.memory[t.HOSTILE, second, first]
            )
        self.day += 1
        self.running = self.day < self.compiled.days
        self.datacollector.collect(self)

    @property
    def date(self) -> date:
        """Return the last day that has been run; before the first, the day before the clock starts."""
        return self.compiled.date(self.day - 1)

    @property
    def acts_today(self) -> int:
        """Count the acts of the last day that has been run."""
        return int(self.acts[self.day - 1].sum()) if self.day else 0

    def actor(self, name: str) -> Actor:
        """Return the agent of one actor. Raises KeyError if there is none."""
        for agent in self.agents:
            if agent.name == name:
                return agent
        raise KeyError(f"no actor '{name}'; there are {', '.join(self.compiled.actors)}")

    def fact(self, name: str) -> int:
        """Return the count of one fact this evening. Raises ValueError if there is none of that name."""
        return int(self.state.facts[t.COUNT, self.compiled.facts.index(name)])

    def memory(self, kind: str, who: str, about: str) -> float:
        """Return the marks that one actor remembers of another this evening.

        Parameters: kind, "hostility" or "goodwill"; who, the actor that remembers; about, the other.
        Raises KeyError for another kind, ValueError for an actor that there is not.
        """
        tone = {"hostility": t.HOSTILE, "goodwill": t.COOPERATIVE}[kind]
        return float(self.state.memory[tone, self.compiled.actors.index(who), self.compiled.actors.index(about)])


def _seed(seed: int | None, rng: Any) -> int:
    if seed is not None and rng is not None:
        raise ValueError("seed and rng are two words for one thing: give one of them")
    if rng is not None and not isinstance(rng, int | np.integer):
        return int(np.random.default_rng(rng).integers(2**31))
    chosen = seed if seed is not None else rng
    return DEFAULT_SEED if chosen is None else int(chosen)


def _tension(pair: int) -> Any:
    def today(model: Crisis) -> float:
        """Return the tension of the pair on the last day that has been run, in marks; 0 before the first."""
        return float(model.tensions[model.day - 1, pair]) if model.day else 0.0

    return today
