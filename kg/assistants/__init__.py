"""Assistants: the questions as tools of the Model Context Protocol, for programs that talk with people."""
