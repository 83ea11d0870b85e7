"""Why a desk does not get through, as far as somebody can do something about it."""

import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from comms.link.cause import LinkCause, cause_of, setback_of, wait_of


def _certificate(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError("no")
    error.verify_code = code
    return error


def _status(status: int, wait: str | None = None) -> InvalidStatus:
    return InvalidStatus(Response(status, "", Headers({"Retry-After": wait} if wait is not None else {})))


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (_certificate(10), LinkCause.CERTIFICATE_OVER),
        (_certificate(9), LinkCause.CERTIFICATE_EARLY),
        (_certificate(62), LinkCause.CERTIFICATE_NAME),
        (_certificate(64), LinkCause.CERTIFICATE_NAME),
        (_certificate(20), LinkCause.CERTIFICATE_UNKNOWN),
        (_status(503), LinkCause.CROWDED),
        (_status(429), LinkCause.CROWDED),
        (_status(404), LinkCause.NONE),
        (ConnectionRefusedError(), LinkCause.NONE),
    ],
)
def test_causes(error: Exception, cause: LinkCause) -> None:
    assert cause_of(error) is cause


def test_waits() -> None:
    assert [wait_of(error) for error in (_status(503, "7"), _status(503), _status(503, "soon"), OSError())] == [
        7.0, 0.0, 0.0, 0.0,
    ]  # fmt: skip
    assert wait_of(_status(503, "1e9")) == 300.0
    assert wait_of(_status(503, "-1")) == 0.0


def test_setbacks() -> None:
    assert setback_of(None) == ("", LinkCause.NONE, 0.0)
    assert setback_of(TimeoutError()) == ("TimeoutError", LinkCause.NONE, 0.0)
    assert setback_of(_status(503, "7"))[1:] == (LinkCause.CROWDED, 7.0)
