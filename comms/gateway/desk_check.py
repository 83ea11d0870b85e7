"""Where a desk signs in: whether it has to show a certificate, and whether the one it shows still holds."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography import x509

from comms.domain.account_events import DeskCertificateRevoked
from comms.domain.events import Recorded
from comms.gateway.context import Refusal, Session
from comms.gateway.desk_authority import DeskRule, serial_of
from comms.gateway.sessions import SessionTable
from comms.journal.desk_certificates import DeskCertificates
from comms.protocol.errors import RefusalCode

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate that holds. `ends_at` is Unix seconds."""

    serial: str = ""
    ends_at: float | None = None


class DeskCheck:
    """`real_now` gives Unix seconds. Who signed it the handshake has looked at."""

    def __init__(self, rule: DeskRule, certificates: DeskCertificates, real_now: Callable[[], float]) -> None:
        self._rule, self._certificates, self._real_now = rule, certificates, real_now

    async def of(self, certificate: bytes | None) -> Shown | Refusal:
        """Of a desk that signs in; DER."""
        if self._rule is DeskRule.OFF:
            return Shown()
        if certificate is None:
            return Refusal(RefusalCode.CERTIFICATE_MISSING) if self._rule is DeskRule.DEMANDED else Shown()
        read = x509.load_der_x509_certificate(certificate)
        ends_at = read.not_valid_after_utc.timestamp()
        if ends_at <= self._real_now():
            return Refusal(RefusalCode.CERTIFICATE_OVER)
        known = await self._certificates.find(serial_of(read))
        if known is None or known.revoked_at is not None:
            return Refusal(RefusalCode.CERTIFICATE_REVOKED)
        return Shown(known.serial, ends_at)


class RevokedDesks:
    """Ends the sessions of desks whose certificate is worth nothing any more."""

    def __init__(self, sessions: SessionTable, end: Callable[[Session, RefusalCode], None]) -> None:
        self._sessions, self._end = sessions, end

    def tell(self, recorded: Sequence[Recorded]) -> None:
        for one in recorded:
            if isinstance(one.event, DeskCertificateRevoked):
                for session in self._sessions.desks():
                    if session.certificate == one.event.serial:
                        _log.info("%s: the certificate of its desk was revoked", session.party)
                        self._end(session, RefusalCode.CERTIFICATE_REVOKED)
