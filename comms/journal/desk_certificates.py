"""Which certificates desks were given, and which of them are worth nothing any more. Their keys are nowhere here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.engine import Connection

from comms.domain.account_events import DeskCertificateIssued, DeskCertificateRevoked
from comms.journal.noted import keep_note
from comms.journal.store import Store
from comms.journal.tables import desk_certificates as table
from comms.journal.tables import sign_in_proofs, tokens


@dataclass(frozen=True, slots=True)
class DeskCertificate:
    """`serial` is the certificate's, in hexadecimal; times are Unix seconds."""

    serial: str
    desk: str
    issued_at: float
    ends_at: float
    revoked_at: float | None = None
    reason: str = ""


class DeskCertificates:
    """Changed from the command line beside a running gateway, which takes the notes of it into its journal."""

    def __init__(self, store: Store, *, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    async def issued(self, serial: str, desk: str, *, ends_at: float) -> None:
        row = {"serial": serial, "desk": desk, "issued_at": self._now(), "ends_at": ends_at, "reason": ""}

        def write(connection: Connection) -> None:
            connection.execute(insert(table), [row])
            keep_note(connection, DeskCertificateIssued(serial=serial, desk=desk, ends_at=ends_at))

        await self._store.change(write)

    async def revoke(self, serial: str, reason: str) -> DeskCertificate | None:
        """Its desk's tokens end with it. None when there is none that still holds."""
        values = {"revoked_at": self._now(), "reason": reason}

        def write(connection: Connection) -> DeskCertificate | None:
            holds = table.c.serial == serial, table.c.revoked_at.is_(None)
            if connection.execute(update(table).where(*holds).values(values)).rowcount == 0:
                return None
            shown = select(sign_in_proofs.c.family).where(sign_in_proofs.c.certificate == serial)
            connection.execute(delete(tokens).where(tokens.c.family.in_(shown)))
            revoked = _of(connection.execute(select(table).where(table.c.serial == serial)).one())
            keep_note(connection, DeskCertificateRevoked(serial=serial, desk=revoked.desk, reason=reason))
            return revoked

        return await self._store.change(write)

    async def all(self) -> list[DeskCertificate]:
        """Oldest first."""
        query = select(table).order_by(table.c.issued_at)
        return [_of(row) for row in await self._store.read(lambda connection: connection.execute(query).all())]

    async def find(self, serial: str) -> DeskCertificate | None:
        query = select(table).where(table.c.serial == serial)
        row = await self._store.read(lambda connection: connection.execute(query).first())
        return _of(row) if row is not None else None


def _of(row: Row[Any]) -> DeskCertificate:
    return DeskCertificate(row.serial, row.desk, row.issued_at, row.ends_at, row.revoked_at, row.reason)
