"""Services end with what they started, and tell when one ends by itself."""

import os
import sys
import time
from pathlib import Path

import pytest

from anfl_assets.cli.services import Running, Service, ServiceStopped, check, start, stop

_STUBBORN = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); {}; time.sleep(60)"
_PARENT = (
    "import pathlib, subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "pathlib.Path(sys.argv[1]).write_text(str(child.pid)); time.sleep(60)"
)


def _started(tmp_path: Path, name: str, program: str, *arguments: str) -> Running:
    service = Service(name, [sys.executable, "-c", program, *arguments])
    return start(service, log_dir=tmp_path, env=os.environ)


def _read_when_there(path: Path) -> str:
    deadline = time.monotonic() + 20
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < deadline, f"{path} was never written"
        time.sleep(0.02)
    return path.read_text()


def _is_there(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_stopping_a_service_stops_what_it_started(tmp_path: Path) -> None:
    running = _started(tmp_path, "parent", _PARENT, str(tmp_path / "child"))
    child = int(_read_when_there(tmp_path / "child"))
    assert _is_there(child)
    stop([running], patience_s=10)
    assert running.process.poll() is not None
    assert not _is_there(child)


def test_a_service_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    mark = f"open({str(tmp_path / 'ready')!r}, 'w').write('1')"
    running = _started(tmp_path, "stubborn", _STUBBORN.format(mark))
    _read_when_there(tmp_path / "ready")
    stop([running], patience_s=0.3)
    assert running.process.returncode == -9


def test_a_service_that_ended_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    running = _started(tmp_path, "pages", "print('no such port'); raise SystemExit(3)")
    running.process.wait()
    with pytest.raises(ServiceStopped, match=r"(?s)pages stopped with code 3.*no such port"):
        check([running])
    stop([running], patience_s=1)
