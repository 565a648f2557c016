"""What a form of these pages sends: its fields as text, each of bounded length."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from anfl_assets.pages.refusals import PageError
from anfl_assets.wording.inert import one_line

_MOST_FIELDS = 30
_LONGEST = 2_000
_LONGEST_WORDS = 500
# What a database takes for a number; nobody has as many incidents.
_MOST = 2**62


async def fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; files are none."""
    async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
        return {name: value[:_LONGEST] for name, value in form.items() if isinstance(value, str)}


def words(form: Mapping[str, str], name: str) -> str:
    """Return what somebody wrote in a field, on one line."""
    return one_line(form.get(name, ""), _LONGEST_WORDS)


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
    """Return the number in a request's address.

    Raises:
        PageError: nothing can have it.
    """
    found = int(request.path_params["number"])
    if not 0 < found <= _MOST:
        raise PageError("no number is as large: the list of incidents shows those there are", 404)
    return found
