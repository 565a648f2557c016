"""A page of another site, in a real browser, answers no incident; a program here does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from playwright.sync_api import Page

from tests.integration.alerting_folder import with_incident
from tests.integration.browser.visiting import chromium
from tests.integration.pages.served import serving

_PATH = "/api/v1/incidents/1/acknowledge"
_BODY = '{"by": "evil"}'
_WAYS = (
    "fetch(at, {method: 'POST', headers: {'Content-Type': 'application/json'}, body})",
    """fetch(at, {method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer',
        credentials: 'omit', headers: {'Content-Type': 'application/json'}, body})""",
    "fetch(at, {method: 'POST', mode: 'no-cors', body: new Blob([body], {type: 'text/plain'})})",
    "navigator.sendBeacon(at, new Blob([body], {type: 'application/json'}))",
    "navigator.sendBeacon(at, body)",
)
_FORM = """() => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: "%s"});
  form.enctype = "text/plain";
  const field = {name: '{"by":"evil","note":"', value: '"}'};
  form.append(Object.assign(document.createElement("input"), field));
  document.body.append(form);
  form.submit();
}"""


class _Evil(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>evil</title><body>hello</body>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _other_site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Evil)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _tries(page: Page, site: str, url: str) -> None:
    page.goto(site)
    for way in _WAYS:
        script = f"async ([at, body]) => {{ try {{ await {way}; }} catch {{ }} }}"
        page.evaluate(script, [url + _PATH, _BODY])
    with page.expect_response(url + _PATH) as answer:
        page.evaluate(_FORM % (url + _PATH))
    assert answer.value.status == 403


def test_only_the_program_acknowledges(tmp_path: Path) -> None:
    with_incident(tmp_path).store.close()
    with serving(tmp_path) as url, _other_site() as site, chromium() as browser:
        _tries(browser.new_page(), site, url)
        assert httpx.get(f"{url}/api/v1/incidents/1").json()["acknowledged_by"] is None
        answer = httpx.post(url + _PATH, json={"by": "ana"})
        assert answer.status_code == 200
        assert answer.json()["is_first"]
