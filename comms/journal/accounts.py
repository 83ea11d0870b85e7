"""Who may sign in: officers' passwords and tokens, enrolment codes, device tokens. All are stored hashed."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection

from comms.domain.ids import OfficerId, UnitId
from comms.domain.realm import Realm, sealed
from comms.journal.tables import devices, enrolment_codes, officer_accounts, tokens

TOKEN_LIFE_S = 3600.0
REFRESH_LIFE_S = 7 * 86_400.0
SAMPLE_PASSWORD = "wangge2026"
"""The sample town's password, in the documentation: a gateway that others can reach refuses to start with it."""
MIN_PASSWORD_CHARS = 8
_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_CHARS = 16
"""80 bits, without letters that look alike."""


T = TypeVar("T")
_UNIT_OF_DEVICE = select(devices.c.unit_id).where(devices.c.hash == bindparam("shown"))
"""Made once: after a restart a thousand terminals sign in at the same time."""


class Store(Protocol):
    """Where accounts live: the gateway's journal, or a database opened by the command line."""

    async def read(self, query: Callable[[Connection], T]) -> T: ...
    async def change(self, write: Callable[[Connection], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """A short-lived token and the single-use token for the next one. `expires_at` is Unix seconds."""

    officer_id: OfficerId
    token: str
    expires_at: float
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Held:
    """A token that was shown and is valid."""

    officer_id: OfficerId
    expires_at: float
    family: str


def hash_secret(secret: str) -> bytes:
    """For secrets we made ourselves: they are random and long, so a plain hash is enough and quick to check."""
    return hashlib.sha256(secret.encode()).digest()


def normal_code(code: str) -> str:
    """A code as it was made, however it was typed."""
    return code.strip().upper().replace("-", "").replace(" ", "")


def new_code() -> str:
    plain = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_CHARS))
    return "-".join(plain[at : at + 4] for at in range(0, _CODE_CHARS, 4))


