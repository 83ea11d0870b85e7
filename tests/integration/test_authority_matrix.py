"""Authority, tried: every command as every role, from every jurisdiction, with the right ids and with forged ones.

All of it is made from the table of handlers, the command types and the policy, so a new command without a row in the
policy, without a finder for what it names, or with an id that no rule looks at, fails here. The gateway is real, and so
are the sessions, which signed in over sockets; each command goes through the real dispatch, and what lies behind it
is watched: whether the handler was reached, and whether anything was recorded."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from comms.domain.events import CommandRefused, NoteAdded, Recorded
from comms.domain.ids import GATEWAY, PartyId, officer_party, unit_party
from comms.domain.officer import held
from comms.domain.policy import Asker, Fault, Found, Noun, Of, Peer, Rule, may_ask, thing_fault
from comms.domain.policy_table import POLICY
from comms.gateway import dispatch
from comms.gateway.authority_matrix import matrix
from comms.gateway.authority_nouns import FINDERS
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.gateway.handlers import HANDLERS
from comms.gateway.settings import Settings
from comms.protocol import asyncapi
from comms.protocol.commands import Command
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done, Push, Refused
from tests.support.authority import (
    FORGED,
    ROLES,
    TERMINALS,
    WHERE,
    Thing,
    named_ids,
    officer_id,
    right_ids,
    sample,
    things,
    town,
)
from tests.support.gateway import Site, running_gateway
from tests.support.terminal import Peer as Connection
from tests.support.terminal import desk, peer, terminal

TRIES = 25
"""On one connection that has not signed in: the gateway hears 30."""
KINDS = {asyncapi.kind_of(each): each for each in asyncapi.command_types()}
HANDLED = {asyncapi.kind_of(each): each for each in HANDLERS}
AT_THE_DOOR = {
    "desk.sign_in",
    "desk.sign_in_by_issuer",
    "desk.resume",
    "terminal.enrol",
    "terminal.sign_in",
    "help.call",
}
"""Answered by signing in; for who has signed in they are a wrong step, whoever he is."""
NOT_AUTHORITY = {
    "BlobId": "to be named it has to be known: it is the digest of the content",
    "ItemId": "the item list is one for the site; whether it may be asked for there is a rule of its own (not_on_list)",
    "DepartmentId": "departments are the site's; whose a case may be, `case_steps` says",
    "PlanId": "plans are the site's",
    "QuestionId": "which questions a plan may ask, `patrol_rules` says",
}
"""Types of ids that no rule looks at in fields beside those it does, and why."""
NOT_LOOKED_AT = {
    ("desk.view", "*"): "only what an officer has on the screen, as he says",
    ("floor.release", "talkgroup_id"): "a key that comes up always ends the talking",
    ("floor.ack", "talkgroup_id"): "confirms one's own floor, or nothing",
    ("fence.draw", "fence.id"): "its id is the command's",
    ("fence.draw", "fence.subject.*"): "whom it watches; the owner's jurisdiction counts, and he is told of no other's",
    ("fence.change", "fence.subject.*"): "as above",
    ("swap.ask", "to"): "whether he can be on duty there, `duty_rules` says",
    ("swap.ask", "other_shift_id"): "whose it is, `duty_rules` says",
    ("roster.set", "shifts.*"): "who can be on duty there, `duty_rules` says",
    ("drill.*", "*"): "things of the scenario; the seat counts",
    ("patrol.codes", "place_ids"): "those elsewhere are left out",
    ("patrol.plan_set", "plan.selection.place_ids"): "those elsewhere are left out",
    ("patrol.excuse", "plan_id"): "of the place's own visits",
    ("patrol.due", "plan_id"): "a filter within the jurisdiction",
    ("patrol.due", "unit_id"): "a filter within the jurisdiction",
    ("patrol.tallies", "plan_id"): "a filter within the jurisdiction",
    ("plan.start", "choices"): "whom the officer saw named: others than his own are left out",
    ("plan.raise", "choices"): "as above",
}


def test_every_command_has_a_rule_and_every_rule_a_command() -> None:
    assert set(POLICY) == set(KINDS)
    assert set(HANDLED) == set(KINDS) - AT_THE_DOOR


def test_everything_a_rule_looks_at_can_be_found_and_stands_in_the_command() -> None:
    for kind, rule in POLICY.items():
        for of in rule.of:
            assert of.noun in FINDERS
            assert of.path in {path for path, _ in named_ids(KINDS[kind])}, f"{kind} has no {of.path}"


def test_every_id_in_a_command_is_looked_at_or_has_its_reason() -> None:
    unseen = [
        (kind, path)
        for kind, made in KINDS.items()
        for path, of in named_ids(made)
        if path not in {each.path for each in POLICY[kind].of}
        and of not in NOT_AUTHORITY
        and not _is_excused(kind, path)
    ]
    assert not unseen


def _is_excused(kind: str, path: str) -> bool:
    family = f"{kind.split('.')[0]}.*"
    heads = [f"{'.'.join(path.split('.')[:at])}.*" for at in range(1, path.count(".") + 1)]
    return any((name, way) in NOT_LOOKED_AT for name in (kind, family) for way in (path, "*", *heads))


# --- the scene ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Ask:
    """One who asks, signed in, and what the policy may know of him."""

    name: str
    connection: Connection
    session: Session
    asker: Asker

    @property
    def party(self) -> PartyId:
        return self.session.party


@dataclass(slots=True)
class Scene:
    site: Site
    gateway: Gateway
    asks: list[Ask]
    things: dict[Any, Thing]

    def expected(self, rule: Rule, ask: Ask, ids: dict[str, Any]) -> tuple[RefusalCode | None, RefusalCode | None]:
        """What the peer is told and what the log says, by the policy alone; None where the handler is reached."""
        if not may_ask(rule, ask.asker):
            return RefusalCode.NOT_ALLOWED, RefusalCode.NOT_ALLOWED
        for of in rule.of:
            if of.path in ids:
                found = self._found(of, ids[of.path], ask)
                fault = thing_fault(of, ask.asker, found)
                if fault is not None:
                    is_hidden = fault is Fault.NOT_FOUND and found is not None
                    return RefusalCode(fault), RefusalCode.NOT_ALLOWED if is_hidden else RefusalCode(fault)
        return None, None

    def _found(self, of: Of, named: str, ask: Ask) -> Any:
        thing = self.things[of.noun]
        if named == thing.id:
            return thing.seen_by(ask.party)
        if of.noun is Noun.TRACK:
            return Found((WHERE["above"],))  # of a unit that is not known: the root's
        if of.noun is Noun.BLOB:
            return Found(is_own=ask.asker.peer is Peer.DESK and not ask.asker.is_administrator)  # the store says more
        return None


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    plenty = Settings(command_rate=1e6, command_burst=1e6)
    async with running_gateway(tmp_path, town=town(), settings=plenty) as site, AsyncExitStack() as stack:
        assert site.gateway is not None
        asks = []
        for role, roles in ROLES.items():
            for where, node in WHERE.items():
                connection = await stack.enter_async_context(desk(site, officer_id(role, where)))
                session = site.gateway.sessions.get(officer_party(officer_id(role, where)))
                assert session is not None
                asks.append(Ask(f"{role}-{where}", connection, session, Asker(Peer.DESK, node, roles=held(roles))))
        for where, unit_id in TERMINALS.items():
            connection = await stack.enter_async_context(terminal(site, unit_id))
            session = site.gateway.sessions.get(unit_party(unit_id))
            assert session is not None
            asks.append(Ask(f"terminal-{where}", connection, session, Asker(Peer.TERMINAL, session.jurisdiction_id)))
        yield Scene(site, site.gateway, asks, await things(site.gateway))


def variants(rule: Rule, known: dict[Any, Thing]) -> list[dict[str, Any]]:
    """The ids of a command: all right, or one of them forged."""
    found = [right_ids(rule, known)]
    for of in rule.of:
        right = right_ids(rule, known, about=of)
        found += [right, *({**right, of.path: forged} for forged in FORGED)]
    return found


# --- the matrix -------------------------------------------------------------------------------------------------------


@pytest.mark.no_cover  # twenty thousand times the same few lines
async def test_the_matrix_of_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers are watched here, and not let go on, so that what one is allowed does not take a thing from the next."""
    counts: Counter[str] = Counter()
    async with scene(tmp_path) as it:
        reached: list[str] = []

        async def reach(gateway: Gateway, session: Session, command: Command) -> Push:
            reached.append(command.id)
            return Done(id=command.id)

        for made in list(HANDLERS):
            monkeypatch.setitem(HANDLERS, made, reach)
        notes = _watch_notes(it, monkeypatch)
        before = it.gateway.picture.seq
        for kind, made in HANDLED.items():
            rule = POLICY[kind]
            for ids in variants(rule, it.things):
                for ask in it.asks:
                    told, noted = it.expected(rule, ask, ids)
                    reached.clear()
                    notes.clear()
                    answer = await dispatch.carry_out(it.gateway, ask.session, sample(made, ids))
                    where = f"{kind} by {ask.name} with {ids}"
                    assert bool(reached) is (told is None), where
                    assert (answer.code if isinstance(answer, Refused) else None) == told, where
                    assert notes == ([(ask.party, kind, noted)] if noted is not None else []), where
                    counts["allowed" if told is None else str(told)] += 1
        done = [each for each in await _since(it.gateway, before) if each.actor != GATEWAY]  # it looks after itself
        assert done == [], "nothing was recorded by anybody"
    print("\n" + matrix(POLICY))
    print(f"{sum(counts.values())} tried: {dict(counts)}")
    assert min(counts.values()) > 100


