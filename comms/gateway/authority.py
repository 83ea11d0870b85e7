"""The one place where the gateway asks the policy whether a peer may do what it asks.

`dispatch.py` and `connection.py` ask before anything else is looked at; handlers keep the rules of state, and ask here
again where a thing is known only after a look-up."""

from collections.abc import Iterable, Iterator
from typing import Any

from comms.domain.ids import JurisdictionId
from comms.domain.officer import held
from comms.domain.policy import Asker, Fault, Peer, Rule, is_root, may_ask, reaches, thing_fault
from comms.domain.policy_table import LOOKS_AFTER_ACCESS, POLICY
from comms.gateway.authority_nouns import FINDERS
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import Command
from comms.protocol.errors import RefusalCode


def kind_of(command: Command) -> str:
    return str(type(command).__struct_config__.tag)


def stranger_refusal(gateway: Gateway, command: Command) -> Refusal | None:
    """Why who has not signed in may not send such a command, or None."""
    asker = Asker(Peer.STRANGER, is_served=gateway.settings.is_help_open)
    may = may_ask(POLICY.get(kind_of(command)), asker)
    return None if may else Refusal(RefusalCode.NOT_SIGNED_IN)


def kind_refusal(gateway: Gateway, session: Session, command: Command) -> Refusal | None:
    """Why this peer may not send such a command, whatever it names, or None."""
    rule = POLICY.get(kind_of(command))
    return None if may_ask(rule, _asker(gateway, session, rule)) else Refusal(RefusalCode.NOT_ALLOWED)


def thing_refusal(gateway: Gateway, session: Session, command: Command) -> Refusal | None:
    """Why this peer may not do it to one of the things that the command names, or None. What a peer is not told, the
    log is: that it asked for what is another's."""
    rule = POLICY[kind_of(command)]
    if not rule.of:
        return None
    asker = _asker(gateway, session, rule)
    for of in rule.of:
        finder = FINDERS[of.noun]
        for named in _named(command, of.path.split(".")):
            found = finder(gateway, session, named)
            fault = thing_fault(of, asker, found)
            if fault is not None:
                is_hidden = fault is Fault.NOT_FOUND and found is not None
                return Refusal(RefusalCode(fault), noted=RefusalCode.NOT_ALLOWED if is_hidden else None)
    return None


def looks_after_access(gateway: Gateway, session: Session) -> bool:
    """Whether the sign-ins of others are this officer's business, where a command may be about one's own as well."""
    return may_ask(LOOKS_AFTER_ACCESS, _asker(gateway, session, LOOKS_AFTER_ACCESS))


def within(session: Session, nodes: Iterable[JurisdictionId]) -> RefusalCode | None:
    """For handlers that have just found out where something lies."""
    return None if reaches(session.jurisdiction_id, nodes) else RefusalCode.OUT_OF_JURISDICTION


def _asker(gateway: Gateway, session: Session, rule: Rule | None) -> Asker:
    if session.officer_id is None:
        return Asker(Peer.TERMINAL, session.jurisdiction_id)
    officer = gateway.picture.officers.get(session.officer_id)
    if officer is None:
        return Asker(Peer.DESK, session.jurisdiction_id)
    stands_in = rule is not None and rule.until_appointed and not officer.roles
    return Asker(
        Peer.DESK,
        session.jurisdiction_id,
        roles=held(officer.roles),
        stands_in=stands_in and rule is not None and _is_nobody_else(gateway, session, rule),
        is_drill=gateway.drill is not None,
        seat=gateway.drill.seat_kind(session.officer_id) if gateway.drill is not None else None,
    )


def _is_nobody_else(gateway: Gateway, session: Session, rule: Rule) -> bool:
    picture = gateway.picture
    appointed = any(rule.officers & held(officer.roles) for officer in picture.officers.values())
    return not appointed and is_root(session.jurisdiction_id, picture.jurisdictions)


def _named(value: Any, path: list[str]) -> Iterator[Any]:
    """The ids at a path, through lists; none where a field is missing or None."""
    if isinstance(value, tuple):
        for each in value:
            yield from _named(each, path)
    elif value is not None and not path:
        yield value
    elif value is not None:
        yield from _named(getattr(value, path[0], None), path[1:])
