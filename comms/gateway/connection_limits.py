"""How many may be connected: in all, from one address, and without having signed in. Who comes on top is told when to
come again; who comes far on top, or too fast, is hung up on before anything is computed for him."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

from comms.gateway.allowance import Allowance

Peer = tuple[str, int]
"""Address and port: one connection, as long as it is open."""
_FAR = 1.25
"""Beyond this many times a limit nobody is answered any more."""
_RATES_KEPT = 10_000
_SPARE_DESCRIPTORS = 512
"""For the journal, blobs, the operations port and what is hung up on."""


class Crowded(StrEnum):
    """Why somebody may not come in."""

    ALL = "all"
    ADDRESS = "address"
    STRANGERS = "strangers"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class LimitPlan:
    """A whole town may share one address behind NAT, so the limits of one address are wide. Those of one address do not
    hold for this machine itself: a proxy, the fleet and tests all come from there."""

    connections: int = 12_000
    by_address: int = 6_000
    strangers_by_address: int = 3_000
    """Who has not signed in, or not yet; a page of the web terminal is some ten of them for a second."""
    rate_by_address: float = 300.0
    """New connections a second."""
    burst_by_address: float = 6_000.0
    ahead_by_address: float = 2.0
    """A second, of those who say that they come ahead of the crowd; who says so too often waits with it."""
    ahead_burst_by_address: float = 30.0
    ahead: float = 50.0
    """The same of everybody together, also of those behind a proxy on this machine."""
    ahead_burst: float = 200.0
    retry_after_s: int = 5


@dataclass(slots=True)
class _Held:
    address: str
    is_stranger: bool
    crowded: Crowded | None


class _Rates:
    """An allowance for each address."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._of: dict[str, Allowance] = {}

    def take(self, address: str, now: float) -> bool:
        if address not in self._of:
            if len(self._of) >= _RATES_KEPT:
                self._of.clear()  # addresses are the peers' choice; nobody is worse off for being forgotten
            self._of[address] = Allowance(rate=self._rate, burst=self._burst, now=now)
        return self._of[address].take(now) is None


class ConnectionLimits:
    """`network_time` gives monotonic seconds."""

    def __init__(self, plan: LimitPlan, *, network_time: Callable[[], float]) -> None:
        self.plan = plan
        self.refused: Counter[Crowded] = Counter()
        """Since the start."""
        self.strange_origins = 0
        self.too_many_tries = 0
        """Connections that ended because they only kept trying to sign in."""
        self._time = network_time
        self._held: dict[Peer, _Held] = {}
        self._by_address: Counter[str] = Counter()
        self._strangers: Counter[str] = Counter()
        self._rates = _Rates(plan.rate_by_address, plan.burst_by_address)
        self._ahead_rates = _Rates(plan.ahead_by_address, plan.ahead_burst_by_address)
        self._ahead = Allowance(rate=plan.ahead, burst=plan.ahead_burst, now=network_time())

    def __len__(self) -> int:
        return len(self._held)

    @property
    def strangers(self) -> int:
        return self._strangers.total()

    def come(self, peer: Peer, *, is_polite: bool = True) -> bool:
        """A connection was taken from the network. False: hang up on it; it counts no further. Where the port cannot
        say why (`is_polite` False), nobody over a limit is let in."""
        address = group_of(peer[0])
        crowded, is_far = self._crowded(address)
        if crowded is not None:
            self.refused[crowded] += 1
            if is_far or not is_polite:
                return False
        self._held[peer] = _Held(address, True, crowded)
        self._by_address[address] += 1
        self._strangers[address] += 1
        return True

    def gone(self, peer: Peer) -> None:
        held = self._held.pop(peer, None)
        if held is not None:
            _less(self._by_address, held.address)
            if held.is_stranger:
                _less(self._strangers, held.address)

    def introduced(self, peer: Peer) -> None:
        """Signed in: a stranger no more."""
        held = self._held.get(peer)
        if held is not None and held.is_stranger:
            held.is_stranger = False
            _less(self._strangers, held.address)

    def refusal(self, peer: Peer) -> Crowded | None:
        """Why this connection gets nothing but a word, or None."""
        held = self._held.get(peer)
        return held.crowded if held is not None else None

    def may_go_ahead(self, address: str) -> bool:
        """Somebody says that he comes ahead of the crowd: an emergency, or a desk."""
        now, group = self._time(), group_of(address)
        if not is_this_machine(group) and not self._ahead_rates.take(group, now):
            return False
        return self._ahead.take(now) is None

    def _crowded(self, address: str) -> tuple[Crowded | None, bool]:
        plan = self.plan
        if len(self._held) >= plan.connections:
            return Crowded.ALL, len(self._held) >= plan.connections * _FAR
        if is_this_machine(address):
            return None, False
        if not self._rates.take(address, self._time()):
            return Crowded.RATE, True
        for crowded, count, limit in (
            (Crowded.ADDRESS, self._by_address[address], plan.by_address),
            (Crowded.STRANGERS, self._strangers[address], plan.strangers_by_address),
        ):
            if count >= limit:
                return crowded, count >= limit * _FAR
        return None, False


def within_descriptors(plan: LimitPlan, descriptors: int) -> LimitPlan:
    """No more connections than files this process may have open, with some to spare: a socket that cannot be taken is
    worse than one that is refused."""
    return replace(plan, connections=max(1, min(plan.connections, descriptors - _SPARE_DESCRIPTORS)))


def group_of(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, all of which one customer has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return "::1" if found.is_loopback else f"{IPv6Address(int(found) >> 64 << 64)}/64"


def is_this_machine(address: str) -> bool:
    try:
        return ip_address(address.partition("/")[0]).is_loopback
    except ValueError:
        return False


def _less(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]
