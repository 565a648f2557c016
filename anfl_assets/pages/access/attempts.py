"""How often somebody may guess: failures by user and address, by address, and by user.

A few failures are a person's; then each costs a wait that doubles. Whoever is waiting is not
checked at all, so that a right guess does not shine through. A user as a whole is closed late and
not for an address that person was let in from: else strangers could lock people out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_network

from anfl_assets.pages.access.people import parsed_address

_FREE = {"pair": 5, "address": 20, "user": 50}
_FIRST_WAIT_S, _LONGEST_WAIT_S = 10.0, 900.0
_FORGOTTEN_S = 3_600.0
_MOST_KEPT = 10_000
_NAME_LENGTH = 64
# A household or a rented server has a whole network of this size.
_IPV6_PREFIX = 64
_Key = tuple[str, str, str]


@dataclass
class _Failures:
    """Failures of one kind; the last, and until when there is nothing to be had."""

    count: int
    last_at: float
    until: float


@dataclass
class Attempts:
    """The failures of one process; `ticks` is a clock in seconds that nobody sets."""

    ticks: Callable[[], float]
    _failures: OrderedDict[_Key, _Failures] = field(default_factory=OrderedDict)
    _at_home: OrderedDict[tuple[str, str], float] = field(default_factory=OrderedDict)

    def wait_s(self, user: str, address: str) -> float:
        """Return for how many seconds this user is not checked from this address; 0 for now."""
        now = self.ticks()
        waits = [
            self._failures[key].until - now
            for key in self._keys(user, address)
            if key in self._failures
        ]
        return max([0.0, *waits])

    def begin(self, user: str, address: str) -> None:
        """Count an attempt before it is checked: many at once are many."""
        now = self.ticks()
        for key in self._keys(user, address):
            found = self._failures.get(key)
            is_old = found is None or now - found.last_at > _FORGOTTEN_S
            count = 1 if is_old or found is None else found.count + 1
            self._failures[key] = _Failures(count, now, now + _wait_s(count - _FREE[key[0]]))
            self._failures.move_to_end(key)
        _trim(self._failures)

    def succeeded(self, user: str, address: str) -> None:
        """Take back what `begin` counted, and all failures of this user from this address."""
        name, network = user[:_NAME_LENGTH], _network(address)
        self._failures.pop(("pair", name, network), None)
        for key in (("address", "", network), ("user", name, "")):
            found = self._failures.get(key)
            if found is not None:
                found.count -= 1
                found.until = min(found.until, found.last_at + _wait_s(found.count - _FREE[key[0]]))
        self._at_home[name, network] = self.ticks()
        self._at_home.move_to_end((name, network))
        _trim(self._at_home)

    def _keys(self, user: str, address: str) -> list[_Key]:
        name, network = user[:_NAME_LENGTH], _network(address)
        keys: list[_Key] = [("pair", name, network), ("address", "", network)]
        if (name, network) not in self._at_home:
            keys.append(("user", name, ""))
        return keys


def _wait_s(beyond: int) -> float:
    if beyond < 0:
        return 0.0
    return min(_FIRST_WAIT_S * 2.0 ** min(beyond, 20), _LONGEST_WAIT_S)


def _network(address: str) -> str:
    found = parsed_address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found), _IPV6_PREFIX), strict=False))
    return address if found is None else str(found)


def _trim(kept: OrderedDict[_Key, _Failures] | OrderedDict[tuple[str, str], float]) -> None:
    while len(kept) > _MOST_KEPT:
        kept.popitem(last=False)
