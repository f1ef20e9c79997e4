"""A `curl` that asks the apps of a world, and nobody else: of curl as much as probes use."""
