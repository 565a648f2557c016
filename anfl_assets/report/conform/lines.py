"""The specification as lines: one for each leaf of its YAML blocks (§1-§5).

Read from the catalog's mirrors, or from the specification's own text where somebody has it. What
the catalog adds (`decided`) is no line of the specification and is left out at every depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from anfl_assets.catalog.entry import read_document
from anfl_assets.catalog.loader import FILES, FOLDER
from anfl_assets.errors import CatalogError, Fault

# Where the specification has each block.
SECTIONS: Mapping[str, str] = {
    "system_metrics": "1.1 Technical Performance Metrics",
    "business_metrics": "1.2 Business Performance Metrics",
    "automated_collection": "2.1 Collection Methods",
    "manual_collection": "2.1 Collection Methods",
    "processing_pipeline": "2.2 Data Processing",
    "analysis_methods": "3.1 Performance Analysis",
    "predictive_models": "3.2 Predictive Analytics",
    "dashboards": "4.1 Dashboard Framework",
    "alert_framework": "4.2 Alert System",
    "response_protocols": "5.1 Response Procedures",
    "optimization_cycle": "5.2 Improvement Process",
}
_HEADING_OR_BLOCK = re.compile(
    r"^#{2,}\s+(?P<heading>\d+(?:\.\d+)*\.?\s.*?)\s*$|^```yaml\n(?P<block>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Line:
    """One leaf: the keys that lead to it and its text; `is_item` if it is one of a list.

    `section` is number and title, such as `4.2 Alert System`.
    """

    section: str
    path: tuple[str, ...]
    value: str
    is_item: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from every other line: items of one list differ by their text alone."""
        return (*self.path, self.value) if self.is_item else self.path

    @property
    def number(self) -> str:
        """The number of its section, such as `4.2`."""
        return self.section.partition(" ")[0].rstrip(".")

    def __str__(self) -> str:
        """Return `alert_framework.critical.channels: SMS`."""
        return f"{'.'.join(self.path)}: {self.value}"


def read_catalog_lines(folder: Path | None = None) -> list[Line]:
    """Read the lines the catalog in `folder` mirrors, by default the one this package carries.

    Raises:
        CatalogError: a file cannot be read.
    """
    faults: list[Fault] = []
    documents = [read_document((folder or FOLDER) / name, faults).body for name in FILES]
    if faults:
        raise CatalogError(faults)
    blocks = {key: body for document in documents for key, body in document.items()}
    return [
        line
        for block, body in blocks.items()
        for line in _leaves(SECTIONS.get(block, "0 Not in the specification"), (block,), body)
    ]


def read_specification_lines(path: Path) -> list[Line]:
    """Read the lines of the specification's Markdown: its YAML blocks under numbered headings.

    Raises:
        CatalogError: a block is no YAML mapping, a line stands there twice, or there is no block.
    """
    faults: list[Fault] = []
    lines: list[Line] = []
    section = "0 Before the first section"
    for found in _HEADING_OR_BLOCK.finditer(path.read_text(encoding="utf-8")):
        if found["block"] is None:
            section = found["heading"]
            continue
        try:
            body = yaml.safe_load(found["block"])
        except yaml.YAMLError as error:
            body = str(error).splitlines()[0]
        if isinstance(body, dict):
            lines.extend(_leaves(section, (), body))
        else:
            faults.append(Fault(path.name, f"§{section}", repr(body), "a YAML mapping"))
    faults += [
        Fault(path.name, str(line), "it twice", "each line once")
        for n, line in enumerate(lines)
        if line.key in {earlier.key for earlier in lines[:n]}
    ]
    if not lines and not faults:
        faults = [Fault(path.name, "the file", "no YAML block", "```yaml under ### 1.1 and on")]
    if faults:
        raise CatalogError(faults)
    return lines


def _leaves(section: str, path: tuple[str, ...], body: object) -> Iterator[Line]:
    if isinstance(body, dict) and body:
        for key, value in body.items():
            if key != "decided":
                yield from _leaves(section, (*path, str(key)), value)
    elif isinstance(body, list) and body:
        for value in body:
            if isinstance(value, dict):
                yield from _leaves(section, path, value)
            else:
                yield Line(section, path, str(value), is_item=True)
    else:
        yield Line(section, path, "" if body is None else str(body))
