"""Which of the kept forecasts a person means, and what to say where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from anfl_assets.cli.render import label
from anfl_assets.errors import UserError
from anfl_assets.wording.numbers import counted

if TYPE_CHECKING:
    from anfl_assets.catalog.model import Catalog
    from anfl_assets.report.forecasts import VintageRow
    from anfl_assets.store.workspace import Workspace

MAKE = "`anfl forecast run` makes them"
_NAMED = 8


def metric_ids(catalog: Catalog, name: str | None) -> set[str]:
    """Return the metrics of an id or alias that are forecast; every one without a name.

    Raises:
        UserError: no metric has the name, or none of that name is forecast (§3.2).
    """
    known = [each for asked in catalog.forecasts.values() for each in asked.metric_ids]
    if name is None:
        return set(known)
    found = {metric.metric_id for metric in catalog.resolve(name)} & set(known)
    if not found:
        raise UserError(
            f"{name!r} is not forecast; the catalog (§3.2) asks for forecasts of {', '.join(known)}"
        )
    return found


def kept(workspace: Workspace) -> list[VintageRow]:
    """Return the standing vintage of each series.

    Raises:
        UserError: none was made yet; the message says which command makes them.
    """
    from anfl_assets.report.forecasts import standing_vintages

    rows = standing_vintages(workspace)
    if not rows:
        folder = workspace.root
        raise UserError(
            f"{folder}: no forecast was made yet; "
            f"`anfl forecast run --data-dir {folder}` makes them"
        )
    return rows


def chosen(
    rows: Sequence[VintageRow], ids: set[str], *, subject: str | None, form: str | None
) -> list[VintageRow]:
    """Return the vintages of some metrics, of one subject or form where asked; at least one.

    Raises:
        UserError: there is none; the message says which there are.
    """
    of_metric = [row for row in rows if row.metric_id in ids]
    if not of_metric:
        raise UserError(f"no forecast of {', '.join(sorted(ids))} was made yet; {MAKE}")
    for option, wanted in (("subject", subject), ("form", form)):
        names = dict.fromkeys(getattr(row, option) for row in of_metric)
        if wanted is not None and wanted not in names:
            raise UserError(f"no {option} {label(wanted)!r}; expected one of {_some(list(names))}")
    found = [
        row for row in of_metric if subject in (None, row.subject) and form in (None, row.form)
    ]
    if not found:
        there = [f"{row.subject}, {row.form}" for row in of_metric if row.subject == subject]
        raise UserError(f"no form {form!r} of {label(str(subject))}; there is {_some(there)}")
    return found


def too_old(rows: Sequence[VintageRow], catalog: Catalog, now: datetime) -> str | None:
    """Say how many forecasts are too old to go by; None where none is."""
    from anfl_assets.report.forecasts import is_stale

    stale = [row for row in rows if is_stale(row, catalog.forecasts[row.model], now)]
    if not stale:
        return None
    last = max(row.origin_day for row in stale)
    return (
        f"Too old to go by: {len(stale)} of {counted(len(rows), 'forecast', 'forecasts')}, made "
        f"from days up to {last:%Y-%m-%d}; `anfl forecast run` makes newer ones."
    )


def _some(names: Sequence[str]) -> str:
    told = ", ".join(label(name) for name in names[:_NAMED])
    return told + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
