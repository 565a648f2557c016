"""A PostgreSQL server of a test's own: a new cluster in a folder that only it uses."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "canary-" + secrets.token_hex(8)
_ADMIN = "keeper"


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, None where PostgreSQL is not installed."""
    named = shutil.which("pg_ctl")
    if named is not None:
        return Path(named).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class Server:
    """A server that asks for a password at its port."""

    folder: Path
    port: int

    def url(self, user: str = _ADMIN, password: str = PASSWORD) -> str:
        """Return the address of its only database."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= "
        log = str(self.folder / "log")
        _as_owner("pg_ctl", "-D", self._data, "-l", log, "-w", "-o", options + "-F", "start")

    def kill(self) -> None:
        """Stop it at once, as a crash does."""
        _as_owner("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")


@contextmanager
def postgresql() -> Iterator[Server]:
    """Yield a running server; it and its folder are gone afterwards."""
    # Not below pytest's folder, which only its owner may enter: the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="anfl-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody", "nogroup")
        server = Server(folder, _free_port())
        secret = folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        login = ("-A", "scram-sha-256", f"--pwfile={secret}", "-U", _ADMIN)
        _as_owner("initdb", "-D", server._data, "-N", "--locale=C", "-E", "UTF8", *login)
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as nobody where we are root: it refuses root."""
    folder = binaries()
    assert folder is not None
    user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    command = [*(user if os.geteuid() == 0 else []), str(folder / program), *arguments]
    told = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False
    )
    assert told.returncode == 0, told.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
