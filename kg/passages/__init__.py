"""Coded rows held against the text of their source, by the numbers that the source prints."""
