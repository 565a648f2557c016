"""Where to go after logging in: a page of ours, whatever the address says."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

HOME = "/"
_LONGEST = 2_000
_NOT_AGAIN = ("/login", "/logout")


def safe_next(text: str | None) -> str:
    r"""Return a path of these pages; the first page for everything else.

    Browsers take `//host`, `/\host` and a path with tabs in it for other sites.
    """
    if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return HOME
    is_path = text.startswith("/") and not text.startswith("//") and "\\" not in text
    if not is_path or " " in text:
        return HOME
    try:
        parts = urlsplit(text)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or parts.path.rstrip("/") in _NOT_AGAIN:
        return HOME
    return text


def login_address(path: str, query: str) -> str:
    """Return the address of the login page that leads back to where somebody wanted to go."""
    wanted = quote(path, safe="/:@!$&'()*+,;=-._~") + (f"?{query}" if query else "")
    wanted = safe_next(wanted)
    return "/login" if wanted == HOME else f"/login?next={quote(wanted, safe='/')}"