def _watch_notes(it: Scene, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    notes: list[Any] = []

    def note(party: PartyId, kind: str, code: RefusalCode, *, is_stranger: bool = False) -> None:
        notes.append((party, kind, code))

    monkeypatch.setattr(it.gateway.refusals, "note", note)
    return notes


async def test_over_sockets_with_the_real_handlers_nothing_forged_acts(tmp_path: Path) -> None:
    """One of each kind of refusal for every command, over its own socket, and every forged id by who may ask."""
    async with scene(tmp_path) as it:
        before, tried = it.gateway.picture.seq, 0
        for kind, made in HANDLED.items():
            rule, seen = POLICY[kind], set[Any]()
            for ids in variants(rule, it.things):
                for ask in it.asks:
                    told, _ = it.expected(rule, ask, ids)
                    if told is None or (told, ask.asker.peer) in seen:
                        continue
                    seen.add((told, ask.asker.peer))
                    answer = await ask.connection.ask(sample(made, ids))
                    assert isinstance(answer, Refused), f"{kind} by {ask.name} with {ids}"
                    assert answer.code is told, f"{kind} by {ask.name} with {ids}"
                    tried += 1
        since = await _since(it.gateway, before)
        assert since
        assert all(isinstance(each.event, CommandRefused) for each in since), "refused, and nothing else"
        assert tried > 200


async def _since(gateway: Gateway, seq: int) -> list[Recorded]:
    """What was recorded after that, once all of it is kept."""
    [last] = await gateway.record(GATEWAY, [NoteAdded(text="end")])
    since = gateway.journal.since(seq)
    assert since is not None
    return [each for each in since if each.seq != last.seq]


async def test_who_may_reaches_the_real_handler_and_it_stands_what_it_is_given(tmp_path: Path) -> None:
    """The samples that the policy lets pass, forged ids among them, carried out in earnest: no handler fails."""
    async with scene(tmp_path) as it:
        for kind, made in HANDLED.items():
            if kind in ("session.sign_out", "media.offer"):
                continue  # ends the one session that all need; a made-up SDP is tested at the media's border
            for ids in reversed(variants(POLICY[kind], it.things)):
                for ask in (next((each for each in it.asks if _may(it, kind, each, ids, peer)), None) for peer in Peer):
                    if ask is None:
                        continue
                    answer = await dispatch.carry_out(it.gateway, ask.session, sample(made, ids))
                    code = answer.code if isinstance(answer, Refused) else None
                    where = f"{kind} by {ask.name} with {ids}"
                    assert code not in (RefusalCode.INTERNAL, RefusalCode.OUT_OF_JURISDICTION), where


def _may(it: Scene, kind: str, ask: Ask, ids: dict[str, Any], peer: Peer) -> bool:
    return ask.asker.peer is peer and it.expected(POLICY[kind], ask, ids)[0] is None


async def test_a_stranger_can_do_nothing_but_sign_in(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, town=town(), settings=Settings(sign_in_timeout_s=600.0)) as site:
        assert site.gateway is not None
        before = site.gateway.picture.seq
        kinds = list(KINDS.items())
        for first in range(0, len(kinds), TRIES):
            async with peer(site) as stranger:
                for kind, made in kinds[first : first + TRIES]:
                    answer = await stranger.ask(sample(made, _made_up(POLICY[kind])))
                    assert isinstance(answer, Refused), kind
                    is_his = POLICY[kind].is_for_strangers and not POLICY[kind].if_site_allows
                    assert (answer.code is RefusalCode.NOT_SIGNED_IN) is not is_his, kind
        since = await _since(site.gateway, before)
        assert {each.actor for each in since} == {"address:127.0.0.1"}
        assert {type(each.event) for each in since} == {CommandRefused}
        assert 0 < len(since) <= 20, "written down, and not without end"


def _made_up(rule: Rule) -> dict[str, Any]:
    first = {of.path: "x" for of in rule.of if not of.path.startswith("target.")}
    return first | next(({of.path: "x"} for of in rule.of if of.path.startswith("target.")), {})


def test_a_refusal_that_hides_something_says_the_same_as_one_of_nothing() -> None:
    hidden, nothing = Refusal(RefusalCode.NOT_FOUND, noted=RefusalCode.NOT_ALLOWED), Refusal(RefusalCode.NOT_FOUND)
    told = [dispatch.refused(each, sample(KINDS["ping"], {}).id, Locale.ZH_CN) for each in (hidden, nothing)]
    assert told[0].text == told[1].text
    assert (told[0].code, told[0].faults) == (told[1].code, told[1].faults)
