"""The sandbox beside a test: every provider on free ports of loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from anfl_assets.deliver.sandbox.inbox import Inbox, Journal
from anfl_assets.deliver.sandbox.received import Received
from anfl_assets.deliver.sandbox.server import Sandbox, bound

_START_S = 60.0
# After all that is wanted has come, so long nothing more may.
_SETTLED_S = 0.3


@dataclass(frozen=True)
class Providers:
    """A running sandbox, and what a test asks of it."""

    sandbox: Sandbox

    @property
    def url(self) -> str:
        """Where the providers answer: the value of ANFL_SANDBOX_URL."""
        return self.sandbox.url

    @property
    def smtp(self) -> str:
        """The mail server's host and port: the value of ANFL_SANDBOX_SMTP."""
        return self.sandbox.smtp

    def messages(self, provider: str | None = None) -> list[Received]:
        """Return what reached its reader, oldest first."""
        return [each for each in self.attempts(provider) if each.reaches_reader]

    def attempts(self, provider: str | None = None) -> list[Received]:
        """Return every attempt, refused ones too."""
        return [each for each in self.sandbox.inbox if provider in (None, each.provider)]

    def script(self, channel: str, steps: list[dict[str, object]]) -> None:
        """Let the next requests of a provider meet these faults."""
        self.sandbox.script.add(channel, steps)

    def wait_for(
        self, count: int, within_s: float = 60.0, provider: str | None = None
    ) -> list[Received]:
        """Return the messages once there are so many; the test fails where they do not come."""
        ends = time.monotonic() + within_s
        while len(found := self.messages(provider)) < count:
            told = [(each.provider, each.draft.action, each.fault) for each in self.attempts()]
            assert time.monotonic() < ends, f"{len(found)} of {count} messages; attempts: {told}"
            time.sleep(0.02)
        return found

    def expect(self, want: dict[str, int], within_s: float = 60.0) -> None:
        """Wait for exactly these totals a provider; one message too many fails too."""
        ends = time.monotonic() + within_s
        while time.monotonic() < ends and not self._has(want):
            time.sleep(0.02)
        time.sleep(_SETTLED_S)
        found = {provider: len(self.messages(provider)) for provider in want}
        for each in self.messages():
            found[each.provider] = len(self.messages(each.provider))
        assert found == want

    def _has(self, want: dict[str, int]) -> bool:
        return all(len(self.messages(name)) >= count for name, count in want.items())


@contextmanager
def providers(
    *,
    data_dir: Path | None = None,
    acknowledge: Callable[[int, str, str], object] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Providers]:
    """Run a sandbox until the test is over."""
    journal = Journal(data_dir / "state" / "sandbox.jsonl") if data_dir else None
    inbox = Inbox(lambda: datetime.now(UTC), journal)
    sandbox = Sandbox(
        inbox,
        bound("127.0.0.1", 0),
        bound("127.0.0.1", 0),
        acknowledge=acknowledge,
        tls=tls,
    )
    thread = threading.Thread(target=lambda: asyncio.run(sandbox.serve()), name="sandbox")
    thread.start()
    try:
        ends = time.monotonic() + _START_S
        while not sandbox.is_ready:
            assert thread.is_alive(), "the sandbox did not start"
            assert time.monotonic() < ends
            time.sleep(0.005)
        yield Providers(sandbox)
    finally:
        sandbox.stop()
        thread.join(_START_S)
        if journal is not None:
            journal.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return what a mail server on 127.0.0.1 shows, and the file its clients must trust."""
    key, shown = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    made += ["-nodes", "-subj", "/CN=sandbox", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(shown)]
    subprocess.run([*made, *files], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown, key)
    return context, shown
