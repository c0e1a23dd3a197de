"""`python -m sim` is `escalate`."""

from sim.commands.group import main

if __name__ == "__main__":
    main()
