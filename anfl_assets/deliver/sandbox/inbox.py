"""What the sandbox remembers: the last messages, in memory and in a file that outlives it."""

from __future__ import annotations

import fcntl
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from anfl_assets.deliver.sandbox.received import Draft, Received, from_json
from anfl_assets.errors import WorkspaceError

KEPT = 5_000
# Mails bring their charts: without this the last messages could be gigabytes.
KEPT_BYTES = 64 * 1024 * 1024


@dataclass
class Inbox:
    """The last requests of all providers, oldest first; one writer, the sandbox's event loop.

    `clock` says when something arrives, in UTC. `journal` outlives the process.
    """

    clock: Callable[[], datetime]
    journal: Journal | None = None
    kept: int = KEPT
    kept_bytes: int = KEPT_BYTES
    revision: int = 0
    _lines: deque[tuple[Received, int]] = field(default_factory=deque)
    _bytes: int = 0

    def __post_init__(self) -> None:
        """Take in what an earlier process has left."""
        for line in self.journal.lines() if self.journal else ():
            self._keep(from_json(json.loads(line)), len(line))

    def __iter__(self) -> Iterator[Received]:
        """Yield what is remembered, oldest first."""
        # A copy first: tests read from another thread while the sandbox writes.
        return iter([received for received, _ in tuple(self._lines)])

    def add(
        self,
        provider: str,
        draft: Draft,
        *,
        is_accepted: bool,
        fault: Mapping[str, Any] | None,
    ) -> Received:
        """Remember one request."""
        same = (
            each
            for each, _ in self._lines
            if each.provider == provider and each.draft.identity == draft.identity
        )
        received = Received(
            number=self.revision + 1,
            provider=provider,
            received_at=self.clock(),
            attempt=sum(1 for _ in same) + 1,
            is_accepted=is_accepted,
            draft=draft,
            fault=fault,
        )
        line = json.dumps(received.as_json())
        self._keep(received, len(line))
        if self.journal is not None:
            self.journal.append(line)
            # Now and then: each time would cost as much as all that is kept.
            if self.journal.line_count > 2 * self.kept or self.journal.size > 2 * self.kept_bytes:
                self.journal.rewrite(json.dumps(each.as_json()) for each in self)
        return received

    def clear(self) -> None:
        """Forget everything; numbers go on, so that a page notices."""
        self._lines.clear()
        self._bytes = 0
        self.revision += 1
        if self.journal is not None:
            self.journal.rewrite(())

    def _keep(self, received: Received, size: int) -> None:
        self._lines.append((received, size))
        self._bytes += size
        self.revision = received.number
        while len(self._lines) > self.kept or self._bytes > self.kept_bytes:
            self._bytes -= self._lines.popleft()[1]


class Journal:
    """A file of JSON lines that one sandbox at a time appends to."""

    def __init__(self, path: Path) -> None:
        """Open the file, and close it to other sandboxes.

        Raises:
            WorkspaceError: it cannot be written, or another sandbox has it.
        """
        self.path = path
        self.line_count = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(path.with_suffix(".lock"))
            self._file = _opened(path)
        except BlockingIOError as error:
            raise WorkspaceError(
                f"{path}: another sandbox keeps its messages there; stop it, or give this one "
                "another --data-dir"
            ) from error
        except OSError as error:
            raise WorkspaceError(f"{path}: cannot be written: {error.strerror}") from error

    @property
    def size(self) -> int:
        """Return how many bytes the file has."""
        return self._file.tell()

    def lines(self) -> Iterator[str]:
        """Yield the lines of earlier processes that are whole."""
        text = self.path.read_text(encoding="utf-8", errors="replace")
        if text and not text.endswith("\n"):
            self._file.write("\n")  # a process was killed while it wrote
        # Not splitlines: a message may hold other ends of lines.
        for line in filter(None, text.split("\n")):
            self.line_count += 1
            try:
                json.loads(line)
            except ValueError:
                continue
            yield line

    def append(self, line: str) -> None:
        """Add one line."""
        self._file.write(line + "\n")
        self._file.flush()
        self.line_count += 1

    def rewrite(self, lines: Iterator[str] | tuple[str, ...]) -> None:
        """Put these lines in place of all others."""
        kept = list(lines)
        beside = self.path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        with _opened(beside) as file:
            file.writelines(line + "\n" for line in kept)
        beside.replace(self.path)
        self._file.close()
        self._file = _opened(self.path)
        self.line_count = len(kept)

    def close(self) -> None:
        """Let another sandbox have the file."""
        self._file.close()
        os.close(self._lock)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def _opened(path: Path) -> IO[str]:
    # Numbers of telephones are in it.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return open(descriptor, "a", encoding="utf-8")  # noqa: PTH123 - of a descriptor
