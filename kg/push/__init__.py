"""A built graph on its way into another engine: sent in parts, read back, and whole only once it was found equal."""
