"""Nanopublications: each finding and each proposition as a publication of its own, in four graphs."""
