"""Terminals: the codes they enrol with, the devices that have, and what either came to be worth nothing by."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.engine import Connection

from comms.domain.ids import UnitId
from comms.domain.realm import Realm, sealed
from comms.journal.codes import new_code, normal_code
from comms.journal.devices import DeviceLookup
from comms.journal.secret import device_secret, hash_secret
from comms.journal.store import Store
from comms.journal.tables import devices, enrolment_codes, spent_secrets

REMEMBER_SPENT_S = 90 * 86_400.0
"""How long somebody who shows what has ended is told why."""


class Spent(StrEnum):
    """Why a code or device token is worth nothing."""

    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """A code that was taken back, or another took its place."""
    DEVICE_REVOKED = "device_revoked"


@dataclass(frozen=True, slots=True)
class NewDevice:
    unit_id: UnitId
    device_token: str
    is_again: bool = False
    """It was enrolled with this code before, and did not hear so."""


@dataclass(frozen=True, slots=True)
class Device:
    """Times are Unix seconds."""

    unit_id: UnitId
    name: str
    enrolled_at: float


@dataclass(frozen=True, slots=True)
class OpenCode:
    """A code that nobody has used yet; the code itself is not known here."""

    unit_id: UnitId
    expires_at: float


class Enrolments:
    """One device a unit. Codes are told once and stored hashed."""

    def __init__(self, store: Store, *, now: Callable[[], float], realm: Realm) -> None:
        self.known: dict[bytes, UnitId] = {}  # by hash: those of which nobody else can have changed anything
        self._store = store
        self._lookup = DeviceLookup(store)
        self._now = now
        self._realm = realm

    # --- codes --------------------------------------------------------------------------------------------

    async def issue(self, unit_ids: Iterable[UnitId], *, valid_s: float) -> list[tuple[UnitId, str]]:
        """One new single-use enrolment code for each unit. Earlier unused codes of the unit end."""
        codes = [(unit_id, sealed(new_code(), self._realm)) for unit_id in unit_ids]
        expires_at = self._now() + valid_s
        rows = [
            {"hash": hash_secret(normal_code(code)), "unit_id": unit_id, "expires_at": expires_at}
            for unit_id, code in codes
        ]

        def write(connection: Connection) -> None:
            for unit_id, _ in codes:
                self._take_back(connection, unit_id)
            connection.execute(insert(enrolment_codes), rows)

        if rows:
            await self._store.change(write)
        return codes

    async def revoke_code(self, unit_id: UnitId) -> bool:
        """False when the unit has no code that could be used."""
        return await self._store.change(lambda connection: self._take_back(connection, unit_id))

    def _take_back(self, connection: Connection, unit_id: UnitId) -> bool:
        mine = enrolment_codes.c.unit_id == unit_id
        rows = connection.execute(select(enrolment_codes).where(mine)).all()
        for row in rows:
            is_over = row.expires_at <= self._now()
            self._spend(connection, row.hash, unit_id, Spent.EXPIRED if is_over else Spent.REVOKED)
        connection.execute(delete(enrolment_codes).where(mine))
        return any(row.expires_at > self._now() for row in rows)

    async def open_codes(self) -> list[OpenCode]:
        query = select(enrolment_codes).where(enrolment_codes.c.expires_at > self._now())
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        return [OpenCode(UnitId(row.unit_id), row.expires_at) for row in rows]

    # --- devices ------------------------------------------------------------------------------------------

    async def enrol(self, code: str, *, device_name: str, device_key: str = "") -> NewDevice | Spent | None:
        """A unit's new device for a code, which is used up; the unit's earlier device ends. None: no such code.

        With a key the code is bound to it: the device that shows both again, because the answer was lost, gets it again
        for as long as it stands. That opens nothing, because who has both can work the token out."""
        now, hashed = self._now(), hash_secret(normal_code(code))
        secret = device_secret(code, device_key) if device_key else secrets.token_urlsafe(32)
        device_token = sealed(secret, self._realm)
        token_hash = hash_secret(device_token)

        def write(connection: Connection) -> NewDevice | Spent | None:
            row = connection.execute(select(enrolment_codes).where(enrolment_codes.c.hash == hashed)).first()
            if row is None:
                unit_id = connection.execute(select(devices.c.unit_id).where(devices.c.hash == token_hash)).scalar()
                if unit_id is not None:
                    return NewDevice(UnitId(unit_id), device_token, is_again=True)
                return _why(connection, token_hash) or _why(connection, hashed)
            connection.execute(delete(enrolment_codes).where(enrolment_codes.c.hash == hashed))
            if row.expires_at <= now:
                self._spend(connection, hashed, row.unit_id, Spent.EXPIRED)
                return Spent.EXPIRED
            self._spend(connection, hashed, row.unit_id, Spent.USED)
            self._end_device(connection, row.unit_id)
            device = {"unit_id": row.unit_id, "hash": token_hash, "name": device_name}
            connection.execute(insert(devices), [{**device, "enrolled_at": now}])
            return NewDevice(UnitId(row.unit_id), device_token)

        found = await self._store.change(write)
        self.known.clear()  # one of them may have ended
        return found

    async def unit_of(self, device_token: str) -> UnitId | Spent | None:
        """Whose device this is, or why it is nobody's any more."""
        hashed = hash_secret(device_token)
        found = self.known.get(hashed) or await self._lookup.unit_of(hashed)
        return found if found is not None else await self._store.read(lambda connection: _why(connection, hashed))

    async def devices(self) -> list[Device]:
        rows = await self._store.read(lambda connection: connection.execute(select(devices)).all())
        return [Device(UnitId(row.unit_id), row.name, row.enrolled_at) for row in rows]

    async def revoke_device(self, unit_id: UnitId) -> Device | None:
        """Its token is worth nothing from now on, and neither is a code that waits. None: the unit has no device."""

        def write(connection: Connection) -> Device | None:
            row = self._end_device(connection, unit_id)
            self._take_back(connection, unit_id)
            return Device(unit_id, row.name, row.enrolled_at) if row is not None else None

        ended = await self._store.change(write)
        self.known = {hashed: known for hashed, known in self.known.items() if known != unit_id}
        return ended

    def _end_device(self, connection: Connection, unit_id: str) -> "Row[tuple[object, ...]] | None":
        row = connection.execute(select(devices).where(devices.c.unit_id == unit_id)).first()
        if row is not None:
            self._spend(connection, row.hash, unit_id, Spent.DEVICE_REVOKED)
            connection.execute(delete(devices).where(devices.c.unit_id == unit_id))
        return row

    def _spend(self, connection: Connection, hashed: bytes, unit_id: str, why: Spent) -> None:
        now = self._now()
        connection.execute(delete(spent_secrets).where(spent_secrets.c.at < now - REMEMBER_SPENT_S))
        connection.execute(insert(spent_secrets), [{"hash": hashed, "unit_id": unit_id, "why": why.value, "at": now}])


def _why(connection: Connection, hashed: bytes) -> Spent | None:
    found = connection.execute(select(spent_secrets.c.why).where(spent_secrets.c.hash == hashed)).scalar()
    return Spent(found) if found is not None else None
