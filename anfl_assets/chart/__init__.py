"""Charts as Vega-Lite for pages, digests, messages and notebooks; no data is read here."""
