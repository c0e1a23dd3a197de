"""What a file of facts may say: statements about one scenario, and what is taken away from it."""

from typing import Annotated

from pydantic import Field

from sim.scenario.fields import Names, PartName, Text
from sim.scenario.schema import Entry, Selection

FEWEST_RUNS, MOST_RUNS = 100, 10_000_000
Runs = Annotated[int, Field(ge=FEWEST_RUNS, le=MOST_RUNS)]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Settings = Annotated[list[str], Field(description="KEY=VALUE laid over the scenario")]

Word = Annotated[str, Names("actors")]  # or a date: no date is called as a role is


class Statement(Entry):
    """One statement: what is measured, of which ensembles, and the band that the literature gives."""

    says: Text
    measure: str = Field(description="one of the measures in evidence/measures.py")
    acts: dict[PartName, Selection] = Field({}, description="the selections that the measure asks for")
    numbers: dict[PartName, float] = Field({}, description="the numbers that it asks for")
    words: dict[PartName, Word] = Field({}, description="the names that it asks for: actors or roles, dates")
    ensembles: dict[PartName, Settings] = Field(
        {"here": []}, description="what is played: by name, values laid over the scenario"
    )
    band: Annotated[list[float], Field(min_length=2, max_length=2)] = Field(description="lowest and highest, both met")
    of_this_case: bool = Field(
        False, description="the band was made from the very case that the scenario is about: shown, and not counted"
    )
    runs: Runs | None = Field(
        None, description="of each of its ensembles and under each seed, in place of the file's own number"
    )
    source: Text


class Facts(Entry):
    """A table of statements about one scenario, and what is taken away from it to see which still hold.

    Where it speaks of roles, it can be measured of any case of the kind: a statement about a role of several players is
    one about each.
    """

    name: Text
    facts_of: Text = Field(description="a scenario beside this file or in the folder above, or one that ships")
    runs: Runs
    seeds: list[Seed] = Field([1, 2, 3], description="the seeds that are reported")
    choosing_seeds: list[Seed] = Field([], description="the seeds on which rules and numbers were chosen: not reported")
    ablations: dict[PartName, Settings] = Field({}, description="what is taken away, each by itself")
    statements: dict[str, Statement]

    def runs_of(self, name: str) -> int:
        """Return how many runs of each ensemble a statement gets under each seed."""
        return self.statements[name].runs or self.runs
