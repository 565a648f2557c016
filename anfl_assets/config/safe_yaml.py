"""PyYAML's safe loader with libyaml reading the text: ten times as fast.

PyYAML's own `CSafeLoader` also puts the parts together in C, without a limit: a file nested deep
enough ends the whole program. Here Python does that, and says `RecursionError`.
"""

from __future__ import annotations

from yaml import SafeLoader
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

try:
    from yaml._yaml import CParser
except ImportError:  # A PyYAML built without libyaml.
    SafeYaml = SafeLoader
else:

    class SafeYaml(Composer, CParser, SafeConstructor, Resolver):  # type: ignore[no-redef]
        """A loader of plain values: no tag makes an object of a class."""

        def __init__(self, stream: str | bytes) -> None:
            """Begin reading YAML: a text, or its bytes."""
            CParser.__init__(self, stream)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)
