"""A graph brought up to date: what changed datasets bear on is derived anew, and everything else is taken over."""
