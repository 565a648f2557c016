"""What the sandbox remembers, and how much of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.deliver.sandbox.inbox import Inbox, Journal
from anfl_assets.deliver.sandbox.received import Draft
from anfl_assets.errors import WorkspaceError


def _noon() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)


def _filled(inbox: Inbox, count: int, text: str = "") -> None:
    for number in range(count):
        draft = Draft("post", f"{number % 2}", {"text": text or f"\u2028 {number}"})
        inbox.add("webhook", draft, is_accepted=True, fault=None)


def test_the_last_messages_are_kept_in_memory_and_in_the_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "sandbox.jsonl")
    _filled(Inbox(_noon, journal, kept=3), 11)
    assert journal.line_count <= 6
    journal.close()
    again = Journal(tmp_path / "sandbox.jsonl")
    inbox = Inbox(_noon, again, kept=3)
    assert [each.draft.fields["text"] for each in inbox] == ["\u2028 8", "\u2028 9", "\u2028 10"]
    assert inbox.revision == 11
    again.close()


def test_large_messages_push_out_more() -> None:
    inbox = Inbox(_noon, kept_bytes=5_000)
    _filled(inbox, 9, "x" * 1_000)
    assert 1 <= len(list(inbox)) <= 4


def test_the_file_of_large_messages_stays_bounded(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "sandbox.jsonl")
    _filled(Inbox(_noon, journal, kept_bytes=5_000), 30, "x" * 1_000)
    assert (tmp_path / "sandbox.jsonl").stat().st_size <= 12_000
    journal.close()


def test_attempts_at_one_message_are_counted() -> None:
    inbox = Inbox(_noon)
    _filled(inbox, 5)
    assert [each.attempt for each in inbox] == [1, 1, 2, 2, 3]


def test_what_is_forgotten_is_gone_from_the_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "sandbox.jsonl")
    inbox = Inbox(_noon, journal)
    _filled(inbox, 2)
    inbox.clear()
    assert list(inbox) == []
    assert (tmp_path / "sandbox.jsonl").read_text() == ""
    assert (tmp_path / "sandbox.jsonl").stat().st_mode & 0o777 == 0o600
    _filled(inbox, 1)
    assert len((tmp_path / "sandbox.jsonl").read_text().splitlines()) >= 1
    journal.close()


def test_two_sandboxes_do_not_share_a_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "sandbox.jsonl")
    with pytest.raises(WorkspaceError, match="another sandbox"):
        Journal(tmp_path / "sandbox.jsonl")
    journal.close()
    Journal(tmp_path / "sandbox.jsonl").close()
