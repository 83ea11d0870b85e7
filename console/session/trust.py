"""Whom the desk believes: whom this machine believes, and the authorities in a file of the site."""

import ssl
from pathlib import Path

TRUST_NAME = "trust.crt"
"""Beside the settings; the gateway writes it for a local authority."""


def trusting(url: str, file: Path | None) -> ssl.SSLContext | None:
    """For connecting to this gateway; None where it is not encrypted. A file that cannot be read is as none: the
    certificate is then not believed, which is said."""
    if not url.lower().startswith("wss:"):
        return None
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if file is not None:
        try:
            context.load_verify_locations(file)
        except OSError:  # ssl.SSLError is one
            pass
    return context
