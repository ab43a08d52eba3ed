"""Prints how well ``kg link`` finds what curators chose, beside a plain baseline and a peer."""

from __future__ import annotations

import sys

from kg.doors import guarded
from kg.linking.measuring import main

if __name__ == "__main__":
    guarded(lambda: main(sys.argv[1:]))
