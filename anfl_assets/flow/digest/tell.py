"""Telling people of a digest: into the outbox, once a day for each channel and contact.

Mail carries the page as a file and the main numbers as text; other channels have the first line,
the numbers and the address of the executive page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from anfl_assets.deliver.message import Message, to_json
from anfl_assets.flow.alerting.places import state_url
from anfl_assets.flow.alerting.settings import Settings, load_settings
from anfl_assets.flow.digest.keep import keep
from anfl_assets.flow.digest.make import make_digest
from anfl_assets.report.digest.content import Digest
from anfl_assets.report.digest.page import page as drawn
from anfl_assets.report.digest.sentences import told_sentences
from anfl_assets.store.alerts.records import Notice, Target
from anfl_assets.store.alerts.store import open_alerts
from anfl_assets.store.workspace import Workspace


@dataclass(frozen=True)
class Told:
    """A digest that was kept, and whom it goes to; nobody where nobody has an address."""

    path: Path
    digest: Digest
    targets: tuple[Target, ...]


def tell_executives(workspace: Workspace, environ: Mapping[str, str], *, now: datetime) -> Told:
    """Make the digest of now, keep it, and put it into the outbox where today's is not yet.

    Raises:
        AlertsError: alerts.yaml is wrong; the digest is kept all the same.
        WorkspaceError: nothing was published yet, or the folder cannot be read or written.
    """
    digest = make_digest(workspace, environ, now=now)
    page = drawn(digest)
    path = keep(workspace, digest, page)
    settings = load_settings(workspace, environ)
    with open_alerts(workspace, state_url(environ)) as store:
        store.add(notices(settings, digest, page, now=now), now=now)
    return Told(path, digest, settings.reports)


def notices(settings: Settings, digest: Digest, page: str, *, now: datetime) -> list[Notice]:
    """Return one notice for each target; those of a day have the same keys whenever it is made."""
    day = now.astimezone(UTC).date()
    return [
        _notice(settings, target, digest, page, now=now, day=day) for target in settings.reports
    ]


def _notice(
    settings: Settings, target: Target, digest: Digest, page: str, *, now: datetime, day: date
) -> Notice:
    opening = settings.channels.openings.get(target.channel)
    carries_files = opening is not None and opening.kind == "smtp"
    key = f"report/executive/{day:%Y-%m-%d}/{target.channel}/{target.recipient}"
    link = settings.policy.link
    message = Message(
        "report",
        "information",
        now,
        f"executive-{day:%Y-%m-%d}",
        organisation=settings.policy.organisation,
        is_simulated=settings.policy.is_simulated,
        link=f"{link}/executive" if link else None,
        subject_line=digest.first_line,
        told=told_sentences(digest),
        document=page if carries_files else "",
    )
    return Notice(key, None, "report", target, now, to_json(message))
