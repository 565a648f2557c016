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
_DEADLINE_S = 60
_ROTATED_BYTES = 4000
_ROTATIONS = 5

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
# Each writes until a file says that it is enough, and writes there how many lines it wrote.
WATCHED = """
import itertools, logging, logging.handlers, os, sys, time
log = logging.getLogger("app")
log.addHandler(logging.handlers.WatchedFileHandler(sys.argv[1]))
for number in itertools.count():
    if os.path.exists(sys.argv[2]):
        break
    log.warning('{"n": %d}', number)
    time.sleep(0.0005)
open(sys.argv[2], "w").write(str(number))
"""
HUNG_UP = """
import itertools, logging, os, signal, sys, time
log, handler, asked = logging.getLogger("app"), logging.FileHandler(sys.argv[1]), []
log.addHandler(handler)
signal.signal(signal.SIGHUP, lambda *_: asked.append("open it again"))
for number in itertools.count():
    if os.path.exists(sys.argv[2]):
        break
    if asked:
        asked.clear()
        handler.close()
    log.warning('{"n": %d}', number)
    time.sleep(0.0005)
open(sys.argv[2], "w").write(str(number))
"""
LOGROTATE = """
{app} {{
    rotate 100
    {how}
}}
"""
# Only a service that waits to be told leaves it to logrotate to make the next file: where both make
# it, and logrotate finds it there twice, that itself writes over what it had moved aside.
TOLD = """
    postrotate
        kill -HUP {writer}
    endscript
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
        try:
            while writer.poll() is None:
                assert time.monotonic() < until
                self.pull()
                between()
        finally:
            writer.kill()
        assert writer.wait() == 0
        while self.pull():
            pass


def start(program: str, app: Path, end: int | Path) -> subprocess.Popen[bytes]:
    """Start a service that writes numbered lines; `end` is their count, or a file that ends it."""
    return subprocess.Popen([sys.executable, "-c", program, str(app), str(end)])


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
    ("program", "how", "every_s"),
    [
        pytest.param(HUNG_UP, f"create{TOLD}", 0.0, id="renamed and made again"),
        pytest.param(
            HUNG_UP,
            f"create\n    compress\n    delaycompress{TOLD}",
            0.0,
            id="packed one rotation later",
        ),
        # Each second has one name.
        pytest.param(
            WATCHED,
            "nocreate\n    dateext\n    dateformat -%Y%m%d-%s",
            1.1,
            id="named by date",
        ),
    ],
)
def test_every_line_of_a_file_under_logrotate_is_read_once(
    tmp_path: Path, program: str, how: str, every_s: float
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o755)
    app, enough = folder / "app.jsonl", tmp_path / "enough"
    config, state = tmp_path / "logrotate.conf", tmp_path / "state"
    reader = Reader(folder, "app.jsonl")
    app.touch()
    reader.pull()
    writer = start(program, app, enough)
    config.write_text(LOGROTATE.format(app=app, how=how.format(writer=writer.pid)))
    config.chmod(0o644)
    command = ["logrotate", "--force", "--state", str(state), str(config)]
    rotated = [time.monotonic()]

    def rotate() -> None:
        time.sleep(0.02)
        # What rotated before has its last line once there are lines in the next file.
        if not app.exists() or app.stat().st_size < _ROTATED_BYTES:
            return
        if len(rotated) > _ROTATIONS:
            enough.touch()
        elif time.monotonic() - rotated[-1] > every_s:
            subprocess.run(command, check=True)
            rotated.append(time.monotonic())

    reader.follow(writer, rotate)
    written = int(enough.read_text())
    assert len(reader.numbers) == written
    assert sorted(reader.numbers) == list(range(written))
    assert len(list(folder.iterdir())) == _ROTATIONS + 1
    assert reader.largest_cursor < 5_000
