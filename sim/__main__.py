"""`python -m sim` is `escalate`."""

from sim.cli import main

if __name__ == "__main__":
    main()
