"""One page of HTML about a run, or several beside the first: opens from disk, needs no network, prints on A4."""
