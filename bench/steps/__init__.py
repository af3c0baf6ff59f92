"""The steps that are measured and the floors beside them; each runs in a process of its own (`bench.clock`)."""
