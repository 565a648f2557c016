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
    _held: bytes | None = None

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return self.workspace.root / "pages" / f"vega-{script_digest()}.js"

    def content(self) -> bytes:
        """Return the script, made if it is not there; held here where the disk takes nothing."""
        with self._lock:
            if self._held is not None:
                return self._held
            if self.path.exists():
                return self.path.read_bytes()
            made = recipe.bundle().encode()
            try:
                self._keep(made)
            except OSError:
                self._held = made
            return made

    def _keep(self, made: bytes) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_bytes(made)
            fresh.replace(self.path)
        finally:
            fresh.unlink(missing_ok=True)


@cache
def script_digest() -> str:
    """Return what tells one version of the script from another, without making it."""
    made_by = Path(recipe.__file__).read_bytes() + version("vl-convert-python").encode()
    return hashlib.sha256(made_by).hexdigest()[:12]
