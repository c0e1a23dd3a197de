"""One page of HTML that tells a run, or several beside the first: opens from disk, needs no network, prints on A4."""
