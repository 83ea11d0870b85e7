"""The certificate both encrypted ports show: looked at again and again, renewed while running, and told of in time."""

import logging
import ssl
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from comms.domain.events import Event, FaultNoted
from comms.domain.ids import GATEWAY
from comms.gateway.context import Clock
from comms.gateway.desk_authority import DeskRule, ask_for, files, trusted
from comms.gateway.lookout import Lookout
from comms.gateway.tls import FOLDER, make_local, server_context, utc_now
from comms.journal.journal import Journal

LOOK_S = 3600.0
WARN_BEFORE = timedelta(days=30)
SERVER, AUTHORITY = "server", "authority"
SERVER_ENDS, SERVER_OVER, AUTHORITY_ENDS, RENEWAL_FAILED = (
    "certificate_ends",
    "certificate_over",
    "certificate_authority_ends",
    "certificate_not_renewed",
)
CODES = (SERVER_ENDS, SERVER_OVER, AUTHORITY_ENDS, RENEWAL_FAILED)
"""Faults of the picture: every desk shows them until they are over."""

_log = logging.getLogger(__name__)


class Certificates:
    """Of the site's own files, or of the local authority in `data`. New connections get what was loaded last; those
    that are open keep theirs."""

    def __init__(self, certificate: Path, key: Path, *, make: Callable[[datetime], None] | None = None) -> None:
        """`make` brings the files up to date. Raises OSError, ValueError or ssl.SSLError."""
        self._certificate, self._key, self._make = certificate, key, make
        self._desks: Path | None = None
        self._loaded = self._stamp()
        self.context: ssl.SSLContext = server_context(certificate, key)

    @classmethod
    def of_authority(cls, data: Path, *, hosts: Iterable[str], now: datetime) -> "Certificates":
        wanted = frozenset(hosts)

        def make(moment: datetime) -> None:
            make_local(data, hosts=wanted, now=moment)

        make(now)
        folder = data / FOLDER
        return cls(folder / "server.crt", folder / "server.key", make=make)

    def ask_desks(self, data: Path, rule: DeskRule, *, now: datetime) -> None:
        """For certificates of the authority for desks in `data`, made at the first call. Raises as `__init__`."""
        if rule is not DeskRule.OFF:
            self._desks = data
            ask_for(self.context, trusted(data, now=now))
            self._loaded = self._stamp()

    def renew(self, now: datetime) -> bool:
        """True when another certificate is shown from now on. Raises as making it does; what was shown before stays."""
        if self._make is not None:
            self._make(now)
        stamp = self._stamp()
        if stamp == self._loaded:
            return False
        if self._desks is not None:
            ask_for(self.context, trusted(self._desks, now=now))
        server_context(self._certificate, self._key)  # raises before anything is taken over
        self.context.load_cert_chain(self._certificate, self._key)
        self._loaded = stamp
        return True

    def ends(self) -> dict[str, datetime]:
        """When the server's certificate ends, and the authority's where that is ours."""
        found = {SERVER: _end(self._certificate)}
        if self._make is not None:
            found[AUTHORITY] = _end(self._certificate.with_name("ca.crt"))
        return found

    def faults(self, now: datetime) -> dict[str, str]:
        """Code and detail (a date) of what somebody has to do something about."""
        ends = self.ends()
        found: dict[str, str] = {}
        if ends[SERVER] - now < WARN_BEFORE:
            found[SERVER_OVER if ends[SERVER] <= now else SERVER_ENDS] = f"{ends[SERVER]:%Y-%m-%d}"
        following = self._certificate.with_name("ca-next.crt")
        if self._make is not None and (following.exists() or ends[AUTHORITY] - now < WARN_BEFORE):
            found[AUTHORITY_ENDS] = f"{ends[AUTHORITY]:%Y-%m-%d}"
        return found

    def _stamp(self) -> tuple[tuple[int, int], ...]:
        watched = (self._certificate, self._key, *(files(self._desks) if self._desks is not None else ()))
        return tuple((found.st_mtime_ns, found.st_ino) for found in (file.stat() for file in watched))


def _end(file: Path) -> datetime:
    return x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc


class CertificateWatch(Lookout):
    """Looks once an hour, by the world's time: certificates know no drill."""

    def __init__(
        self, certificates: Certificates, *, journal: Journal, clock: Clock, real_now: Callable[[], float]
    ) -> None:
        super().__init__(clock, every_s=LOOK_S)
        self._certificates = certificates
        self._journal = journal
        self._real_now = real_now

    def _look(self) -> None:
        now = utc_now(self._real_now())
        try:
            if self._certificates.renew(now):
                _log.info("another certificate is shown to new connections")
            faults = self._certificates.faults(now)
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            _log.info("the certificate could not be renewed: %s", error)
            faults = {RENEWAL_FAILED: type(error).__name__}
        self._tell(faults)

    def days_left(self) -> dict[str, float]:
        """By what ends; negative when it is over, nothing when the files cannot be read."""
        try:
            ends = self._certificates.ends()
        except (OSError, ValueError):
            return {}
        return {what: (end.timestamp() - self._real_now()) / 86_400 for what, end in ends.items()}

    def _tell(self, faults: dict[str, str]) -> None:
        """Only what has changed."""
        known = self._journal.picture.faults
        events: list[Event] = [
            FaultNoted(code=code, is_over=True) for code in CODES if code in known and code not in faults
        ]
        events += [FaultNoted(code=code, detail=detail) for code, detail in faults.items() if known.get(code) != detail]
        if events:
            self._journal.record_soon(GATEWAY, events)
