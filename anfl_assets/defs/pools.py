"""Which runs go on beside each other: one of each pool, as `instance.py` sets it.

A data folder has one writer, so builds wait for each other. A forecast reads a published build and
writes at its end only: it takes minutes, and no build, nor an alert behind it, may wait for that.
"""

BUILDING = "building"
FORECASTING = "forecasting"
