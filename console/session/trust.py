"""Whom the desk believes: whom this machine believes, and the authorities in a file of the site. And what it shows of
itself: the certificate that the site's administrator has made for it."""

import os
import ssl
from enum import StrEnum
from pathlib import Path

TRUST_NAME = "trust.crt"
"""Beside the settings; the gateway writes it for a local authority."""
OWN_NAME = "desk.pem"
"""Beside the settings: this desk's certificate and its key, readable by its user alone."""

_INCOMPLETE = "{}: a certificate and its key are needed"


class CertificateFault(StrEnum):
    PASSWORD = "password"
    """Wrong, or the file is of another kind."""
    INCOMPLETE = "incomplete"
    """The certificate or its key is missing."""
    UNREADABLE = "unreadable"
    NOT_KEPT = "not_kept"
    """On this machine."""


class CertificateFileError(Exception):
    """No file of a desk's certificate; the message is one plain sentence."""

    def __init__(self, fault: CertificateFault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


def trusting(url: str, file: Path | None, own: Path | None = None) -> ssl.SSLContext | None:
    """For connecting to this gateway; None where it is not encrypted. A file that cannot be read is as none: the
    certificate is then not believed, or missing, which is said."""
    if not url.lower().startswith("wss:"):
        return None
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if file is not None:
        try:
            context.load_verify_locations(file)
        except OSError:  # ssl.SSLError is one
            pass
    if own is not None:
        try:
            context.load_cert_chain(own, password=_no_password)
            context.post_handshake_auth = True  # the gateway asks only once it knows that this is a desk
        except OSError:
            pass
    return context


def _no_password() -> str:
    """It has none; OpenSSL would ask for it on the terminal."""
    return ""


def shows_certificate(url: str, own: Path | None) -> bool:
    return own is not None and url.lower().startswith("wss:") and own.exists()


def keep_own(given: Path, own: Path, password: str) -> None:
    """Take over the file that the administrator has given: PKCS #12 under a password, or PEM. Raises
    CertificateFileError, or OSError when it cannot be kept."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

    try:
        data = given.read_bytes()
    except OSError as error:
        raise CertificateFileError(CertificateFault.UNREADABLE, f"{given}: {error.strerror}") from None
    if b"-----BEGIN" not in data:
        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(data, password.encode())
        except ValueError:
            raise CertificateFileError(
                CertificateFault.PASSWORD, f"{given}: wrong password, or no certificate file"
            ) from None
        if key is None or certificate is None:
            raise CertificateFileError(CertificateFault.INCOMPLETE, _INCOMPLETE.format(given))
        data = certificate.public_bytes(Encoding.PEM)
        data += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    own.parent.mkdir(parents=True, exist_ok=True)
    draft = own.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(draft, password=_no_password)
    except ssl.SSLError:
        draft.unlink()
        raise CertificateFileError(CertificateFault.INCOMPLETE, _INCOMPLETE.format(given)) from None
    draft.replace(own)
