"""Second factors: time-based codes (RFC 6238) of an officer's authenticator, and recovery codes for when it is lost."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from hmac import compare_digest

import pyotp
from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection

from comms.domain.ids import OfficerId
from comms.journal.codes import new_code, normal_code
from comms.journal.sealing import Seal
from comms.journal.store import Store
from comms.journal.tables import recovery_codes, second_factors

ISSUER = "Wangge Desk"
STEP_S = 30
WINDOW = (0, -1, 1)
"""Steps looked at: now, and one to each side for clocks that differ (RFC 6238 §5.2)."""
RECOVERY_CODES = 8
_SECRET_CHARS = 32
"""160 bits in base 32, as RFC 4226 recommends."""


class FactorUse(Enum):
    CODE = "code"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an authenticator is given: the secret to type, or the address to scan."""

    secret: str
    uri: str


class SecondFactors:
    """`now` is Unix seconds of the wall clock, also in a drill: phones know no drill."""

    def __init__(self, store: Store, *, now: Callable[[], float], seal: Seal) -> None:
        self._store = store
        self._now = now
        self._seal = seal

    async def is_on(self, officer_id: OfficerId) -> bool:
        query = select(second_factors.c.since).where(_of(officer_id, is_confirmed=True))
        return await self._store.read(lambda connection: connection.execute(query).first()) is not None

    async def recovery_left(self, officer_id: OfficerId) -> int:
        query = select(func.count()).where(recovery_codes.c.officer_id == officer_id)
        return await self._store.read(lambda connection: connection.execute(query).scalar_one())

    async def begin(self, officer_id: OfficerId) -> Offer:
        """A new secret, which counts once a first code of it was shown; until then an earlier one goes on."""
        secret = pyotp.random_base32(_SECRET_CHARS)
        row = {
            "officer_id": officer_id,
            "is_confirmed": False,
            "secret": self._seal.close_up(secret, whose=officer_id),
            "last_step": 0,
            "since": self._now(),
        }

        def write(connection: Connection) -> None:
            connection.execute(delete(second_factors).where(_of(officer_id, is_confirmed=False)))
            connection.execute(insert(second_factors), [row])

        await self._store.change(write)
        uri = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=officer_id, issuer_name=ISSUER)
        return Offer(secret, uri)

    async def confirm(self, officer_id: OfficerId, code: str) -> tuple[str, ...] | None:
        """The recovery codes, told once, when this is a code of the secret that was begun."""
        codes = tuple(new_code() for _ in range(RECOVERY_CODES))
        rows = [{"hash": _hash(officer_id, each), "officer_id": officer_id} for each in codes]

        def write(connection: Connection) -> bool:
            step = self._step_of(connection, officer_id, code, is_confirmed=False)
            if step is None:
                return False
            connection.execute(delete(second_factors).where(_of(officer_id, is_confirmed=True)))
            begun = update(second_factors).where(_of(officer_id, is_confirmed=False))
            connection.execute(begun.values(is_confirmed=True, last_step=step, since=self._now()))
            connection.execute(delete(recovery_codes).where(recovery_codes.c.officer_id == officer_id))
            connection.execute(insert(recovery_codes), rows)
            return True

        return codes if await self._store.change(write) else None

    async def check(self, officer_id: OfficerId, code: str) -> FactorUse | None:
        """None when it is wrong. What was right is used up: a code, with all before it, and a recovery code."""

        def write(connection: Connection) -> FactorUse | None:
            step = self._step_of(connection, officer_id, code, is_confirmed=True)
            if step is not None:
                mine = update(second_factors).where(_of(officer_id, is_confirmed=True))
                connection.execute(mine.values(last_step=step))
                return FactorUse.CODE
            spent = delete(recovery_codes).where(recovery_codes.c.hash == _hash(officer_id, code))
            return FactorUse.RECOVERY if connection.execute(spent).rowcount else None

        return await self._store.change(write)

    async def end(self, officer_id: OfficerId) -> None:
        def write(connection: Connection) -> None:
            connection.execute(delete(second_factors).where(second_factors.c.officer_id == officer_id))
            connection.execute(delete(recovery_codes).where(recovery_codes.c.officer_id == officer_id))

        await self._store.change(write)

    def _step_of(self, connection: Connection, officer_id: OfficerId, code: str, *, is_confirmed: bool) -> int | None:
        """Which step's code this is, of those not used yet."""
        row = connection.execute(select(second_factors).where(_of(officer_id, is_confirmed=is_confirmed))).first()
        secret = self._seal.open(row.secret, whose=officer_id) if row is not None else None
        if row is None or secret is None:
            return None
        totp, now_step = pyotp.TOTP(secret, interval=STEP_S), int(self._now() // STEP_S)
        shown = "".join(code.split()).encode()
        for step in (now_step + beside for beside in WINDOW):
            if compare_digest(totp.at(step * STEP_S).encode(), shown) and step > row.last_step:
                return step
        return None


def _of(officer_id: OfficerId, *, is_confirmed: bool) -> ColumnElement[bool]:
    return and_(second_factors.c.officer_id == officer_id, second_factors.c.is_confirmed.is_(is_confirmed))


def _hash(officer_id: OfficerId, code: str) -> bytes:
    """A recovery code is random and long (80 bits), and good for its officer only."""
    return hashlib.sha256(f"{officer_id}\0{normal_code(code)}".encode()).digest()
