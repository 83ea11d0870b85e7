"""The web terminal's files, served from the `resources` package on the gateway's own port."""

from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable
from urllib.parse import unquote

from websockets.datastructures import Headers
from websockets.http11 import Response

PREFIX = "/terminal/"
_INDEX = "index.html"
_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wav": "audio/wav",
    ".ogg": "audio/ogg",
    ".mp3": "audio/mpeg",
    ".woff2": "font/woff2",
}
"""Also what keeps anything else in the package from being served."""
_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
        "manifest-src 'self'; font-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": (
        "camera=(self), microphone=(self), geolocation=(self), display-capture=(), payment=(), usb=(), serial=(), "
        "bluetooth=(), midi=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


class StaticFiles:
    """Files are read once and kept: they are few and small, and the disk must not hold up voice."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root if root is not None else files("resources") / "terminal"
        self._kept: dict[str, bytes | None] = {}

    def respond(self, target: str) -> Response:
        """`target` is the request's path with its query."""
        path = unquote(target.partition("?")[0])  # no URL: urlsplit takes `//[` for the beginning of a host
        if path in ("/", "/terminal"):
            return redirect(PREFIX)
        name = path.removeprefix(PREFIX) or _INDEX
        suffix = name[name.rfind(".") :] if "." in name else ""
        content_type = _CONTENT_TYPES.get(suffix)
        body = self._read(name) if path.startswith(PREFIX) and content_type is not None else None
        if body is None or content_type is None:
            return reply(HTTPStatus.NOT_FOUND, b"Not found\n", "text/plain; charset=utf-8")
        return reply(HTTPStatus.OK, body, content_type)

    def _read(self, name: str) -> bytes | None:
        parts = name.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            return None
        if name not in self._kept:
            entry = self._root.joinpath(*parts)
            if not entry.is_file():
                return None  # not kept: the names a peer may think of have no end
            self._kept[name] = entry.read_bytes()
        return self._kept[name]


def reply(status: HTTPStatus, body: bytes, content_type: str) -> Response:
    headers = Headers({"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"})
    headers.update(_SECURITY)
    return Response(status.value, status.phrase, headers, body)


def redirect(location: str) -> Response:
    response = reply(HTTPStatus.FOUND, b"", "text/plain; charset=utf-8")
    response.headers["Location"] = location
    return response


def wait_reply(status: HTTPStatus, seconds: int) -> Response:
    """Too many are here already: when to come again."""
    words = f"人太多了,请 {seconds} 秒后再试。Too many connections; try again in {seconds} s.\n".encode()
    response = reply(status, words, "text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(seconds)
    return response


def method_reply() -> Response:
    """There is nothing here to be changed."""
    response = reply(HTTPStatus.METHOD_NOT_ALLOWED, b"Only GET is answered here\n", "text/plain; charset=utf-8")
    response.headers["Allow"] = "GET"
    return response
