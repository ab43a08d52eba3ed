"""Made-up evidence of any size, for trying out what a field-wide base of correlations asks of the graph."""
