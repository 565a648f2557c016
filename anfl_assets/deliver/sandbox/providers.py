"""The providers' addresses: each request is read, meets the script, is answered and remembered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from anfl_assets.deliver.sandbox import pagerduty, slack, twilio, webhook
from anfl_assets.deliver.sandbox.call import Answer, Call
from anfl_assets.deliver.sandbox.inbox import Inbox
from anfl_assets.deliver.sandbox.playing import Cut, Dripping
from anfl_assets.deliver.sandbox.script import Script, Step

MOST_BYTES = 1024 * 1024
_FAILURES = {
    "pagerduty": pagerduty.failure,
    "slack": slack.failure,
    "twilio": twilio.failure,
    "webhook": webhook.failure,
}
_Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Desk:
    """Where requests to all providers are taken in."""

    inbox: Inbox
    script: Script

    def routes(self) -> list[BaseRoute]:
        """Return the addresses of all providers."""
        workspace = slack.Slack(self.inbox)
        accounts = "/twilio/2010-04-01/Accounts/{name}/Messages.json"
        return [
            _post("/pagerduty/v2/enqueue", self._taking("pagerduty", pagerduty.answer)),
            _post("/slack/api/{name}", self._taking("slack", workspace.answer)),
            _post("/slack/services/{a}/{b}/{c}", self._taking("slack", workspace.hook)),
            _post("/slack/upload/{name}", self._taking("slack", workspace.uploaded)),
            _post(accounts, self._taking("twilio", twilio.answer)),
            _post("/webhook/{name}", self._taking("webhook", webhook.answer)),
        ]

    def _taking(self, provider: str, answer: Callable[[Call], Answer]) -> _Endpoint:
        async def endpoint(request: Request) -> Response:
            call = await _call(request)
            step = self.script.take(provider, call.name)
            if step is not None and step.hang_s:
                await asyncio.sleep(step.hang_s)
                if await request.is_disconnected():
                    self._remember(provider, answer(call), replace(step, is_accepted=False))
                    return Cut()
            answered = answer(call)
            self._remember(provider, answered, step)
            return _played(step, answered, provider)

        return endpoint

    def _remember(self, provider: str, answered: Answer, step: Step | None) -> None:
        draft = answered.draft
        if draft is not None:
            is_accepted = draft.refusal is None and (step is None or step.is_accepted)
            fault = None if step is None else dict(step.told)
            self.inbox.add(provider, draft, is_accepted=is_accepted, fault=fault)


def _post(path: str, endpoint: _Endpoint) -> Route:
    return Route(path, endpoint, methods=["POST"])


async def _call(request: Request) -> Call:
    return Call(
        name=request.path_params.get("name", ""),
        headers={key.lower(): value for key, value in request.headers.items()},
        body=await limited_body(request),
        query=dict(request.query_params),
        origin=str(request.base_url).rstrip("/"),
    )


async def limited_body(request: Request) -> bytes:
    """Return the body.

    Raises:
        HTTPException: it is larger than anything a provider is sent (413).
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"more than {MOST_BYTES} bytes")
    return bytes(body)


def _played(step: Step | None, answered: Answer, provider: str) -> Response:
    """Return what the client is told, or not."""
    if step is None:
        return _response(answered)
    if step.reset:
        return Cut()
    if step.error is not None:
        return _response(Answer(200, {"ok": False, "error": step.error}))
    if step.status is not None:
        wait = {} if step.retry_after is None else {"Retry-After": f"{step.retry_after:g}"}
        return _response(Answer(step.status, _FAILURES[provider](step.status), headers=wait))
    response = _response(answered)
    return Dripping(response, step.slow_body_s) if step.slow_body_s else response


def _response(answered: Answer) -> Response:
    headers = dict(answered.headers)
    if isinstance(answered.body, str):
        return PlainTextResponse(answered.body, answered.status, headers)
    return json_response(answered.body, answered.status, headers)


def json_response(
    value: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer in JSON of ASCII: half a surrogate pair, which no UTF-8 can say, may be in it."""
    return Response(json.dumps(value), status, headers, media_type="application/json")
