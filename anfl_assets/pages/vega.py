"""The script that draws charts: made once, kept in the data folder, served like any asset."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from anfl_assets.chart import bundle as recipe
from anfl_assets.store.workspace import Workspace

NAME = "vega.js"


@dataclass
class VegaScript:
    """The script of one data folder; making it takes two seconds, once for each version of it."""

    workspace: Workspace
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return self.workspace.root / "pages" / f"vega-{script_digest()}.js"

    def content(self) -> bytes:
        """Return the script, made if it is not there."""
        with self._lock:
            if not self.path.exists():
                self._make()
            return self.path.read_bytes()

    def _make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        fresh.write_text(recipe.bundle())
        fresh.replace(self.path)


@cache
def script_digest() -> str:
    """Return what tells one version of the script from another, without making it."""
    made_by = Path(recipe.__file__).read_bytes() + version("vl-convert-python").encode()
    return hashlib.sha256(made_by).hexdigest()[:12]
