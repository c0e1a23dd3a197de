"""`python -m sim` is `escalate`."""

from sim.cli import main

main()
