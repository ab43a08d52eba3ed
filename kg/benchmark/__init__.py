"""The named questions, timed over one graph in several engines side by side, and believed only where answers agree."""
