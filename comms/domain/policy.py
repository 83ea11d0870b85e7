"""Authority: who may ask what of the gateway, and of which things. Pure; the rules are data, in `policy_table`.

A rule is the answer to role × action × jurisdiction × resource: the action is the kind of the command, the roles are
those of officers (a terminal and a stranger have none), and each thing that the command names has to lie within the
reach that the rule gives. The gateway asks here in one place, `comms.gateway.authority`, before it does anything.
What is not in the table nobody may do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import contains
from comms.domain.officer import ADMINISTRATION, CASE_ROLES, OfficerRole
from comms.domain.scenario import RoleKind

R = OfficerRole
NOBODY: frozenset[OfficerRole] = frozenset()
DUTY = CASE_ROLES
"""Who sits at a desk on duty, whatever his part in cases."""
EVERYBODY = CASE_ROLES | ADMINISTRATION
READS_LOG = DUTY | {R.AUDIT}
LEADERS = frozenset({R.DISPATCHER, R.SUPERVISOR})
"""Who sends people out, and who oversees."""
MERGERS = frozenset({R.ACCEPTOR, R.DISPATCHER})
"""Which of them, the stage of the case says (`merge_rules`)."""

_NOWHERE = JurisdictionId("")
ANY_SEAT = frozenset(RoleKind)
DIRECTS = frozenset({RoleKind.TRAINER})
OBSERVES = DIRECTS | {RoleKind.OBSERVER}


class Peer(StrEnum):
    """What is at the other end of a connection."""

    DESK = "desk"
    TERMINAL = "terminal"
    STRANGER = "stranger"
    """Who has not signed in yet."""


class Reach(StrEnum):
    """How a thing has to lie to who asks. What belongs to no jurisdiction is everybody's."""

    BELOW = "below"
    """In his own jurisdiction or below; all of it, where it lies in several."""
    TOUCHING = "touching"
    """Some of it in his own or below, where it lies in several; which part he acts on, the handler asks `reaches`."""
    LINE = "line"
    """In his own, below, or on the way up from it: who asks a level above."""
    OWN = "own"
    """His very own: his order, his call, his video, his swap."""
    ANYWHERE = "anywhere"
    """Only there; whatever more there is to it is a rule of its state."""
    NOWHERE = "nowhere"
    """This kind of peer names none."""


