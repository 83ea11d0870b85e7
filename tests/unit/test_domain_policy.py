"""Authority, in the pure: roles and the split of three, reaches, and rules that say who may ask of what."""

import pytest

from comms.domain.ids import JurisdictionId, UnitId, address_party, party_address, unit_party
from comms.domain.officer import ADMINISTRATION, CASE_ROLES, OfficerRole, RoleFault, commands, held, roles_fault
from comms.domain.policy import (
    ANY_SEAT,
    DIRECTS,
    DUTY,
    EVERYBODY,
    OBSERVES,
    Asker,
    Fault,
    Found,
    Noun,
    Of,
    Peer,
    Reach,
    Rule,
    is_root,
    lies_within,
    may_ask,
    reaches,
    thing_fault,
)
from comms.domain.policy_table import POLICY
from comms.domain.scenario import RoleKind

R = OfficerRole
CITY, NORTH, SOUTH = JurisdictionId("9"), JurisdictionId("9/n"), JurisdictionId("9/s")
GRID, ALIKE = JurisdictionId("9/n/g"), JurisdictionId("9/north")
STRANGER, TERMINAL = Asker(Peer.STRANGER), Asker(Peer.TERMINAL, NORTH)


def desk(*roles: OfficerRole, **more: object) -> Asker:
    return Asker(Peer.DESK, NORTH, roles=held(roles), **more)  # type: ignore[arg-type]  # fields by name


# --- roles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "fault"),
    [
        ((), None),
        (tuple(CASE_ROLES), None),
        ((R.SYSTEM,), None),
        ((R.AUDIT, R.AUDIT), None),
        ((R.SYSTEM, R.SECURITY), RoleFault.TWO_OF_THREE),
        ((R.SECURITY, R.AUDIT), RoleFault.TWO_OF_THREE),
        (tuple(ADMINISTRATION), RoleFault.TWO_OF_THREE),
        ((R.SYSTEM, R.DISPATCHER), RoleFault.COMMANDS_TOO),
        ((R.AUDIT, R.CHECKER), RoleFault.COMMANDS_TOO),
    ],
)
def test_the_three_are_three_and_command_nobody(roles: tuple[OfficerRole, ...], fault: RoleFault | None) -> None:
    assert roles_fault(roles) is fault


def test_who_has_no_role_written_down_has_those_of_cases_and_no_other() -> None:
    assert held(()) == CASE_ROLES
    assert held((R.CHECKER,)) == {R.CHECKER}
    assert held((R.AUDIT,)) == {R.AUDIT}
    assert commands(())
    assert commands((R.CHECKER,))
    assert not commands((R.SECURITY,))
    assert held((R.SYSTEM, R.DISPATCHER)) == frozenset(), "a record that breaks the split opens nothing"


def test_who_only_administers_is_known_by_it() -> None:
    assert desk(R.AUDIT).is_administrator
    assert not desk().is_administrator
    assert not desk(R.SYSTEM, R.CHECKER).is_administrator, "nothing at all"
    assert not TERMINAL.is_administrator


def test_who_has_not_signed_in_goes_by_his_address() -> None:
    assert party_address(address_party("10.0.0.7")) == "10.0.0.7"
    assert party_address(unit_party(UnitId("u1"))) is None


# --- who may ask -----------------------------------------------------------------------------------------------


def test_what_is_not_in_the_table_nobody_may() -> None:
    for asker in (desk(), desk(R.SYSTEM), TERMINAL, STRANGER):
        assert not may_ask(None, asker)
        assert not may_ask(Rule(), asker)


def test_an_officer_needs_one_of_the_roles() -> None:
    rule = Rule(frozenset({R.ACCEPTOR, R.AUDIT}))
    assert may_ask(rule, desk())
    assert may_ask(rule, desk(R.ACCEPTOR, R.CHECKER))
    assert may_ask(rule, desk(R.AUDIT))
    assert not may_ask(rule, desk(R.CHECKER))
    assert not may_ask(rule, desk(R.SYSTEM))
    assert not may_ask(rule, TERMINAL)
    assert may_ask(Rule(is_for_terminals=True), TERMINAL)
    assert may_ask(Rule(is_for_strangers=True), STRANGER)
    assert Rule(DUTY, is_for_strangers=True).peers == {Peer.DESK, Peer.STRANGER}


def test_who_stands_in_does_until_somebody_is_appointed() -> None:
    assert not may_ask(POLICY["enrolment.issue"], desk())
    assert may_ask(POLICY["enrolment.issue"], desk(stands_in=True))
    assert may_ask(POLICY["enrolment.issue"], desk(R.SYSTEM))
    assert not may_ask(POLICY["log.read"], desk(R.SYSTEM, stands_in=True)), "only where the rule says so"


@pytest.mark.parametrize(
    ("seats", "seat", "may"),
    [
        (None, None, True),
        (ANY_SEAT, None, True),
        (OBSERVES, None, False),
        (OBSERVES, RoleKind.TRAINEE, False),
        (OBSERVES, RoleKind.OBSERVER, True),
        (DIRECTS, RoleKind.OBSERVER, False),
        (DIRECTS, RoleKind.TRAINER, True),
    ],
)
def test_in_a_drill_the_seat_counts_too(seats: frozenset[RoleKind] | None, seat: RoleKind | None, may: bool) -> None:
    rule = Rule(DUTY, seats=seats)
    assert may_ask(rule, desk(is_drill=True, seat=seat)) is may
    assert may_ask(rule, desk()), "at a gateway without a drill the drill's own door says that there is none"
    assert not may_ask(rule, desk(R.SYSTEM, is_drill=True, seat=RoleKind.TRAINER))


