"""The example company of a data folder: made on first use, where no feeds file was given.

It comes with the source tree; an installed package alone does not carry it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path

from anfl_assets.errors import UserError
from anfl_assets.store.workspace import Workspace


def example_feeds(
    workspace: Workspace, *, as_of: datetime | None, now: datetime, say: Callable[[str], None]
) -> Path:
    """Return the feeds file of the folder's example company, making the company if needed.

    It ends at midnight UTC before `as_of`, or before `now`; one that is there already is taken as
    it is unless `as_of` asks for another.

    Raises:
        UserError: the source tree is not here.
        WorkspaceError: the example that is there ends at another day than `as_of`.
    """
    try:
        from examples.company.generate import generate, generated
    except ModuleNotFoundError as error:
        raise UserError(
            "the example company comes with the source tree; give --feeds FILE instead"
        ) from error
    present = generated(workspace.example_dir)
    if present is not None and as_of is None:
        return present.feeds_path
    end = datetime.combine((as_of or now).astimezone(UTC).date(), time(), UTC)
    if present is None:
        say(f"making the example company (simulated) in {workspace.example_dir}")
    return generate(workspace.example_dir, as_of=end).feeds_path
