"""Prints how the explorer holds under fifty readers and a query that never ends."""

from __future__ import annotations

import sys

from kg.doors import guarded
from kg.serve.measuring import main

if __name__ == "__main__":
    guarded(lambda: main(sys.argv[1:]))
