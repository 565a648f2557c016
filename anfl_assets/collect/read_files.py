"""How a feed's files are found and written, as its section says; every fault noted."""

from __future__ import annotations

import codecs
from pathlib import PurePosixPath

from anfl_assets.collect.feed import SUFFIXES, Format
from anfl_assets.collect.formats.samples import Samples, read_samples
from anfl_assets.collect.formats.unpack import COMPRESSED
from anfl_assets.config.expand import Environment
from anfl_assets.config.section import Section

_LAST_ASCII = 127
_MOST_HEADER_ROWS = 20


def read_globs(section: Section, env: Environment) -> tuple[str, ...]:
    """Return the globs at `files`; each must say the format where no `format` does."""
    patterns = section.texts("files") or ()
    globs = tuple(env.expanded(section, "files", pattern) for pattern in patterns)
    for glob in globs:
        is_sound = check_glob(section, "files", glob, example="a/**/*.csv")
        if is_sound and "format" not in section.content and not _forms(glob):
            section.fault("format", f"one of {', '.join(Format)}", f"nothing, and {glob!r}")
    return globs


def check_glob(section: Section, key: str, glob: str, *, example: str) -> bool:
    """Whether a glob stays below root and can be searched; if not, the fault is noted."""
    parts = PurePosixPath(glob).parts
    if glob.startswith("/") or ".." in parts or not parts:
        section.fault(key, "a glob below root, without ..", repr(glob))
        return False
    if any("**" in part and part != "**" for part in parts):
        section.fault(key, f"** as a whole folder name, such as {example}", repr(glob))
        return False
    return True


def _forms(glob: str) -> set[Format]:
    """Return the formats that the suffixes of the names a glob matches may say."""
    suffixes = [suffix for suffix in PurePosixPath(glob).suffixes if suffix not in COMPRESSED]
    last = suffixes[-1].lower() if suffixes else ""
    if last in SUFFIXES:
        return {SUFFIXES[last]}
    return set(SUFFIXES.values()) if any(sign in (last or glob) for sign in "*?[") else set()


def read_sheet(section: Section, form: Format | None, globs: tuple[str, ...]) -> str | None:
    """Return the name of the sheet to be read, which only workbooks have."""
    forms = {form} if form else {form for glob in globs for form in _forms(glob)}
    if "sheet" in section.content and Format.EXCEL not in forms:
        section.fault("sheet", "no sheet: only workbooks (.xlsx, .xls, .ods) have sheets")
    return section.text("sheet")


def read_samples_of(section: Section, form: Format | None) -> Samples | None:
    """Return `samples`, which expositions of metrics need and others do not have."""
    is_exposition = form is Format.OPENMETRICS
    if is_exposition and "samples" not in section.content:
        section.fault("samples", "which samples make a row: {by: [labels], read: {…}}", "nothing")
    if not is_exposition and "samples" in section.content:
        section.fault("samples", "no samples: only files of `format: openmetrics` are read by them")
    return read_samples(section)


def read_delimiter(section: Section) -> str | None:
    """Return what stands between the columns; None where the format says."""
    delimiter = section.text("delimiter")
    if delimiter is None:
        return None
    if len(delimiter) != 1 or delimiter in '"\r\n' or ord(delimiter) > _LAST_ASCII:
        section.fault("delimiter", "one ASCII character, not a quote")
        return None
    return delimiter


def read_header_rows(section: Section) -> int:
    """Return how many lines are the header, one where nothing is said."""
    count = section.count("header_rows", default=1, most=_MOST_HEADER_ROWS)
    if "header" in section.content and "header_rows" in section.content:
        section.fault("header_rows", "either header or header_rows, not both", "both")
    return count


def read_encoding(section: Section) -> str:
    """Return the encoding of text, UTF-8 where nothing is said."""
    encoding = section.text("encoding") or "utf-8"
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(b"")
    except (LookupError, TypeError, ValueError, AttributeError):
        section.fault("encoding", "a text encoding such as utf-8, latin-1 or utf-16")
        return "utf-8"
    return encoding
