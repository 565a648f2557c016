"""Addresses and secrets in a feeds file: what may stand there, and what is never shown."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from anfl_assets.collect.connect.http_site import Site, read_site
from anfl_assets.config.expand import Environment
from anfl_assets.config.secret import Secret
from anfl_assets.config.section import Section

VARIABLES = {
    "ANFL_URL": "https://ann:p%40ss@prom.example:9090/base?x=1#top",
    "ANFL_TOKEN": " s3cr3t\n",
    "ANFL_ODD": "töken",
    "ANFL_USER": "ann",
    "ANFL_PASSWORD": "pass",
    "ANFL_UNQUOTED": "http://ann:p/ss@prom.example",
}


def _read(content: Mapping[str, object]) -> tuple[Site | None, list[str]]:
    section = Section("feeds.yaml", "", content)
    site = read_site(section, Environment(VARIABLES))
    return site, [str(fault) for fault in section.faults]


def test_user_and_password_of_an_address_are_kept_apart_from_it() -> None:
    site, faults = _read({"url": "${ANFL_URL}"})
    expected = Site(
        "https://prom.example:9090/base?x=1", user=Secret("ann"), password=Secret("p@ss")
    )
    assert (site, faults) == (expected, [])
    assert expected.address == "https://prom.example:9090/base"
    assert "p@ss" not in repr(site)


def test_secrets_come_from_variables_trimmed() -> None:
    site, faults = _read({"url": "http://[::1]:9090", "token": "${ANFL_TOKEN}"})
    assert (site, faults) == (Site("http://[::1]:9090", token=Secret("s3cr3t")), [])
    both = {"user": "${ANFL_USER}", "password": "${ANFL_PASSWORD}"}
    site, faults = _read({"url": "http://h"} | both)
    expected = Site("http://h", user=Secret("ann"), password=Secret("pass"))
    assert (site, faults) == (expected, [])


def test_an_empty_secret_is_none() -> None:
    site, faults = _read({"url": "http://h", "token": "${ANFL_NONE:-}"})
    assert (site, faults) == (Site("http://h"), [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "url: found nothing"),
        ({"url": "prom:9090"}, "expected http://"),
        ({"url": "http://"}, "expected http://"),
        ({"url": "http://h:99999"}, "expected http://"),
        ({"url": "ftp://h"}, "expected http://"),
        ({"url": "http://a b"}, "expected http://"),
        ({"url": "http://u:hush@h"}, "without user and password"),
        ({"url": "${ANFL_NONE:-http://u:hush@h}"}, "without user and password"),
        ({"url": "${ANFL_UNQUOTED}"}, "expected http://"),
        ({"url": "${ANFL_NONE}"}, "ANFL_NONE is not set"),
        ({"url": "http://h", "token": "hush"}, "secrets do not stand in files"),
        ({"url": "http://h", "token": "${ANFL_ODD}"}, "printable ASCII"),
        ({"url": "http://h", "user": "${ANFL_USER}"}, "user and password, or neither"),
        (
            {
                "url": "http://h",
                "token": "${ANFL_TOKEN}",
                "user": "${ANFL_USER}",
                "password": "${ANFL_PASSWORD}",
            },
            "either a token",
        ),
    ],
)
def test_what_is_wrong_is_said_and_no_secret_with_it(content: dict[str, object], said: str) -> None:
    _, faults = _read(content)
    assert len(faults) == 1
    assert said in faults[0]
    for secret in ("hush", "töken", "s3cr3t", "p/ss", "pass@"):
        assert secret not in faults[0]


def test_variables_may_stand_as_user_and_password_in_an_address() -> None:
    site, faults = _read({"url": "http://${ANFL_USER}:${ANFL_PASSWORD}@h/m"})
    assert (site, faults) == (Site("http://h/m", user=Secret("ann"), password=Secret("pass")), [])
