"""More findings than records can hold: the tables as dataframes, screened, turned into quads and loaded.

The record models stay the one source: what a column may hold and how it stands in RDF is read from their types
and marks (``kg.bulk.columns``), and every row that is not beyond doubt is read by the models themselves.
"""
