"""Where a request comes from: through whom, from which address, and from whose page.

Headers of forwarding are believed only from the proxy that `access.yaml` names. The server must not
believe them by itself (uvicorn's `proxy_headers`): it would hide who it was that sent them.
"""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from starlette.requests import Request

from anfl_assets.pages.access.people import Access, parsed_address

_PORTS = {"http": 80, "https": 443}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def peer(request: Request) -> str | None:
    """Return the address at the other end of the connection; None for a socket that has none."""
    return request.client.host if request.client else None


def is_by_proxy(request: Request, access: Access) -> bool:
    """Whether the trusted proxy sends this request."""
    return access.proxy is not None and access.proxy.is_at(peer(request))


def sender(request: Request, access: Access) -> str:
    """Return the address a request began at, as far as it is known for sure."""
    last = peer(request) or "unknown"
    if access.proxy is None or not access.proxy.is_at(last):
        return last
    hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    # From the right: what stands left of the first stranger was written by strangers.
    for hop in reversed([hop.strip() for hop in hops]):
        if parsed_address(hop) is None:
            break
        last = hop
        if not access.proxy.is_at(hop):
            break
    return last


def is_https(request: Request, access: Access) -> bool:
    """Whether the person's browser speaks TLS, to us or to the trusted proxy."""
    if is_by_proxy(request, access):
        return request.headers.get("x-forwarded-proto", "").strip().casefold() == "https"
    return bool(request.scope.get("scheme") == "https")


def is_forwarded(request: Request) -> bool:
    """Whether some proxy has sent this on."""
    return any(name in request.headers for name in _FORWARDED)


def names_this_machine(request: Request) -> bool:
    """Whether the host that was asked for is this machine and no name that somebody bent to it."""
    host = _parts(f"//{request.headers.get('host', '')}")
    if host is None or host.username is not None or len(request.headers.getlist("host")) != 1:
        return False
    address = parsed_address(host.hostname)
    return host.hostname == "localhost" or (address is not None and address.is_loopback)


def is_own_page(request: Request, access: Access) -> bool:
    """Whether no page of another site sends this; programs that name no origin are no page.

    A browser says which page sends a form; an old one that says nothing has the token alone.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origins = request.headers.getlist("origin")
    if not origins:
        return True
    found = _parts(origins[0])
    if len(origins) > 1 or found is None or found.scheme not in _PORTS:
        return False
    # Behind a TLS proxy that we were not told of, the request is plain but its page is not.
    has_downgraded = found.scheme == "http" and is_https(request, access)
    return not has_downgraded and _place(found) in _own_places(request, access, found.scheme)


def _own_places(request: Request, access: Access, scheme: str) -> set[tuple[str | None, int]]:
    hosts = [request.headers.get("host", "")]
    if is_by_proxy(request, access):
        hosts += request.headers.getlist("x-forwarded-host")
    parts = [_parts(f"{scheme}://{host.strip()}") for host in hosts]
    return {_place(each) for each in parts if each is not None and each.hostname}


def _place(of: SplitResult) -> tuple[str | None, int]:
    return of.hostname, of.port or _PORTS[of.scheme]


def _parts(url: str) -> SplitResult | None:
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return None
    return found
