"""Evidence by the million: what the build makes of rows, set-wise, by dataframes (Ibis on DuckDB, or Spark)."""
