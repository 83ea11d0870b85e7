"""From which pages a browser may open the WebSocket: our own, and those the site names. Who sends no origin is no
browser."""

from collections.abc import Iterable
from urllib.parse import urlsplit

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Origins:
    """`names` are what this gateway is called; `allowed` whole origins of other pages, as a browser writes them."""

    def __init__(self, names: Iterable[str], allowed: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower() for name in names) | _LOCAL
        self._allowed = frozenset(origin.lower().rstrip("/") for origin in allowed)

    def allows(self, origin: str | None, host: str | None) -> bool:
        """`host` is the request's Host. It alone would not do: a page may have its own name lead to this machine
        (DNS rebinding), and then both are alike."""
        if origin is None:
            return True
        origin = origin.lower()
        if origin in self._allowed:
            return True
        try:
            found = urlsplit(origin)
            is_web = found.scheme in ("http", "https") and origin == f"{found.scheme}://{found.netloc}"
            return is_web and found.netloc == (host or "").lower() and self._is_ours(found.hostname or "")
        except ValueError:
            return False

    def _is_ours(self, name: str) -> bool:
        return name in self._names or f"*.{name.partition('.')[2]}" in self._names


def is_origin(text: str) -> bool:
    """As a browser writes it: a scheme, a host, perhaps a port, and nothing more."""
    try:
        found = urlsplit(text)
        return found.scheme in ("http", "https") and bool(found.hostname) and text == f"{found.scheme}://{found.netloc}"
    except ValueError:
        return False


def names_of(certificate: bytes) -> frozenset[str]:
    """What a certificate (PEM, the first counts) says its holder is called."""
    from cryptography import x509

    loaded = x509.load_pem_x509_certificate(certificate)
    try:
        names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    addresses = names.get_values_for_type(x509.IPAddress)
    return frozenset((*names.get_values_for_type(x509.DNSName), *(str(address) for address in addresses)))
