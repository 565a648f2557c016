"""The page behind a tile: history, definition, SQL, lineage, quality, incidents, raw rows."""
