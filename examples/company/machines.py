"""How much of a host's resource is in use at each instant, before `as_of` and after it.

What lies after `as_of` is in no file: `expected_crossings` asks for it, to know when a limit will
be passed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from examples.company import company
from examples.company.timeline import DAY, Instants, Timeline, daily_wave, is_weekend

Floats = npt.NDArray[np.float64]
SUBJECTS = tuple(
    f"{host}/{resource}" for host, means in company.HOSTS.items() for resource in means
)
# Days after `as_of` that the course goes on for.
AHEAD_DAYS = 180


@dataclass(frozen=True)
class GrowingDisk:
    """A disk that grows by the same part of itself each day; shares of the whole disk, in percent.

    `now_pct` and `pct_per_day` are its use at `as_of` and how much it then grows by in a day.
    """

    subject: str
    now_pct: float
    pct_per_day: float
    weekend_pct: float
    daily_pct: float
    noise_pct: float


# gpu-2 keeps every version of ever larger models: its disk is still below its target at `as_of`,
# and will pass 90 % some fifty days later.
GROWING_DISK = GrowingDisk(
    "gpu-2/disk",
    now_pct=77.0,
    pct_per_day=0.22,
    weekend_pct=1.0,
    daily_pct=0.6,
    noise_pct=0.25,
)


def stream(seed: int, name: str) -> np.random.Generator:
    """A stream of chance of its own for what is made under a name."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def used_pct(
    timeline: Timeline, at: Instants, subject: str, *, seed: int, rng: np.random.Generator
) -> Floats:
    """Return the use in percent at each instant, as a sample there would read it."""
    host, resource = subject.split("/")
    mean = company.HOSTS[host][resource]
    if subject == company.DISK_FLOOD.subject:
        used = _filling_disk(timeline, at)
    elif subject == GROWING_DISK.subject:
        used = _growing_disk(timeline, at, seed) + rng.uniform(-0.2, 0.2, at.size)
    elif resource == "disk":
        used = mean + 2 * ((at - timeline.start) / (timeline.end - timeline.start) - 0.5)
    else:
        swing = 0.15 if resource == "cpu" else 0.03
        used = mean * (1 + swing * daily_wave(at, peak_hour=14)) + rng.uniform(-1, 1, at.size)
    return np.asarray(np.rint(used * 1000) / 1000)


def _filling_disk(timeline: Timeline, at: Instants) -> Floats:
    """Strictly rising, without noise: the moment it passes 90 % is known."""
    days = (at - timeline.before(company.DISK_FLOOD.before)) / DAY
    slope = np.where(days < 0, company.DISK_PCT_PER_DAY, company.DISK_FLOOD_PCT_PER_DAY)
    return np.asarray(company.DISK_FLOOD_START_PCT + days * slope)


def _growing_disk(timeline: Timeline, at: Instants, seed: int) -> Floats:
    """A steady growth, emptier at weekends, fuller by day, and somewhat of a chance each day."""
    disk = GROWING_DISK
    grown = disk.now_pct * np.exp(disk.pct_per_day / disk.now_pct * (at - timeline.end) / DAY)
    course = np.where(is_weekend(at), -disk.weekend_pct, 0.4 * disk.weekend_pct)
    by_day = _wandering(timeline, disk.noise_pct, stream(seed, disk.subject))
    chance = by_day[(at - timeline.start) // DAY]
    wave = disk.daily_pct * daily_wave(at, peak_hour=14)
    return np.asarray(grown + course + wave + chance)


def _wandering(timeline: Timeline, width: float, rng: np.random.Generator) -> Floats:
    """What chance adds each day, half of it left from the day before; `width` is its spread."""
    days = (timeline.end - timeline.start) // DAY + AHEAD_DAYS
    shocks = rng.normal(0, width * np.sqrt(0.75), days)
    shocks[0] /= np.sqrt(0.75)
    found = np.empty(days)
    kept = 0.0
    for day, shock in enumerate(shocks):
        kept = found[day] = 0.5 * kept + shock
    return found
