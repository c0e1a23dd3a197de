"""The explorer: a page with the levers of a scenario, whose ensemble is drawn anew as they move."""
