"""Releases: what a version holds, in files that others can cite, check and reuse; and what changed since the last."""
