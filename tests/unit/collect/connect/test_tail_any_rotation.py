"""Whatever a service and its rotation do between pulls, every line is read once."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from anfl_assets.collect.connect.tail_pull import TailPull
from anfl_assets.collect.connect.tail_records import Records
from anfl_assets.collect.feed import Format

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
RECORDS = Records(Format.JSONL, names=("n",), feed="app")
_KEPT = 60


class Rotation(RuleBasedStateMachine):
    """A service that writes numbered lines to `app.jsonl`, its rotation, and a reader.

    Each pull is by another `TailPull` from a cursor as text: a crash between two pulls is every
    pull. A pull whose rows were not kept is a pull from the same cursor again.
    """

    def __init__(self) -> None:
        """Begin in a folder of its own."""
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.app = self.folder / "app.jsonl"
        self.written = 0
        self.is_open = False
        self.numbers: list[int] = []
        self.cursor: str | None = None

    @initialize(
        pattern=st.sampled_from(["app.jsonl", "app.jsonl*"]),
        limit=st.sampled_from([64, 400, 8 << 20]),
    )
    def begin(self, pattern: str, limit: int) -> None:
        """Begin with an empty file."""
        self.pattern, self.limit = pattern, limit
        self.app.touch()
        self.pull()

    @rule(count=st.integers(1, 40))
    def write(self, count: int) -> None:
        """Write whole lines, and the end of one that was begun."""
        with self.app.open("a") as file:
            for _ in range(count):
                file.write(self._rest())

    @rule()
    def write_half_a_line(self) -> None:
        """Begin a line."""
        if not self.is_open:
            with self.app.open("a") as file:
                file.write('{"n": ')
            self.is_open = True

    @precondition(lambda self: not self.is_open)
    @rule(is_new_made=st.booleans())
    def rename(self, *, is_new_made: bool) -> None:
        """Rotate by renaming; the next file is made at once or with its first line."""
        self._shift()
        if self.app.exists():
            self.app.rename(self._old(1))
        if is_new_made:
            self.app.touch()

    @rule()
    def rename_with_an_open_end(self) -> None:
        """Rotate away a file whose last line has no end, and go on in the next."""
        if self.is_open or not self.app.exists():
            return
        with self.app.open("a") as file:
            file.write(self._rest().rstrip("\n"))
        self._shift()
        self.app.rename(self._old(1))
        self.write(1)

    @precondition(lambda self: not self.is_open)
    @rule(is_time_kept=st.booleans())
    def compress(self, *, is_time_kept: bool) -> None:
        """Compress the newest archive."""
        old = self._old(1)
        if not old.exists():
            return
        packed = self._old(1, ".gz")
        with gzip.open(packed, "wb") as file:
            file.write(old.read_bytes())
        if is_time_kept:
            shutil.copystat(old, packed)
        old.unlink()

    @precondition(lambda self: not self.is_open)
    @rule(is_seen_between=st.booleans())
    def copy_and_cut(self, *, is_seen_between: bool) -> None:
        """Rotate by copying and cutting."""
        if not self.app.exists():
            return
        self._shift()
        shutil.copy2(self.app, self._old(1))
        if is_seen_between:
            self.pull()
        os.truncate(self.app, 0)

    @rule(is_kept=st.booleans())
    def pull(self, *, is_kept: bool = True) -> None:
        """Read what is new; unless it is kept, the reader dies before it is."""
        pulled = TailPull(self.folder, self.pattern, RECORDS, self.limit).pull(self.cursor, now=NOW)
        assert pulled.batch.rejects.height == 0, pulled.batch.rejects
        if is_kept:
            self.cursor = pulled.cursor
            self.numbers += [int(text) for text in pulled.batch.rows["n"]]

    @invariant()
    def no_line_is_read_twice(self) -> None:
        """Nothing doubled."""
        assert len(set(self.numbers)) == len(self.numbers)

    def teardown(self) -> None:
        """Nothing lost: with every line ended, a few pulls bring all."""
        self.write(1)
        for _ in range(400):
            before = self.cursor
            self.pull()
            if self.cursor == before:
                break
        assert sorted(self.numbers) == list(range(self.written))
        shutil.rmtree(self.folder)

    def _rest(self) -> str:
        begin = "" if self.is_open else '{"n": '
        self.is_open = False
        self.written += 1
        return f"{begin}{self.written - 1}}}\n"

    def _old(self, number: int, suffix: str = "") -> Path:
        return self.folder / f"app.jsonl.{number}{suffix}"

    def _shift(self) -> None:
        for number in range(_KEPT, 0, -1):
            for suffix in ("", ".gz"):
                if (old := self._old(number, suffix)).exists():
                    old.rename(self._old(number + 1, suffix))


TestRotation = Rotation.TestCase
TestRotation.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
