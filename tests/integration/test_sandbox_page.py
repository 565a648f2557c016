"""The sandbox's page: what it shows, what it keeps inert, and who may acknowledge there."""

from __future__ import annotations

import re
import smtplib
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from slack_sdk import WebClient

from anfl_assets.errors import UnknownIncident
from tests.integration.providers import Providers, providers

_HOSTILE = "</p></script><script>alert(1)</script><img src=x onerror=alert(2)>\"' {{7*7}} =1+1"


@contextmanager
def _page(sandbox: Providers) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.url, headers={"Origin": sandbox.url}) as client:
        yield client


def _triggered(sandbox: Providers, summary: str, action: str = "trigger") -> None:
    payload = {
        "summary": summary[:1024],
        "source": summary[:200],
        "severity": "critical",
        "custom_details": {summary[:100]: summary, "Incident": "#7, open since noon"},
    }
    links = [{"href": "javascript:alert(3)", "text": summary}]
    event = {"routing_key": "k", "event_action": action, "dedup_key": "d", "payload": payload}
    answer = httpx.post(f"{sandbox.url}/pagerduty/v2/enqueue", json={**event, "links": links})
    assert answer.status_code == 202


def _mail(sandbox: Providers, subject: str, html: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", subject
    mail.set_content("plain")
    mail.add_alternative(html, subtype="html")
    mail.get_payload()[1].add_related(_png(), "image", "png", cid="<chart>")  # type: ignore[index, union-attr]
    host, _, port = sandbox.smtp.rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=30) as client:
        client.send_message(mail)


def _png() -> bytes:
    """Return one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def test_an_empty_page_says_what_to_do() -> None:
    with providers() as sandbox, _page(sandbox) as page:
        told = page.get("/")
        assert "Sandbox: nothing leaves this machine" in told.text
        assert "anfl alerts test slack" in told.text
        assert told.headers["content-security-policy"].startswith("default-src 'self';")
        assert not re.search(r"""(?:src|href)=["']?https?:""", told.text)


def test_hostile_texts_are_inert_in_every_view() -> None:
    with providers() as sandbox, _page(sandbox) as page:
        _triggered(sandbox, _HOSTILE)
        client = WebClient(token="t", base_url=f"{sandbox.url}/slack/api/")  # noqa: S106
        client.chat_postMessage(channel=_HOSTILE, text=f"{_HOSTILE} <javascript:alert(4)|x> `<b>`")
        httpx.post(f"{sandbox.url}/webhook/{'x' * 10}", json={"headline": _HOSTILE, "a": _HOSTILE})
        httpx.post(
            f"{sandbox.url}/twilio/2010-04-01/Accounts/A/Messages.json",
            data={"To": "+4915112345678", "From": "+15005550006", "Body": _HOSTILE},
            auth=("a", "b"),
        )
        _mail(sandbox, _HOSTILE, "<p>well</p>")
        sandbox.expect({"pagerduty": 1, "slack": 1, "webhook": 1, "twilio": 1, "smtp": 1})
        told = page.get("/").text
    assert told.count("alert(1)") >= 5
    assert "<script>" not in told
    assert "<img src=x" not in told
    assert 'href="javascript:' not in told
    assert "{{7*7}}" in told


def test_a_mails_html_may_run_nothing_and_shows_its_own_images() -> None:
    with providers() as sandbox, _page(sandbox) as page:
        _mail(sandbox, "chart", '<script>alert(1)</script><img src="cid:chart">')
        (kept,) = sandbox.wait_for(1)
        told = page.get(f"/mails/{kept.number}")
        assert 'src="data:image/png;base64,' in told.text
        assert told.headers["content-security-policy"].startswith("default-src 'none';")
        assert f'<iframe id="mail-{kept.number}" src="/mails/{kept.number}" sandbox=' in (
            page.get("/").text
        )


