"""Coding workbooks: a dataset as one spreadsheet file with drop-downs and notes, written, read and checked."""
