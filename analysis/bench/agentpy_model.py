"""The Mesa model as AgentPy wants one: a class of its own, where its worker processes find it."""

import agentpy

from analysis.bench.rivals import played


class AgentPyCrisis(agentpy.Model):
    """One run; it reports the number of acts."""

    def setup(self) -> None:
        self.report("acts", played(int(self.p.run)))
        self.stop()
