"""Making a silence from a page, and ending one: the same steps as `anfl alerts silence`.

One that hides nothing known, or nearly everything, is shown back once before it is made.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from anfl_assets.errors import AnflError, UserError
from anfl_assets.flow.alerting.answering.silences import (
    end_silence,
    make_silence,
    match_of,
    muted_by,
)
from anfl_assets.flow.alerting.settings import policy_in_any_case
from anfl_assets.pages.access.refused import require_operator
from anfl_assets.pages.incidents.forms import fields, number, reason
from anfl_assets.pages.incidents.scope import scope, warning
from anfl_assets.pages.incidents.silences import Draft, content
from anfl_assets.pages.incidents.who import answerer, given_name, remember
from anfl_assets.pages.render import page
from anfl_assets.pages.site import Site
from anfl_assets.store.alerts.records import Silence

_NOT_MADE = 422
_Known = list[tuple[str, str]]


async def shown(request: Request) -> Response:
    """Answer with the silences; the form has what the address gives."""
    return await _page(request, Draft.of(request.query_params))


async def made(request: Request) -> Response:
    """Make a silence, or show its form again with what is wrong or remarkable about it."""
    require_operator(request)
    form = await fields(request)
    site: Site = request.app.state.site
    by, known = given_name(request, form), await _known(site)
    try:
        draft = replace(Draft.of(form), reason=reason(form))
        wanted = _Wanted(draft, by, form.get("sure", ""))
        found = await asyncio.to_thread(_made, site, wanted, known)
    except UserError as error:
        found = replace(Draft.of(form), problem=str(error))
    if isinstance(found, Draft):
        return await _page(request, found, status_code=_NOT_MADE)
    response = RedirectResponse(f"/silences?made={found.silence_id}", 303)
    remember(request, response, by)
    return response


async def ended(request: Request) -> Response:
    """End a silence now."""
    require_operator(request)
    form, silence_id = await fields(request), number(request)
    site: Site = request.app.state.site
    by = given_name(request, form)

    def step() -> bool:
        policy, _ = policy_in_any_case(site.workspace, site.environ)
        return end_silence(site.alerts(), silence_id, policy, by=by, now=site.now()) is None

    word = "ended" if await asyncio.to_thread(step) else "over"
    response = RedirectResponse(f"/silences?{word}={silence_id}", 303)
    remember(request, response, by)
    return response


@dataclass(frozen=True)
class _Wanted:
    """A silence somebody asks for; `sure` is what they have said that they mean."""

    draft: Draft
    by: str
    sure: str


def _made(site: Site, wanted: _Wanted, known: _Known) -> Silence | Draft:
    """Make it, unless it is remarkable and nobody has said that it is meant so."""
    draft = wanted.draft
    policy, _ = policy_in_any_case(site.workspace, site.environ)
    match = match_of(policy, **_patterns(draft))
    store = site.alerts()
    hidden = muted_by(match, store.conditions(), policy)
    doubt = warning(match, scope(match, policy, known=known, hidden=hidden), draft.length)
    if doubt and wanted.sure != str(match):
        return replace(draft, warning=doubt, sure=str(match))
    found, _ = make_silence(
        store,
        match,
        policy,
        by=wanted.by,
        reason=draft.reason,
        span=draft.length,
        now=site.now(),
    )
    return found


def _patterns(draft: Draft) -> dict[str, str | None]:
    return {
        name: getattr(draft, name) or None for name in ("metric", "subject", "severity", "kind")
    }


async def _known(site: Site) -> _Known:
    """Return what is watched by the newest build; nothing where that cannot be read."""
    try:
        reading = await site.readings.current()
    except AnflError:
        return []
    board = () if reading is None else reading.board
    return [(row.metric_id, row.subject) for row in board if not row.is_whole]


async def _page(request: Request, draft: Draft, *, status_code: int = 200) -> Response:
    site: Site = request.app.state.site
    found = await asyncio.to_thread(content, site, draft, site.now())
    told = {"who": answerer(request), **found}
    return page(request, "silences.html.jinja", told, status_code=status_code)
