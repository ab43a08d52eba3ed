"""Evidence by the million: what the build makes of rows, set-wise, over a dataframe layer (Ibis on DuckDB, or Spark)."""
