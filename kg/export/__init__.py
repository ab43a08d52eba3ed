"""What leaves the graph: rows as tables, graphs as RDF, findings as CSV and GraphML."""
