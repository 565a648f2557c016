"""Where a request comes from, where it may go after the login, and where the pages may listen."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from anfl_assets.config.secret import Secret
from anfl_assets.errors import UserError
from anfl_assets.pages.access.bind import check_bind, is_loopback
from anfl_assets.pages.access.next_page import login_address, safe_next
from anfl_assets.pages.access.origin import is_https, is_own_page, names_this_machine, sender
from anfl_assets.pages.access.people import Access, Proxy, Role, User
from anfl_assets.pages.access.people import parsed_address as address
from anfl_assets.pages.access.read_access import read_access
from tests.unit.pages.access.door import HASHES, PROXY

_NOBODY = Access()


def _request(peer: str = "192.0.2.1", **headers: str) -> Request:
    raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return Request(
        {
            "type": "http",
            "scheme": "http",
            "method": "POST",
            "path": "/",
            "query_string": b"",
            "headers": raw,
            "client": (peer, 1),
        }
    )


def _proxied(tmp_path: Path) -> Access:
    (tmp_path / "access.yaml").write_text(PROXY)
    return read_access(tmp_path / "access.yaml")


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost:8400", True),
        ("LOCALHOST", True),
        ("127.0.0.1:8400", True),
        ("127.9.9.9", True),
        ("[::1]:8400", True),
        ("", False),
        ("pages.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example@127.0.0.1", False),
        ("192.168.1.4", False),
        ("0.0.0.0", False),  # noqa: S104 - a host somebody asked for
        ("[::1", False),
        ("127.0.0.1:http", False),
        ("2130706433", False),
    ],
)
def test_a_name_that_is_bent_to_this_machine_is_seen(host: str, is_here: bool) -> None:  # noqa: FBT001
    assert names_this_machine(_request(host=host)) is is_here


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("1.2.3.4, 198.51.100.9", "198.51.100.9"),
        ("198.51.100.9, 10.0.0.5", "198.51.100.9"),
        ("10.0.0.4, 10.0.0.5", "10.0.0.4"),
        ("rubbish", "10.0.0.1"),
        ("", "10.0.0.1"),
    ],
)
def test_a_sender_is_who_the_proxies_saw(tmp_path: Path, forwarded: str, found: str) -> None:
    request = _request("10.0.0.1", x_forwarded_for=forwarded)
    assert sender(request, _proxied(tmp_path)) == found


def test_nobody_else_says_where_a_request_began(tmp_path: Path) -> None:
    request = _request("192.0.2.1", x_forwarded_for="198.51.100.9", x_forwarded_proto="https")
    assert sender(request, _proxied(tmp_path)) == "192.0.2.1"
    assert sender(request, _NOBODY) == "192.0.2.1"
    assert not is_https(request, _proxied(tmp_path))
    assert is_https(_request("10.0.0.1", x_forwarded_proto="https"), _proxied(tmp_path))


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        pytest.param({}, True, id="a-program"),
        pytest.param({"origin": "http://pages.example"}, True, id="same"),
        pytest.param({"origin": "http://PAGES.example:80"}, True, id="usual-port"),
        pytest.param({"origin": "https://pages.example"}, True, id="unknown-tls-proxy"),
        pytest.param({"origin": "http://pages.example:81"}, False, id="another-port"),
        pytest.param({"origin": "http://evil.example"}, False, id="another-host"),
        pytest.param({"origin": "null"}, False, id="hidden"),
        pytest.param({"origin": ""}, False, id="empty"),
        pytest.param({"origin": "ftp://pages.example"}, False, id="another-scheme"),
        pytest.param({"origin": "http://pages.example:port"}, False, id="no-port"),
        pytest.param({"sec_fetch_site": "cross-site"}, False, id="cross-site"),
        pytest.param({"sec_fetch_site": "same-site"}, False, id="same-site"),
        pytest.param({"sec_fetch_site": "same-origin"}, True, id="same-origin"),
    ],
)
def test_a_page_of_another_site_is_seen(headers: dict[str, str], is_own: bool) -> None:  # noqa: FBT001
    assert is_own_page(_request(host="pages.example", **headers), _NOBODY) is is_own


def test_the_proxys_host_counts_and_its_tls_may_not_be_left_out(tmp_path: Path) -> None:
    behind = {"host": "app:8400", "x_forwarded_host": "pages.example", "x_forwarded_proto": "https"}
    proxied = _proxied(tmp_path)
    assert is_own_page(_request("10.0.0.1", origin="https://pages.example", **behind), proxied)
    assert not is_own_page(_request("10.0.0.1", origin="http://pages.example", **behind), proxied)
    assert not is_own_page(_request("192.0.2.1", origin="https://pages.example", **behind), proxied)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/metrics/revenue?days=7", "/metrics/revenue?days=7"),
        ("/a%2Fb", "/a%2Fb"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("\t//evil.example", "/"),
        (" //evil.example", "/"),
        ("/ok\r\nSet-Cookie: x=1", "/"),
        ("evil", "/"),
        ("/login", "/"),
        ("/logout?x=1", "/"),
        ("", "/"),
        (None, "/"),
        ("/" + "x" * 3_000, "/"),
    ],
)
def test_after_the_login_only_our_own_pages_follow(wanted: str | None, found: str) -> None:
    assert safe_next(wanted) == found


@given(st.text() | st.from_regex(re.compile(r"[/\\\s@:.a-z%?#]{1,12}")))
def test_no_text_leads_to_another_host(text: str) -> None:
    found = safe_next(text)
    # As browsers do: blanks at the ends and within are dropped, a backslash is a slash.
    seen = re.sub(r"[\t\r\n]", "", found).strip().replace("\\", "/")
    assert urlsplit(urljoin("http://pages.example/login", seen)).netloc == "pages.example"


@given(st.text(), st.text(st.characters(codec="ascii", exclude_categories=["C"])))
def test_the_login_leads_back_to_where_somebody_wanted_to_go(path: str, query: str) -> None:
    found = login_address("/" + path, query)
    assert found.startswith("/login")
    assert found.isascii()
    assert found.isprintable()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.5.5.5", "::1", "localhost"])
def test_this_machine_may_be_listened_to_without_a_login(host: str, tmp_path: Path) -> None:
    assert is_loopback(host)
    assert check_bind(host, _NOBODY, path=tmp_path / "access.yaml") == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "no.such.host.invalid"])  # noqa: S104
def test_nowhere_else_is_listened_without_users_or_a_proxy(host: str) -> None:
    path = Path("/anywhere/anfl/access.yaml")
    believed = Access({}, Proxy(()))  # it names nobody
    for access in (_NOBODY, believed):
        with pytest.raises(UserError) as caught:
            check_bind(host, access, path=path)
        told = str(caught.value)
        assert "anfl users add NAME --role operator --data-dir /anywhere/anfl" in told
        assert "proxy: {header: X-Forwarded-User, from: [127.0.0.1], operators: [NAME]}" in told
        assert "--host 127.0.0.1" in told
        assert caught.value.exit_code == 2


def test_users_without_a_proxy_are_told_that_passwords_go_in_the_clear(tmp_path: Path) -> None:
    users = {"ana": User("ana", Role.VIEWER, Secret(HASHES["ana"]))}
    told = check_bind("192.0.2.1", Access(users), path=tmp_path / "access.yaml")
    assert len(told) == 1
    assert "unencrypted" in told[0]
    assert check_bind("192.0.2.1", _proxied(tmp_path), path=tmp_path / "access.yaml") == []


def test_an_address_is_read_as_it_is_meant() -> None:
    assert address("::ffff:127.0.0.1") == address("127.0.0.1")
    assert address("127.1") is None
