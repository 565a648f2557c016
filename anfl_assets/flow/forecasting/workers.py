"""Work spread over processes, where one that dies or hangs costs its own piece and no other.

A pool of the standard library gives up whole when one of its processes is killed, cannot tell
which piece killed it and cannot stop one that hangs. A forecast is numerical code of five libraries
over whatever people measure: all three happen.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")

# Every process has a core of its own; threads of the linear algebra would fight for it.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)
# What runs beside (landing, alerting) goes first.
_NICE = 10
# Where memory runs out (Linux), the kernel ends these first: a series is lost, no alert is.
_FIRST_TO_GO = "500"
_END_S = 5.0


@dataclass(frozen=True)
class Done(Generic[Result]):
    """What became of a piece: a result, or in words for people why there is none.

    `seconds` are those of a core that the result took, or those that a lost piece was waited for.
    """

    place: int
    result: Result | None
    lost: str | None
    seconds: float


def spread(
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    *,
    processes: int,
    limit_s: float,
) -> Generator[Done[Result], None, None]:
    """Do every piece once, as many at a time as there are processes; as they end, not in order.

    `work` is a module's function: a process imports it. A piece that takes longer than `limit_s`
    is stopped. No process outlives the iterator.
    """
    waiting = deque(enumerate(pieces))
    workers: list[_Worker[Piece, Result]] = []
    try:
        while waiting or any(each.is_busy for each in workers):
            # One that died with a piece in hand stays until that is told.
            workers = [each for each in workers if each.is_busy or each.is_alive]
            while waiting and (free := _free(workers, work, processes)):
                free.give(*waiting.popleft())
            yield from _ended([each for each in workers if each.is_busy], limit_s)
    finally:
        for each in workers:
            each.stop()


class _Worker(Generic[Piece, Result]):
    """A process and the piece it has in hand."""

    def __init__(self, work: Callable[[Piece], Result]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        # Else the end of the process would not end what is read from it.
        theirs.close()
        self._send(work)
        self._place: int | None = None
        self._began = 0.0

    @property
    def is_busy(self) -> bool:
        return self._place is not None

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def took(self) -> float:
        return time.monotonic() - self._began

    def give(self, place: int, piece: Piece) -> None:
        self._place, self._began = place, time.monotonic()
        self._send(piece)

    def take(self) -> Done[Result]:
        """Receive what is ready: the result, or the end of the process."""
        try:
            result, core_s = self.connection.recv()
        except (EOFError, OSError):
            # Its end of the pipe is closed: it has ended or is about to.
            self._process.join(timeout=_END_S)
            self.stop()
            return self._lost(_how_it_ended(self._process.exitcode))
        return Done(self._taken(), result, None, core_s)

    def give_up(self, limit_s: float) -> Done[Result]:
        self.stop()
        return self._lost(f"it took longer than {limit_s:g} s and was stopped")

    def stop(self) -> None:
        """End the process; it has nothing that must be put in order."""
        self.connection.close()
        self._process.kill()
        self._process.join(timeout=_END_S)

    def _send(self, what: object) -> None:
        # Who has died meanwhile is found out by reading: there is one place that tells it.
        with suppress(OSError):
            self.connection.send(what)

    def _lost(self, why: str) -> Done[Result]:
        return Done(self._taken(), None, why, self.took())

    def _taken(self) -> int:
        place, self._place = self._place, None
        assert place is not None  # noqa: S101 - only who is busy has something to tell
        return place


def _free(
    workers: list[_Worker[Piece, Result]], work: Callable[[Piece], Result], processes: int
) -> _Worker[Piece, Result] | None:
    idle = next((each for each in workers if not each.is_busy), None)
    if idle is None and len(workers) < processes:
        idle = _Worker(work)
        workers.append(idle)
    return idle


def _ended(busy: list[_Worker[Piece, Result]], limit_s: float) -> Iterator[Done[Result]]:
    left = max(0.0, limit_s - max(each.took() for each in busy))
    wait([each.connection for each in busy], timeout=left)
    for each in busy:
        # Asked anew for each: a result that came while the last one was told is in time.
        if each.connection.poll():
            yield each.take()
        elif each.took() >= limit_s:
            yield each.give_up(limit_s)


def _how_it_ended(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"its process was killed ({signal.Signals(-exit_code).name}); out of memory?"
    return f"its process ended with code {exit_code}"


def _serve(connection: Connection) -> None:
    """Do pieces until nobody is there to give one."""
    os.environ.update(_ONE_THREAD)
    os.nice(_NICE)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO)
    # Whoever started this one stops it: an interrupt at the terminal reaches both.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        # Only now is the function's module imported, and with it what reads the environment.
        work = connection.recv()
        while True:
            piece, began_s = connection.recv(), _core_s()
            connection.send((work(piece), _core_s() - began_s))
    except (EOFError, BrokenPipeError):
        return


def _core_s() -> float:
    """Return the seconds of a core used so far, those of programs that were called included."""
    return sum(os.times()[:4])
