"""What forecasts are made by: the hash that tells one state of this program's method from another.

The version alone would let vintages stand that a changed method would not make again.
"""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

import anfl_assets.flow.forecasting
import anfl_assets.forecast

# What fits the candidates and draws the paths; numpy and scipy do under all of them.
_LIBRARIES = ("numpy", "prophet", "scipy", "statsforecast", "statsmodels")
_PACKAGES = (anfl_assets.forecast, anfl_assets.flow.forecasting)


@functools.cache
def program() -> str:
    """Return this program's version and a hash of its method: `0.1.0+1f0c9a2b`.

    The hash is of the source of what forecasts and of the versions of the libraries it calls; a
    comment that changes there forecasts everything once more, which costs less than a doubt.
    """
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for package in _PACKAGES:
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(path.read_bytes())
    return f"{version('anfl-metrics')}+{digest.hexdigest()[:8]}"
