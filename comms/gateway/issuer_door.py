"""At the door with the site's identity service: who begins, who comes back with what, and who that is here.

A try lives in memory for a few minutes, is bound to what only its desk knows (the PKCE verifier), and is good once."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections import Counter
from dataclasses import dataclass

from comms.adapters.issuer import Errand, Issuer, IssuerFault, IssuerPlan
from comms.domain.ids import OfficerId
from comms.gateway.connection_limits import group_of
from comms.gateway.context import Refusal
from comms.gateway.footing import Footing
from comms.gateway.proof import Proof, Proved
from comms.journal.journal import Journal
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.issuer_commands import LANDING, IssuerBegin, IssuerOffer, IssuerSignIn, IssuerUnlock

LASTS_S = 300.0
"""Time for the issuer's page, an authenticator and a forgotten phone."""
_MOST, _MOST_BY_ADDRESS = 1000, 50
"""Tries under way: a command centre's desks may share one address behind NAT."""
_REFUSALS = {
    IssuerFault.UNREACHABLE: RefusalCode.ISSUER_UNREACHABLE,
    IssuerFault.REFUSED: RefusalCode.ISSUER_REFUSED,
    IssuerFault.UNPROVEN: RefusalCode.ISSUER_UNPROVEN,
}


@dataclass(slots=True)
class _Try:
    errand: Errand
    address: str
    over_at: float
    """Monotonic seconds of the network."""
    asker: OfficerId | None
    """Who has signed in and locked the desk; None: nobody yet."""
    is_spent: bool = False
    """What the browser brought was shown to the issuer."""
    found: tuple[OfficerId, bool] | None = None
    """Who it is, and whether the issuer vouches for a second factor."""


class IssuerDoor:
    """`plan` None: the site has none."""

    def __init__(self, plan: IssuerPlan | None, proof: Proof, journal: Journal, footing: Footing) -> None:
        self._issuer = Issuer(plan, now=footing.real_now) if plan is not None else None
        self._proof, self._journal = proof, journal
        self._time, self._real_now = footing.network_time, footing.real_now
        self._tries: dict[str, _Try] = {}

    @property
    def is_open(self) -> bool:
        return self._issuer is not None

    async def close(self) -> None:
        if self._issuer is not None:
            await self._issuer.close()

    async def begin(
        self, command: IssuerBegin, address: str, *, asker: OfficerId | None = None
    ) -> IssuerOffer | Refusal:
        if self._issuer is None:
            return Refusal(RefusalCode.ISSUER_OFF)
        wait_s = self._proof.addresses.wait_s(address, now=self._time()) or self._crowd_s(address)
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        errand = Errand(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            challenge=command.challenge,
            redirect=f"http://127.0.0.1:{command.port}{LANDING}",
            begun_at=self._real_now(),
            is_fresh=asker is not None or not self._issuer.plan.is_single,
            language="en" if command.locale is Locale.EN else "zh-CN",
        )
        # Counted before the issuer is asked, or many at once would all be the first.
        self._tries[errand.state] = _Try(errand, address, self._time() + LASTS_S, asker)
        url = await self._issuer.page(errand)
        if isinstance(url, IssuerFault):
            self._tries.pop(errand.state, None)
            return Refusal(_REFUSALS[url])
        return IssuerOffer(id=command.id, url=url, state=errand.state, lasts_s=LASTS_S)

    async def of_desk(self, command: IssuerSignIn, address: str) -> Proved | Refusal:
        found = await self._found(command, address, asker=None)
        if isinstance(found, Refusal):
            return found
        officer_id, is_vouched = found
        proved = await self._proof.of_vouched(officer_id, command.second_factor, address, is_vouched=is_vouched)
        if isinstance(proved, Proved):
            self._tries.pop(command.state, None)
        return proved

    async def unlock(self, command: IssuerUnlock, address: str, asker: OfficerId) -> Refusal | None:
        found = await self._found(command, address, asker=asker)
        self._tries.pop(command.state, None)
        if isinstance(found, Refusal):
            return found
        return None if found[0] == asker else Refusal(RefusalCode.ISSUER_OTHER_OFFICER)

    async def _found(
        self, command: IssuerSignIn | IssuerUnlock, address: str, *, asker: OfficerId | None
    ) -> tuple[OfficerId, bool] | Refusal:
        """Who it is; asked of the issuer once for each try."""
        if self._issuer is None:
            return Refusal(RefusalCode.ISSUER_OFF)
        wait_s = self._proof.addresses.wait_s(address, now=self._time())
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        self._forget()
        known = self._tries.get(command.state)
        is_its_desk = known is not None and secrets.compare_digest(_digest(command.verifier), known.errand.challenge)
        if known is None or not is_its_desk or known.asker != asker:
            return self._wrong(address, RefusalCode.ISSUER_LATE)
        if known.found is None:
            if known.is_spent:
                return self._wrong(address, RefusalCode.ISSUER_LATE)
            known.is_spent = True
            answer = await self._issuer.redeem(known.errand, code=command.code, verifier=command.verifier)
            if answer is IssuerFault.UNREACHABLE:
                return Refusal(RefusalCode.ISSUER_UNREACHABLE)  # nobody's wrong try
            if isinstance(answer, IssuerFault):
                return self._wrong(address, _REFUSALS[answer])
            officer_id = OfficerId(answer.name)
            if officer_id not in self._journal.picture.officers:
                return self._wrong(address, RefusalCode.ISSUER_STRANGER)
            known.found = officer_id, answer.has_second_factor
        return known.found

    def _wrong(self, address: str, code: RefusalCode) -> Refusal:
        self._proof.addresses.failed(address, now=self._time())
        return Refusal(code)

    def _crowd_s(self, address: str) -> float | None:
        """How long to wait where too many have begun; nobody's try is dropped for another's."""
        self._forget()
        group = group_of(address)
        count = Counter(group_of(each.address) for each in self._tries.values())[group]
        if len(self._tries) < _MOST and count < _MOST_BY_ADDRESS:
            return None
        return min(each.over_at for each in self._tries.values()) - self._time()

    def _forget(self) -> None:
        now = self._time()
        for state in [state for state, each in self._tries.items() if each.over_at <= now]:
            del self._tries[state]


def _digest(verifier: str) -> str:
    """S256 of RFC 7636."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
