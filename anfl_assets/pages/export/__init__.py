"""Tables of a build as files: CSV that is safe in a spreadsheet, and Parquet."""
