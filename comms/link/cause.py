"""Why no connection came about, as far as somebody can do something about it."""

import ssl
from enum import StrEnum

from websockets.datastructures import Headers
from websockets.exceptions import InvalidMessage, InvalidStatus, WebSocketException

_CAUSES_BY_CODE = {10: "certificate_over", 9: "certificate_early", 62: "certificate_name", 64: "certificate_name"}
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, CERT_NOT_YET_VALID, HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH."""
_LONGEST_WAIT_S = 300.0


class CutAtTheDoorError(WebSocketException):
    """The connection went without a word before its sign-in was answered."""


class LinkCause(StrEnum):
    NONE = ""
    CERTIFICATE_OVER = "certificate_over"
    CERTIFICATE_EARLY = "certificate_early"
    """It begins later: more likely a clock is wrong, ours or the gateway's."""
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    """Nobody we trust has signed it."""
    CERTIFICATE_OWN = "certificate_own"
    """The gateway hung up when it saw ours, which is not of its authority."""
    CROWDED = "crowded"


def cause_of(error: BaseException) -> LinkCause:
    match error:
        case ssl.SSLCertVerificationError():
            return LinkCause(_CAUSES_BY_CODE.get(error.verify_code, "certificate_unknown"))
        case InvalidStatus() if error.response.status_code in (429, 503):
            return LinkCause.CROWDED
        case _:
            return LinkCause.NONE


def cause_of_mine(error: BaseException, cause: LinkCause) -> LinkCause:
    """Of somebody who shows a certificate. One that is foreign ends the connection when it is looked at, of which no
    word reaches us: no answer comes."""
    is_cut = isinstance(error, CutAtTheDoorError | ConnectionResetError | InvalidMessage)
    return LinkCause.CERTIFICATE_OWN if is_cut and cause is LinkCause.NONE else cause


def wait_of(error: BaseException) -> float:
    """How long the gateway asked to be left alone, seconds; 0 when it did not."""
    return asked_wait_s(error.response.headers) if isinstance(error, InvalidStatus) else 0.0


def asked_wait_s(headers: Headers) -> float:
    """The same of an answer's headers."""
    try:
        return min(max(0.0, float(headers.get("Retry-After", "0"))), _LONGEST_WAIT_S)  # in this order NaN is 0
    except ValueError:
        return 0.0


Setback = tuple[str, LinkCause, float]
"""The plain reason, the cause, and how long to wait at least, seconds."""


def setback_of(error: BaseException | None, *, shows_certificate: bool = False) -> Setback:
    """Of an attempt that failed; nothing of one that did not."""
    if error is None:
        return "", LinkCause.NONE, 0.0
    cause = cause_of_mine(error, cause_of(error)) if shows_certificate else cause_of(error)
    return str(error) or type(error).__name__, cause, wait_of(error)
