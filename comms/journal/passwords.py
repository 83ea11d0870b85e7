"""Officers' passwords: hashed with argon2id, the last ones remembered, with the day each was set."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from comms.domain.ids import OfficerId
from comms.domain.password import RULES, PasswordAge, PasswordFault, PasswordRules, age_of, faults_of
from comms.domain.realm import Realm
from comms.journal.store import Store
from comms.journal.tables import officer_accounts, password_history, tokens

SAMPLE_PASSWORD = "wangge2026"
"""The sample town's password, in the documentation: a gateway that others can reach refuses to start with it. It comes
with a town, which sets passwords as they are; no officer could choose it."""


class Passwords:
    """Hashing is on a thread of its own, one at a time: 50 ms and 64 MB each."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], float],
        hasher: PasswordHasher | None = None,
        realm: Realm = Realm.LIVE,
        rules: PasswordRules = RULES,
    ) -> None:
        self.rules = rules
        self._store = store
        self._now = now
        self._realm = realm
        self._hasher = hasher or PasswordHasher()
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="passwords")

    def close(self) -> None:
        self._hashing.shutdown()

    @cached_property
    def _decoy(self) -> str:
        """Checked where there is nobody of that name. Made on the hashing thread at the first check, whoever it is of:
        no start waits for it, and how long a check takes tells nothing."""
        return self._hasher.hash(secrets.token_urlsafe(16))

    async def put(self, officer_id: OfficerId, password: str) -> None:
        """As it is, whatever the rules say: for towns that are loaded. Ends the tokens given out under the old one."""
        hashed = await self._hash(password)
        now, kept = self._now(), self.rules.remembered

        def write(connection: Connection) -> None:
            connection.execute(delete(officer_accounts).where(officer_accounts.c.officer_id == officer_id))
            row = {"officer_id": officer_id, "password_hash": hashed, "changed_at": now}
            connection.execute(insert(officer_accounts), [row])
            connection.execute(insert(password_history), [{"officer_id": officer_id, "password_hash": hashed}])
            mine = select(password_history.c.no).where(password_history.c.officer_id == officer_id)
            newest = mine.order_by(password_history.c.no.desc()).limit(kept)
            old = password_history.c.officer_id == officer_id, password_history.c.no.not_in(newest)
            connection.execute(delete(password_history).where(*old))
            connection.execute(delete(tokens).where(tokens.c.officer_id == officer_id))

        await self._store.change(write)

    async def faults(self, officer_id: OfficerId, password: str, names: Iterable[str]) -> tuple[PasswordFault, ...]:
        """What speaks against this one as the officer's next; `names` are what he is called."""
        found = faults_of(password, (officer_id, *names), self.rules)
        if found:
            return found  # hashing is dear, and there is enough to say
        query = select(password_history.c.password_hash).where(password_history.c.officer_id == officer_id)
        current = select(officer_accounts.c.password_hash).where(officer_accounts.c.officer_id == officer_id)
        past = await self._store.read(
            lambda connection: {
                *connection.execute(query).scalars().all(),
                *connection.execute(current).scalars().all(),
            }
        )
        for hashed in past:
            if await self._verify(hashed, password):
                return (PasswordFault.USED_BEFORE,)
        return ()

    async def check(self, officer_id: OfficerId, password: str) -> bool:
        """Takes as long for an unknown officer as for a wrong password."""
        query = select(officer_accounts.c.password_hash).where(officer_accounts.c.officer_id == officer_id)
        hashed = await self._store.read(lambda connection: connection.execute(query).scalar())
        is_right = await self._verify(hashed, password)
        return is_right and hashed is not None

    async def expires_at(self, officer_id: OfficerId, password: str | None = None) -> float | None:
        """When the present one, given where it is known, has to be changed; Unix seconds. None: never. A drill's people
        are made for the drill, and the sample password opens nothing that others can reach."""
        if self._realm is Realm.DRILL:
            return None
        if password == SAMPLE_PASSWORD or (password is None and await self.check(officer_id, SAMPLE_PASSWORD)):
            return None
        query = select(officer_accounts.c.changed_at).where(officer_accounts.c.officer_id == officer_id)
        changed_at = await self._store.read(lambda connection: connection.execute(query).scalar())
        return float(changed_at) + self.rules.max_age_s if changed_at is not None else None

    def age(self, expires_at: float | None) -> PasswordAge:
        if expires_at is None:
            return PasswordAge.FRESH
        return age_of(expires_at - self.rules.max_age_s, now=self._now(), rules=self.rules)

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
