"""From a template and its content to an answer; the words and formats of every page.

Everything a template prints is escaped. A page carries the moment it was made, in UTC; what is told
as an age is counted on in the browser.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from anfl_assets.pages import vega
from anfl_assets.report.forecast_words import error_words, gain_words, share_words
from anfl_assets.report.metric_words import title
from anfl_assets.wording.inert import one_line, utf8
from anfl_assets.wording.looks import look
from anfl_assets.wording.numbers import NOTHING, counted, moment, odds, quantity, span

ASSETS = Path(__file__).parent / "assets"


def page(
    request: Request, name: str, content: Mapping[str, Any], *, status_code: int = 200
) -> HTMLResponse:
    """Return a whole page: the template `name` with its content in the frame."""
    return HTMLResponse(utf8(rendered(request, name, content)), status_code=status_code)


class Json(JSONResponse):
    """JSON of names from outside: also of those that are no text."""

    def render(self, content: object) -> bytes:
        """Return the bytes to send."""
        return utf8(json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def rendered(request: Request, name: str, content: Mapping[str, Any]) -> str:
    """Return a template as text: a whole page, or a part of one."""
    site = request.app.state.site
    return (
        environment()
        .get_template(name)
        .render(
            now=site.now(),
            path=request.scope["path"],
            query=request.query_params,
            viewer=getattr(request.state, "viewer", None),
            csrf_token=getattr(request.state, "csrf_token", ""),
            notices=request.app.state.notices(),
            **content,
        )
    )


@cache
def environment() -> Environment:
    """Return the templates with their filters."""
    made = Environment(
        loader=PackageLoader("anfl_assets.pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "age": age,
        "counted": counted,
        "error": error_words,
        "gain": gain_words,
        "iso": iso,
        "look": look,
        "moment": moment,
        "name": one_line,
        "odds": odds,
        "quantity": quantity,
        "share": share_words,
        "title": title,
    }
    made.globals["asset"] = asset_path
    return made


def iso(at: datetime | None) -> str:
    """Write a moment for a machine."""
    return "" if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def age(at: datetime | None, now: datetime) -> str:
    """Write how long ago a moment was: `3 h 5 min ago`."""
    if at is None:
        return NOTHING
    since = now - at
    return "just now" if since < timedelta(seconds=1) else f"{span(since)} ago"


@cache
def digest(name: str) -> str:
    """Return a short digest of an asset's content."""
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]


def asset_path(name: str) -> str:
    """Return the address of an asset, which changes with its content."""
    if name == vega.NAME:
        return f"/assets/{vega.script_digest()}/{name}"
    return f"/assets/{digest(name)}/{name}"
