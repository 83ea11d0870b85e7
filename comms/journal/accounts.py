"""Who may sign in: officers' passwords and tokens, enrolment codes, device tokens. All are stored hashed."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from comms.domain.ids import OfficerId, UnitId
from comms.domain.realm import Realm, sealed
from comms.journal.codes import new_code as new_code
from comms.journal.codes import normal_code as normal_code
from comms.journal.desk_certificates import DeskCertificates
from comms.journal.disabled_officers import DisabledOfficers
from comms.journal.enrolments import Enrolments
from comms.journal.passwords import SAMPLE_PASSWORD as SAMPLE_PASSWORD
from comms.journal.passwords import Passwords
from comms.journal.sealing import Seal
from comms.journal.second_factors import SecondFactors
from comms.journal.secret import hash_secret as hash_secret
from comms.journal.store import Store as Store
from comms.journal.tables import officer_accounts, sign_in_proofs, sign_ins, tokens

TOKEN_LIFE_S = 3600.0
REFRESH_LIFE_S = 7 * 86_400.0


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
    is_vouched: bool = False
    """The identity service has vouched for a second factor when it began."""
    certificate: str = ""
    """The serial of what its desk showed then: the token is good where that is shown."""


@dataclass(frozen=True, slots=True)
class SignInKept:
    """Where a family of tokens began. `since` is Unix seconds."""

    family: str
    officer_id: OfficerId
    since: float
    address: str
    program: str


class Accounts:
    """`passwords` and `factors` are officers' own, `enrolments` the terminals', `certificates` the desks', `disabled`
    those who are let in no more; tokens of desks are made here."""

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], float],
        hasher: PasswordHasher | None = None,
        realm: Realm = Realm.LIVE,
        key_file: Path | None = None,
    ) -> None:
        """Secrets of a drill say so, which a live gateway looks at before it looks them up. `key_file` is where the key
        lies that seals what has to be read again."""
        self.realm = realm
        self._store = store
        self._now = now
        self.passwords = Passwords(store, now=now, hasher=hasher, realm=realm)
        self.enrolments = Enrolments(store, now=now, realm=realm)
        self.certificates = DeskCertificates(store, now=now)
        self.disabled = DisabledOfficers(store, now=now)
        self.factors = SecondFactors(store, now=now, seal=Seal(key_file))

    def close(self) -> None:
        self.passwords.close()

    # --- passwords ----------------------------------------------------------------------------------

    async def set_password(self, officer_id: OfficerId, password: str) -> None:
        """As it is. Also ends the tokens given out under the old one."""
        await self.passwords.put(officer_id, password)

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
        return await self.passwords.check(officer_id, password)

    async def officers_with_sample_password(self) -> list[OfficerId]:
        return [
            officer_id
            for officer_id in sorted(await self.officer_ids())
            if await self.check_password(officer_id, SAMPLE_PASSWORD)
        ]

    # --- officers' tokens ---------------------------------------------------------------------------

    async def grant_tokens(
        self,
        officer_id: OfficerId,
        *,
        address: str = "",
        program: str = "",
        is_vouched: bool = False,
        certificate: str = "",
    ) -> tuple[Tokens, str]:
        """New tokens after somebody has proved who it is, and the family they belong to. `certificate` is the serial of
        what the desk has shown: they end with it."""
        family = secrets.token_hex(16)
        began = {"family": family, "officer_id": officer_id, "since": self._now()}

        def write(connection: Connection) -> Tokens:
            granted = self._grant(connection, officer_id, family)
            connection.execute(delete(sign_ins).where(sign_ins.c.family.not_in(select(tokens.c.family))))
            connection.execute(insert(sign_ins), [{**began, "address": address, "program": program}])
            known = sign_in_proofs.c.family
            connection.execute(delete(sign_in_proofs).where(known.not_in(select(tokens.c.family))))
            if is_vouched or certificate:
                proof = {"family": family, "is_vouched": is_vouched, "certificate": certificate}
                connection.execute(insert(sign_in_proofs), [proof])
            return granted

        return await self._store.change(write), family

    async def sign_ins(self, officer_id: OfficerId | None = None) -> list[SignInKept]:
        """Those that could still be prolonged, of one officer or of all; the newest last."""
        lives = select(tokens.c.family).where(tokens.c.expires_at > self._now())
        query = select(sign_ins).where(sign_ins.c.family.in_(lives)).order_by(sign_ins.c.since)
        if officer_id is not None:
            query = query.where(sign_ins.c.officer_id == officer_id)
        rows = await self._store.read(lambda connection: connection.execute(query).all())
        return [SignInKept(row.family, OfficerId(row.officer_id), row.since, row.address, row.program) for row in rows]

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
        officer_id = OfficerId(row.officer_id)
        proof = connection.execute(select(sign_in_proofs).where(sign_in_proofs.c.family == row.family)).first()
        if proof is None:
            return Held(officer_id, row.expires_at, row.family)
        return Held(officer_id, row.expires_at, row.family, proof.is_vouched, proof.certificate)

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
        return await self.enrolments.issue(unit_ids, valid_s=valid_s)
