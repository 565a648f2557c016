"""Whose mistake it is decides how a request that failed is answered."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from anfl_assets.errors import (
    AlertsError,
    BuildError,
    UnknownIncident,
    UnknownMetric,
    UserError,
    WorkspaceError,
)
from anfl_assets.pages.refusals import PageError, refuse


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(PageError("no such day", 409), 409, id="as it says itself"),
        pytest.param(UnknownMetric("no metric is called x"), 404, id="no metric"),
        pytest.param(UnknownIncident("found no incident 7"), 404, id="no incident"),
        pytest.param(UserError("'latency' means two: name one"), 400, id="a visitor's"),
        pytest.param(AlertsError([]), 503, id="a file of the keeper's"),
        pytest.param(WorkspaceError("no space left"), 503, id="the folder"),
        pytest.param(BuildError("dbt failed"), 503, id="ours"),
        pytest.param(HTTPException(405, "not so"), 405, id="as the server says"),
    ],
)
def test_the_answer_says_whose_mistake_it_is(error: Exception, code: int) -> None:
    request = Request({"type": "http", "path": "/api/v1/status", "headers": []})
    answer = asyncio.run(refuse(request, error))
    assert answer.status_code == code
    assert str(error).removeprefix(f"{code}: ") in json.loads(bytes(answer.body))["error"]


def test_what_a_visitor_named_is_told_back_on_one_line() -> None:
    request = Request({"type": "http", "path": "/api/v1/metrics/x", "headers": []})
    answer = asyncio.run(refuse(request, UnknownMetric("no metric\r\nis called " + "x" * 900)))
    told = json.loads(bytes(answer.body))["error"]
    assert "\n" not in told
    assert len(told) <= 400
