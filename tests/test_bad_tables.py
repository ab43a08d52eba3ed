"""Broken tables: `kg check` names file, row and column of every one, and never ends in a traceback."""
