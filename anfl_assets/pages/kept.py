"""What was read of one build, kept for the next who asks; the least asked goes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Kept(Generic[T]):
    """Values by key, together worth at most `most`; a value is worth what `weigh` says."""

    most: int
    weigh: Callable[[T], int]
    _values: OrderedDict[Hashable, T] = field(default_factory=OrderedDict)
    _weight: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _making: dict[Hashable, threading.Lock] = field(default_factory=dict)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made if it is not there.

        Of those who ask for one at once the first makes it: after a build all ask at once, and
        each would take as long as all together.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:
                    return self._values[key]
            try:
                value = make()
                with self._lock:
                    self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value

    def _keep(self, key: Hashable, value: T) -> None:
        if key not in self._values:
            self._values[key] = value
            self._weight += self.weigh(value)
        while self._weight > self.most and len(self._values) > 1:
            self._weight -= self.weigh(self._values.popitem(last=False)[1])
