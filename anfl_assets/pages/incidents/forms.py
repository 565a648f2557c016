"""What a form of these pages sends: its fields as text, each of bounded length."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from anfl_assets.pages.refusals import PageError
from anfl_assets.wording.inert import one_line

_MOST_FIELDS = 30
_LONGEST = 2_000
LONGEST_WORDS = 500


async def fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; files are none."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        return {name: value[:_LONGEST] for name, value in form.items() if isinstance(value, str)}


def words(form: Mapping[str, str], name: str) -> str:
    """Return what somebody wrote in a field, on one line."""
    return one_line(form.get(name, ""), LONGEST_WORDS)


def reason(form: Mapping[str, str]) -> str:
    """Return the reason a form gives.

    Raises:
        PageError: it says nothing.
    """
    found = words(form, "reason")
    if not found:
        raise PageError("say why, in a few words: whoever comes next will ask")
    return found


def number(request: Request) -> int:
    """Return the number in a request's address."""
    return int(request.path_params["number"])