class Accounts:
    """Passwords are hashed with argon2id on a thread of their own, one at a time: 50 ms and 64 MB each."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], float],
        hasher: PasswordHasher | None = None,
        realm: Realm = Realm.LIVE,
    ) -> None:
        """Secrets of a drill say so, which a live gateway looks at before it looks them up."""
        self.realm = realm
        self.known_devices: dict[bytes, UnitId] = {}  # by hash: those of which nobody else can have changed anything
        self._store = store
        self._now = now
        self._hasher = hasher or PasswordHasher()
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="passwords")

    def close(self) -> None:
        self._hashing.shutdown()

    @cached_property
    def _decoy(self) -> str:
        """Checked where there is nobody of that name. Made on the hashing thread at the first check, whoever it is of:
        no start waits for it, and how long a check takes tells nothing."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    # --- passwords ----------------------------------------------------------------------------------

    async def set_password(self, officer_id: OfficerId, password: str) -> None:
        """Also ends the tokens given out under the old one."""
        hashed = await self._hash(password)
        now = self._now()

        def write(connection: Connection) -> None:
            connection.execute(delete(officer_accounts).where(officer_accounts.c.officer_id == officer_id))
            row = {"officer_id": officer_id, "password_hash": hashed, "changed_at": now}
            connection.execute(insert(officer_accounts), [row])
            connection.execute(delete(tokens).where(tokens.c.officer_id == officer_id))

        await self._store.change(write)

    async def add_officers(self, passwords: Iterable[tuple[OfficerId, str]]) -> list[OfficerId]:
        """Give a password to each officer that has none yet; returns those."""
        existing = await self.officer_ids()
        added = [(officer_id, password) for officer_id, password in passwords if officer_id not in existing]
        for officer_id, password in added:
            await self.set_password(officer_id, password)
        return [officer_id for officer_id, _ in added]

    async def officer_ids(self) -> set[OfficerId]:
        query = select(officer_accounts.c.officer_id)
        return set(await self._store.read(lambda connection: connection.execute(query).scalars().all()))

    async def check_password(self, officer_id: OfficerId, password: str) -> bool:
        """Takes as long for an unknown officer as for a wrong password."""
        query = select(officer_accounts.c.password_hash).where(officer_accounts.c.officer_id == officer_id)
        hashed = await self._store.read(lambda connection: connection.execute(query).scalar())
        is_right = await self._verify(hashed, password)
        return is_right and hashed is not None

    async def officers_with_sample_password(self) -> list[OfficerId]:
        return [
            officer_id
            for officer_id in sorted(await self.officer_ids())
            if await self.check_password(officer_id, SAMPLE_PASSWORD)
        ]

    def _hash(self, password: str) -> Awaitable[str]:
        return asyncio.get_running_loop().run_in_executor(self._hashing, self._hasher.hash, password)

    async def _verify(self, hashed: str | None, password: str) -> bool:
        def verify() -> bool:
            decoy = self._decoy
            try:
                return self._hasher.verify(hashed or decoy, password)
            except (VerificationError, InvalidHashError):
                return False

        return await asyncio.get_running_loop().run_in_executor(self._hashing, verify)

    # --- officers' tokens ---------------------------------------------------------------------------

    async def grant_tokens(self, officer_id: OfficerId) -> tuple[Tokens, str]:
        """New tokens after a password, and the family they belong to."""
        family = secrets.token_hex(16)
        return await self._store.change(lambda connection: self._grant(connection, officer_id, family)), family

    async def check_token(self, token: str) -> Held | None:
        return await self._store.read(lambda connection: self._find_token(connection, token, is_refresh=False))

    async def refresh(self, refresh_token: str) -> Tokens | None:
        """New tokens for a refresh token, which is used up. Shown a second time it was stolen or copied: then
        every token of its family ends."""

        def write(connection: Connection) -> Tokens | None:
            held = self._find_token(connection, refresh_token, is_refresh=True)
            if held is None:
                return None
            spent = connection.execute(
                update(tokens)
                .where(tokens.c.hash == hash_secret(refresh_token), tokens.c.is_used.is_(False))
                .values(is_used=True)
            )
            if spent.rowcount == 0:
                connection.execute(delete(tokens).where(tokens.c.family == held.family))
                return None
            return self._grant(connection, held.officer_id, held.family)

        return await self._store.change(write)

    async def revoke(self, family: str) -> None:
        """Ends a sign-in: its token and all that could be refreshed from it."""
        await self._store.change(
            lambda connection: connection.execute(delete(tokens).where(tokens.c.family == family)).rowcount
        )

    def _find_token(self, connection: Connection, token: str, *, is_refresh: bool) -> Held | None:
        row = connection.execute(select(tokens).where(tokens.c.hash == hash_secret(token))).first()
        if row is None or row.is_refresh is not is_refresh or row.expires_at <= self._now():
            return None
        return Held(OfficerId(row.officer_id), row.expires_at, row.family)

    def _grant(self, connection: Connection, officer_id: OfficerId, family: str) -> Tokens:
        now = self._now()
        token, refresh_token = (sealed(secrets.token_urlsafe(32), self.realm) for _ in range(2))
        connection.execute(delete(tokens).where(tokens.c.expires_at <= now))
        rows = (
            (token, False, now + TOKEN_LIFE_S),
            (refresh_token, True, now + REFRESH_LIFE_S),
        )
        connection.execute(
            insert(tokens),
            [
                {
                    "hash": hash_secret(secret),
                    "officer_id": officer_id,
                    "family": family,
                    "is_refresh": is_refresh,
                    "is_used": False,
                    "expires_at": expires_at,
                }
                for secret, is_refresh, expires_at in rows
            ],
        )
        return Tokens(officer_id, token, now + TOKEN_LIFE_S, refresh_token)

    # --- terminals ----------------------------------------------------------------------------------

    async def issue_codes(self, unit_ids: Iterable[UnitId], *, valid_s: float) -> list[tuple[UnitId, str]]:
        """One new single-use enrolment code for each unit. Earlier unused codes of the unit end."""
        codes = [(unit_id, sealed(new_code(), self.realm)) for unit_id in unit_ids]
        expires_at = self._now() + valid_s
        rows = [
            {"hash": hash_secret(normal_code(code)), "unit_id": unit_id, "expires_at": expires_at}
            for unit_id, code in codes
        ]

        def write(connection: Connection) -> None:
            for unit_id, _ in codes:
                connection.execute(delete(enrolment_codes).where(enrolment_codes.c.unit_id == unit_id))
            connection.execute(insert(enrolment_codes), rows)

        if rows:
            await self._store.change(write)
        return codes

    async def enrol(self, code: str, *, device_name: str) -> tuple[UnitId, str] | None:
        """The unit and its new device token for a code, which is used up; a unit's earlier device ends."""
        now = self._now()
        device_token = sealed(secrets.token_urlsafe(32), self.realm)

        def write(connection: Connection) -> UnitId | None:
            mine = enrolment_codes.c.hash == hash_secret(normal_code(code))
            row = connection.execute(select(enrolment_codes).where(mine)).first()
            if row is None:
                return None
            connection.execute(delete(enrolment_codes).where(mine))
            if row.expires_at <= now:
                return None
            connection.execute(delete(devices).where(devices.c.unit_id == row.unit_id))
            device = {"unit_id": row.unit_id, "hash": hash_secret(device_token), "name": device_name}
            connection.execute(insert(devices), [{**device, "enrolled_at": now}])
            return UnitId(row.unit_id)

        unit_id = await self._store.change(write)
        self.known_devices.clear()  # one of them may have ended
        return (unit_id, device_token) if unit_id is not None else None

    async def unit_of_device(self, device_token: str) -> UnitId | None:
        shown = {"shown": hash_secret(device_token)}
        if shown["shown"] in self.known_devices:
            return self.known_devices[shown["shown"]]
        found = await self._store.read(lambda connection: connection.execute(_UNIT_OF_DEVICE, shown).scalar())
        return UnitId(found) if found is not None else None