class Noun(StrEnum):
    """What an id in a command is the id of. How the gateway finds each: `comms.gateway.authority_nouns`."""

    UNIT = "unit"
    MEMBERS = "members"
    """The units in a talkgroup, by its id."""
    TRACK = "track"
    """Where a unit went, also one that is no longer known, which is the root's."""
    GRID = "grid"
    """A node of the tree of jurisdictions: a grid, or any above it."""
    OFFICER = "officer"
    TALKGROUP = "talkgroup"
    AD_HOC = "ad_hoc"
    """A talkgroup formed for one call."""
    CALL = "call"
    VIDEO = "video"
    ORDER = "order"
    """Lies where the units lie that it was given to."""
    AT_WORK = "at_work"
    """The units that are still at work on an order, by its id."""
    INCIDENT = "incident"
    """And its case."""
    QUARANTINED = "quarantined"
    """A work order that could not be taken; lies where its source does."""
    ITEM = "item"
    POST = "post"
    SHIFT = "shift"
    SWAP = "swap"
    HANDOVER = "handover"
    QUESTION = "question"
    PATROL_PLAN = "patrol_plan"
    PATROL_PLACE = "patrol_place"
    VISIT = "visit"
    MARK = "mark"
    FENCE = "fence"
    WEATHER = "weather"
    PLAN_RUN = "plan_run"
    ALARM = "alarm"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class Of:
    """A thing that a command names. `path` is its field, or a field of a field, through lists as well; a command
    without that field, or with None there, names none."""

    noun: Noun
    path: str
    desk: Reach = Reach.BELOW
    terminal: Reach = Reach.OWN
    may_miss: bool = False
    """What is not there is for the handler to say: it is new, or gone, which is as good as done."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may ask. An officer needs one of `officers`; with none of them no desk may."""

    officers: frozenset[OfficerRole] = NOBODY
    is_for_terminals: bool = False
    is_for_strangers: bool = False
    of: tuple[Of, ...] = ()
    seats: frozenset[RoleKind] | None = None
    """At a drill's gateway also a seat of these kinds; with all of them even who has no seat may."""
    if_site_allows: bool = False
    """Only where the site's settings say so: the limited service before signing in (3GPP TS 33.180, Annex B)."""
    until_appointed: bool = False
    """A desk of the root whose officer has no roles written down stands in, as long as the site has named nobody for
    `officers`: a small town begins with one account."""

    @property
    def peers(self) -> frozenset[Peer]:
        return frozenset(peer for peer in Peer if self.is_for(peer))

    def is_for(self, peer: Peer) -> bool:
        """Asked for every command, thousands of times a second."""
        if peer is Peer.DESK:
            return bool(self.officers)
        return self.is_for_terminals if peer is Peer.TERMINAL else self.is_for_strangers


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as it matters. `seat` is his in the drill that the gateway runs; `is_drill` that it runs one."""

    peer: Peer
    jurisdiction_id: JurisdictionId = _NOWHERE
    roles: frozenset[OfficerRole] = NOBODY
    stands_in: bool = False
    is_served: bool = False
    """The site allows the limited service."""
    is_drill: bool = False
    seat: RoleKind | None = None

    @property
    def is_administrator(self) -> bool:
        return bool(self.roles) and self.roles <= ADMINISTRATION


@dataclass(frozen=True, slots=True)
class Found:
    """Where a thing lies: in no jurisdiction, in one, or in several."""

    nodes: tuple[JurisdictionId, ...] = ()
    is_own: bool = False


class Fault(StrEnum):
    """Named as the refusals are."""

    NOT_ALLOWED = "not_allowed"
    OUT_OF_JURISDICTION = "out_of_jurisdiction"
    NOT_FOUND = "not_found"


def may_ask(rule: Rule | None, asker: Asker) -> bool:
    """Whether this peer may send such a command at all, whatever it names."""
    if rule is None or not rule.is_for(asker.peer):
        return False
    if rule.if_site_allows and not asker.is_served:
        return False
    if asker.peer is not Peer.DESK:
        return True
    has_role = bool(rule.officers & asker.roles) or (rule.until_appointed and asker.stands_in)
    return has_role and _has_seat(rule, asker)


def _has_seat(rule: Rule, asker: Asker) -> bool:
    if rule.seats is None or rule.seats == ANY_SEAT or not asker.is_drill:
        return True
    return asker.seat in rule.seats


def thing_fault(of: Of, asker: Asker, found: Found | None) -> Fault | None:
    """Why this may not be asked of this thing, or None. `found` is None when there is none with that id.

    A terminal is told of what is not its own as of what is not there, so that trying ids tells it nothing. A desk's
    picture shows all of the site, so its officer is told that a thing is not his, and what to do."""
    reach = of.terminal if asker.peer is Peer.TERMINAL else of.desk
    if reach is Reach.NOWHERE:
        return Fault.NOT_ALLOWED
    if found is None:
        return None if of.may_miss else Fault.NOT_FOUND
    if lies_within(reach, asker.jurisdiction_id, found):
        return None
    if asker.peer is Peer.TERMINAL:
        return Fault.NOT_FOUND
    return Fault.NOT_ALLOWED if reach is Reach.OWN else Fault.OUT_OF_JURISDICTION


def lies_within(reach: Reach, own: JurisdictionId, found: Found) -> bool:
    match reach:
        case Reach.OWN:
            return found.is_own
        case Reach.TOUCHING:
            return not found.nodes or any(contains(own, node) for node in found.nodes)
        case Reach.LINE:
            return all(contains(own, node) or contains(node, own) for node in found.nodes)
        case Reach.BELOW:
            return reaches(own, found.nodes)
        case Reach.ANYWHERE | Reach.NOWHERE:
            return reach is Reach.ANYWHERE
        case _:
            assert_never(reach)


def reaches(own: JurisdictionId, nodes: Iterable[JurisdictionId]) -> bool:
    """Whether all of this lies in one's own jurisdiction or below it."""
    return all(contains(own, node) for node in nodes)


def is_root(own: JurisdictionId, nodes: Iterable[JurisdictionId]) -> bool:
    """Whether nothing lies above: `nodes` are the tree's."""
    return not any(node != own and contains(node, own) for node in nodes)
