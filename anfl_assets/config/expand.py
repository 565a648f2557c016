"""`${ANFL_NAME}` and `${ANFL_NAME:-default}` in a feeds file: places and secrets, nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section

_VARIABLE = re.compile(r"\$\{(\w*)(?::-([^}]*))?\}")


@dataclass(frozen=True)
class Environment:
    """The variables a feeds file may use, and the folder its paths begin at."""

    variables: Mapping[str, str]
    root: Path = Path()

    def expanded(self, section: Section, key: str, text: str) -> str:
        """Return `text` with its variables filled in; what is wrong is noted at `key`."""

        def value(match: re.Match[str]) -> str:
            name, default = match[1], match[2]
            if not name.startswith("ANFL_"):
                section.fault(key, "only variables whose name begins with ANFL_", match[0])
                return ""
            found = self.variables.get(name) or default
            if found is None:
                expected = f"{name} to be set, or ${{{name}:-default}}"
                section.fault(key, expected, f"{name} is not set")
            return found or ""

        return _VARIABLE.sub(value, text)

    def secret(self, section: Section, key: str) -> Secret | None:
        """Return the text at `key`, which must come from the environment whole."""
        text = section.text(key)
        if text is None:
            return None
        if not _VARIABLE.fullmatch(text):
            section.fault(
                key, "a variable such as ${ANFL_TOKEN}: secrets do not stand in files", "***"
            )
            return None
        return Secret(self.expanded(section, key, text))
