"""What the link says of itself."""

from enum import StrEnum

import msgspec

from comms.link.cause import LinkCause
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Refused

FINAL_REFUSALS = frozenset(
    {
        RefusalCode.WRONG_CREDENTIALS,
        RefusalCode.TOKEN_EXPIRED,
        RefusalCode.WRONG_VERSION,
        RefusalCode.NOT_ALLOWED,
        RefusalCode.OTHER_REALM,
        RefusalCode.REPLACED,
        RefusalCode.PASSWORD_RULES,
        RefusalCode.PASSWORD_EXPIRED,
        RefusalCode.SECOND_FACTOR_NEEDED,
        RefusalCode.SECOND_FACTOR_WRONG,
        RefusalCode.CODE_USED,
        RefusalCode.CODE_EXPIRED,
        RefusalCode.CODE_REVOKED,
        RefusalCode.DEVICE_REVOKED,
        RefusalCode.ENDED_FROM_AFAR,
        RefusalCode.OFFICER_DISABLED,
        RefusalCode.CERTIFICATE_MISSING,
        RefusalCode.CERTIFICATE_OVER,
        RefusalCode.CERTIFICATE_REVOKED,
        RefusalCode.ISSUER_OFF,
        RefusalCode.ISSUER_UNREACHABLE,
        RefusalCode.ISSUER_REFUSED,
        RefusalCode.ISSUER_UNPROVEN,
        RefusalCode.ISSUER_LATE,
        RefusalCode.ISSUER_STRANGER,
        RefusalCode.UNKNOWN_KIND,
        RefusalCode.MALFORMED,
    }
)
"""Asking again with the same words would get the same answer: somebody must do something first."""


class LinkPhase(StrEnum):
    CONNECTING = "connecting"
    SIGNING_IN = "signing_in"
    ONLINE = "online"
    WAITING = "waiting"
    """Between two attempts; `retry_at` says when the next begins."""
    REFUSED = "refused"
    """The gateway said no at sign-in, or ended the session for good; nothing more is tried until `try_again()`."""
    CLOSED = "closed"


class LinkState(msgspec.Struct, frozen=True, kw_only=True):
    """`retry_at` is Unix seconds; `detail` is the plain reason of the last loss; `refused` is the gateway's no.

    A no that passes by itself (try_later, internal) comes with phase `waiting`."""

    phase: LinkPhase
    latency_ms: float | None = None
    retry_at: float | None = None
    refused: Refused | None = None
    detail: str = ""
    cause: LinkCause = LinkCause.NONE
    """Of the last attempt that failed."""