# --- of what -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "within", "without"),
    [
        (Reach.BELOW, [(NORTH,), (GRID,), (NORTH, GRID), ()], [(CITY,), (SOUTH,), (ALIKE,), (GRID, SOUTH)]),
        (Reach.TOUCHING, [(NORTH,), (GRID, SOUTH), ()], [(CITY,), (SOUTH,), (ALIKE, CITY)]),
        (Reach.LINE, [(CITY,), (NORTH,), (GRID,), ()], [(SOUTH,), (ALIKE,), (CITY, SOUTH)]),
        (Reach.ANYWHERE, [(CITY,), (SOUTH,), ()], []),
        (Reach.NOWHERE, [], [(NORTH,), ()]),
    ],
)
def test_a_reach(
    reach: Reach, within: list[tuple[JurisdictionId, ...]], without: list[tuple[JurisdictionId, ...]]
) -> None:
    assert all(lies_within(reach, NORTH, Found(nodes)) for nodes in within)
    assert not any(lies_within(reach, NORTH, Found(nodes)) for nodes in without)


def test_what_is_ones_own_is_no_matter_of_ground() -> None:
    assert lies_within(Reach.OWN, NORTH, Found((SOUTH,), is_own=True))
    assert not lies_within(Reach.OWN, NORTH, Found((NORTH,)))
    assert reaches(NORTH, [])


def test_a_desk_is_told_that_it_is_not_his_and_a_terminal_that_it_is_not_there() -> None:
    order = Of(Noun.ORDER, "order_id", Reach.TOUCHING)
    assert thing_fault(order, desk(), Found((GRID, SOUTH))) is None
    assert thing_fault(order, desk(), Found((SOUTH,))) is Fault.OUT_OF_JURISDICTION
    assert thing_fault(order, desk(), None) is Fault.NOT_FOUND
    assert thing_fault(order, TERMINAL, Found((NORTH,), is_own=True)) is None
    assert thing_fault(order, TERMINAL, Found((NORTH,))) is Fault.NOT_FOUND, "as if there were none"
    assert thing_fault(order, TERMINAL, None) is Fault.NOT_FOUND
    swap = Of(Noun.SWAP, "swap_id", Reach.OWN)
    assert thing_fault(swap, desk(), Found()) is Fault.NOT_ALLOWED
    callee = Of(Noun.UNIT, "unit_id", terminal=Reach.NOWHERE)
    for found in (None, Found((NORTH,), is_own=True), Found((SOUTH,))):
        assert thing_fault(callee, TERMINAL, found) is Fault.NOT_ALLOWED
    assert thing_fault(Of(Noun.AD_HOC, "talkgroup_id", may_miss=True), desk(), None) is None


def test_the_root_has_nothing_above_it() -> None:
    assert is_root(CITY, [CITY, NORTH, GRID])
    assert not is_root(NORTH, [CITY, NORTH, GRID])


# --- the table ---------------------------------------------------------------------------------------------------


def test_who_administers_commands_nobody() -> None:
    """Commands that an administrative role opens are few, and named here one by one."""
    opened = {kind: rule.officers & ADMINISTRATION for kind, rule in POLICY.items() if rule.officers & ADMINISTRATION}
    everybody = {
        kind for kind, roles in opened.items() if roles == ADMINISTRATION and POLICY[kind].officers == EVERYBODY
    }
    assert everybody == {
        "token.refresh", "session.sign_out", "ping", "picture.subscribe", "desk.view", "calendar.read", "blob.get",
        "media.offer", "desk.exported", "health.read", "sign_in.list", "sign_in.end",
        "account.read", "account.password", "account.unlock", "account.unlock_by_issuer", "issuer.begin",
        "second_factor.begin", "second_factor.confirm", "second_factor.end",
    }  # fmt: skip
    assert {kind: roles for kind, roles in opened.items() if kind not in everybody} == {
        "enrolment.issue": {R.SYSTEM},
        "enrolment.revoke": {R.SYSTEM, R.SECURITY},
        "device.list": {R.SYSTEM, R.SECURITY},
        "device.revoke": {R.SECURITY},
        "log.read": {R.AUDIT},
        "log.span": {R.AUDIT},
        "handover.read": {R.AUDIT},
    }


def test_a_stranger_may_only_sign_in_and_call_for_help_if_allowed() -> None:
    assert {kind for kind, rule in POLICY.items() if rule.is_for_strangers} == {
        "desk.sign_in", "desk.sign_in_by_issuer", "issuer.begin", "desk.resume", "token.refresh", "terminal.enrol",
        "terminal.sign_in", "help.call",
    }  # fmt: skip
    served = Asker(Peer.STRANGER, is_served=True)
    assert not may_ask(POLICY["help.call"], STRANGER), "off unless the site allows it"
    assert may_ask(POLICY["help.call"], served)
    assert not may_ask(POLICY["incident.report"], served)
    assert not may_ask(POLICY["help.call"], TERMINAL), "who has signed in has his own ways"
