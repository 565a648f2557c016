"""The draft for one file, whose place is told from the folder of the feeds file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from anfl_assets.collect.infer.draft import Draft
from anfl_assets.collect.infer.expressions import flow
from anfl_assets.collect.infer.propose import propose
from anfl_assets.collect.infer.sample import sample_of


def of_file(path: Path, *, folder: Path, name: str | None) -> Draft:
    """Look at the beginning of a file and return the draft for it.

    Raises:
        SourceError: it cannot be read, or no entity fits what it holds.

    """
    draft = propose(sample_of(path), {"files": flow(_as_glob(path.name))}, name)
    root = os.path.relpath(path.resolve().parent, folder)
    return replace(draft, root=root)


def _as_glob(name: str) -> str:
    """Return the pattern that matches this very name."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
