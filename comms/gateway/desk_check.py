"""Where a desk signs in: whether it has to show a certificate, and whether the one it shows still holds."""

import logging
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from cryptography import x509
from websockets.asyncio.server import ServerConnection

from comms.domain.account_events import AccountChange, AccountChanged, DeskCertificateRevoked
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


AskCertificate = Callable[[], Awaitable[bytes | None]]
"""What the peer shows (DER), None when it shows none; the connection ends when somebody else has signed that."""


async def nothing_shown() -> bytes | None:
    """Of a peer that cannot be asked."""
    return None


class DeskQuestion:
    """Asks one peer, once, for its certificate."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self._was_asked = False

    async def __call__(self) -> bytes | None:
        """Raises ConnectionClosed."""
        tls: ssl.SSLObject | None = self._socket.transport.get_extra_info("ssl_object")
        if tls is None:
            return None
        if not self._was_asked:
            self._was_asked = True
            try:
                tls.verify_client_post_handshake()
            except ssl.SSLError:  # it has not offered to be asked, or (TLS 1.2) was asked in the handshake
                pass
            else:
                # Goes out behind the question, so its answer comes behind the certificate.
                await (await self._socket.ping())
        return tls.getpeercert(binary_form=True)


class DeskCheck:
    """`real_now` gives Unix seconds. Who signed it the handshake has looked at."""

    def __init__(self, rule: DeskRule, certificates: DeskCertificates, real_now: Callable[[], float]) -> None:
        self._rule, self._certificates, self._real_now = rule, certificates, real_now

    async def of(self, ask: AskCertificate) -> Shown | Refusal:
        """Of a desk that signs in."""
        if self._rule is DeskRule.OFF:
            return Shown()
        certificate = await ask()
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


class ShutOut:
    """Ends the sessions of desks whose certificate is worth nothing any more, of officers who were disabled, and
    of those who were given another password."""

    def __init__(self, sessions: SessionTable, end: Callable[[Session, RefusalCode], None]) -> None:
        self._sessions, self._end = sessions, end

    def tell(self, recorded: Sequence[Recorded]) -> None:
        for one in recorded:
            match one.event:
                case DeskCertificateRevoked(serial=serial):
                    self._end_those(lambda session: session.certificate == serial, RefusalCode.CERTIFICATE_REVOKED)
                case AccountChanged(officer_id=officer_id, what=AccountChange.DISABLED):
                    self._end_those(lambda session: session.officer_id == officer_id, RefusalCode.OFFICER_DISABLED)
                case AccountChanged(officer_id=officer_id, what=AccountChange.PASSWORD_SET):
                    self._end_those(lambda session: session.officer_id == officer_id, RefusalCode.ENDED_FROM_AFAR)
                case _:
                    pass

    def _end_those(self, is_meant: Callable[[Session], bool], why: RefusalCode) -> None:
        for session in [session for session in self._sessions.desks() if is_meant(session)]:
            _log.info("%s: signed out: %s", session.party, why)
            self._end(session, why)