def test_slacks_own_image_is_shown() -> None:
    with providers() as sandbox, _page(sandbox) as page:
        client = WebClient(token="t", base_url=f"{sandbox.url}/slack/api/")  # noqa: S106
        posted = client.chat_postMessage(channel="#gpu", text="slow")
        client.files_upload_v2(
            channel=posted["channel"], thread_ts=posted["ts"], content=_png(), filename="c.png"
        )
        told = page.get("/").text
        (number,) = re.findall(r'src="/files/(F\w+)"', told)
        image = page.get(f"/files/{number}")
        assert (image.headers["content-type"], image.content) == ("image/png", _png())
        assert "1 reply" in told


def test_the_board_is_not_sent_again_where_nothing_is_new() -> None:
    with providers() as sandbox, _page(sandbox) as page:
        tag = page.get("/board").headers["etag"]
        assert page.get("/board", headers={"If-None-Match": tag}).status_code == 304
        _triggered(sandbox, "slow")
        assert page.get("/board", headers={"If-None-Match": tag}).status_code == 200


def test_a_person_acknowledges_from_the_page() -> None:
    told: list[tuple[int, str, str]] = []
    with (
        providers(acknowledge=lambda number, by, via: told.append((number, by, via))) as sandbox,
        _page(sandbox) as page,
    ):
        _triggered(sandbox, "slow")
        form = {"csrf": _token(page), "incident_id": "7", "via": "pagerduty", "by": "Ana"}
        assert page.post("/acknowledge", data=form).status_code == 303
    assert told == [(7, "Ana", "sandbox Pager")]


def test_a_form_that_is_not_ours_acknowledges_nothing() -> None:
    told: list[int] = []
    with (
        providers(acknowledge=lambda number, _by, _via: told.append(number)) as sandbox,
        _page(sandbox) as page,
    ):
        _triggered(sandbox, "slow")
        form = {"csrf": _token(page), "incident_id": "7"}
        stranger = {"Origin": "http://evil.example"}
        assert page.post("/acknowledge", data=form, headers=stranger).status_code == 403
        assert page.post("/acknowledge", data={**form, "csrf": "x"}).status_code == 403
        assert httpx.post(f"{sandbox.url}/acknowledge", data=form).status_code == 403
        rebound = {"Host": "evil.example"}
        assert httpx.get(f"{sandbox.url}/", headers=rebound).status_code == 403
        with _page(sandbox) as other:
            other.get("/")
            assert other.post("/acknowledge", data=form).status_code == 403
    assert told == []


def test_an_incident_that_is_over_is_said_to_be() -> None:
    def refuse(number: int, by: str, via: str) -> None:
        del by, via
        raise UnknownIncident(f"{number}: is over")

    with providers(acknowledge=refuse) as sandbox, _page(sandbox) as page:
        _triggered(sandbox, "slow")
        answer = page.post("/acknowledge", data={"csrf": _token(page), "incident_id": "7"})
        assert (answer.status_code, answer.text) == (409, "7: is over")


def test_without_a_way_to_acknowledge_there_is_no_button() -> None:
    with providers() as sandbox, _page(sandbox) as page:
        _triggered(sandbox, "slow")
        assert "Acknowledge" not in page.get("/").text
        assert page.post("/acknowledge", data={}).status_code in {404, 405}


def test_a_restart_shows_the_messages_again(tmp_path: Path) -> None:
    with providers(data_dir=tmp_path) as sandbox:
        _triggered(sandbox, "chat is slow")
        before = sandbox.messages()
    with (tmp_path / "state" / "sandbox.jsonl").open("a") as torn:
        torn.write('{"number": 2, "prov')
    with providers(data_dir=tmp_path) as sandbox, _page(sandbox) as page:
        assert sandbox.messages() == before
        assert "chat is slow" in page.get("/").text
        _triggered(sandbox, "chat is slow again")
    with providers(data_dir=tmp_path) as sandbox:
        assert [each.number for each in sandbox.messages()] == [1, 2]


def _token(page: httpx.Client) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.get("/").text)
    if found is None:
        pytest.fail("no form on the page")
    return found[1]
