"""Growing files with real writers: Python's rotating handlers and logrotate, in other processes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anfl_assets.collect.connect.tail_pull import TailPull
from anfl_assets.collect.connect.tail_records import Records
from anfl_assets.collect.feed import Format

NUMBERS = Records(Format.JSONL, names=("n",), feed="app")
_DEADLINE_S = 25

ROTATING = """
import logging, logging.handlers, sys
handler = logging.handlers.RotatingFileHandler(sys.argv[1], maxBytes=4000, backupCount=2000)
PACKED
log = logging.getLogger("app")
log.addHandler(handler)
for number in range(int(sys.argv[2])):
    log.warning('{"n": %d}', number)
"""
PACKED = """
import gzip, os, shutil
def rotate(source, target):
    with open(source, "rb") as plain, gzip.open(target, "wb") as packed:
        shutil.copyfileobj(plain, packed)
    os.remove(source)
handler.rotator, handler.namer = rotate, lambda name: name + ".gz"
"""
WATCHED = """
import logging, logging.handlers, sys, time
log = logging.getLogger("app")
log.addHandler(logging.handlers.WatchedFileHandler(sys.argv[1]))
for number in range(int(sys.argv[2])):
    log.warning('{"n": %d}', number)
    time.sleep(0.0005)
"""
LOGROTATE = """
{app} {{
    rotate 100
    {how}
}}
"""


class Reader:
    """Reads after each crash: every pull is by another `TailPull` from the last cursor."""

    def __init__(self, folder: Path, pattern: str, *, limit: int = 8 << 20) -> None:
        """Begin with nothing read."""
        self.folder, self.pattern, self.limit = folder, pattern, limit
        self.cursor: str | None = None
        self.numbers: list[int] = []
        self.largest_cursor = 0

    def pull(self) -> int:
        """Pull once; return how many rows came."""
        pull = TailPull(self.folder, self.pattern, NUMBERS, self.limit)
        pulled = pull.pull(self.cursor, now=datetime.now(UTC))
        assert pulled.batch.rejects.height == 0, pulled.batch.rejects
        self.cursor = pulled.cursor
        self.largest_cursor = max(self.largest_cursor, len(pulled.cursor))
        self.numbers += [int(text) for text in pulled.batch.rows["n"]]
        return pulled.batch.rows.height

    def follow(
        self, writer: subprocess.Popen[bytes], between: Callable[[], object] = lambda: None
    ) -> None:
        """Pull while the writer runs and until nothing more comes."""
        until = time.monotonic() + _DEADLINE_S
        while writer.poll() is None and time.monotonic() < until:
            self.pull()
            between()
        assert writer.wait(1) == 0
        while self.pull():
            pass


def start(program: str, app: Path, count: int) -> subprocess.Popen[bytes]:
    """Start a service that writes `count` numbered lines; returns when its file is there."""
    app.touch()
    return subprocess.Popen([sys.executable, "-c", program, str(app), str(count)])


@pytest.mark.parametrize("pattern", ["app.jsonl", "app.jsonl*"])
@pytest.mark.parametrize("packing", ["", PACKED], ids=["renamed", "packed"])
def test_every_line_of_a_rotating_handler_is_read_once(
    tmp_path: Path, pattern: str, packing: str
) -> None:
    app = tmp_path / "app.jsonl"
    reader = Reader(tmp_path, pattern, limit=1 << 20)
    app.touch()
    reader.pull()
    count = 10_000 if not packing else 4_000
    reader.follow(start(ROTATING.replace("PACKED", packing), app, count))
    assert len(reader.numbers) == count
    assert sorted(reader.numbers) == list(range(count))
    assert len(list(tmp_path.iterdir())) > 10


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="logrotate is not installed")
@pytest.mark.parametrize(
    ("how", "every_s"),
    [
        pytest.param("create", 0.3, id="renamed and made again"),
        pytest.param(
            "create\n    compress\n    delaycompress", 0.3, id="packed one rotation later"
        ),
        pytest.param("nocreate\n    dateext\n    dateformat -%Y%m%d-%s", 1.1, id="named by date"),
    ],
)
def test_every_line_of_a_file_under_logrotate_is_read_once(
    tmp_path: Path, how: str, every_s: float
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o755)
    app = folder / "app.jsonl"
    config, state = tmp_path / "logrotate.conf", tmp_path / "state"
    config.write_text(LOGROTATE.format(app=app, how=how))
    config.chmod(0o644)
    reader = Reader(folder, "app.jsonl")
    app.touch()
    reader.pull()
    command = ["logrotate", "--force", "--state", str(state), str(config)]
    last = [time.monotonic()]

    def rotate() -> None:
        time.sleep(0.02)
        if time.monotonic() - last[0] > every_s:
            subprocess.run(command, check=True)
            last[0] = time.monotonic()

    reader.follow(start(WATCHED, app, 4_000), rotate)
    assert len(reader.numbers) == 4_000
    assert sorted(reader.numbers) == list(range(4_000))
    assert len(list(folder.iterdir())) > 2
    assert reader.largest_cursor < 5_000
