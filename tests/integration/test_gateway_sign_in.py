"""Signing in over a real socket: who gets in, who does not, and what the second one does to the first."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from comms.domain.events import (
    OfficerSignedOff,
    OfficerSignedOn,
    TerminalConnected,
    TerminalDisconnected,
    TerminalEnrolled,
)
from comms.domain.ids import OfficerId, UnitId, officer_party, unit_party
from comms.gateway.settings import Settings
from comms.protocol.commands import (
    DeskResume,
    DeskSignIn,
    EnrolmentIssue,
    Ping,
    SignOut,
    TerminalSignIn,
    TokenRefresh,
)
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, Enrolled, EnrolmentCode, Pong, Refused, SessionEnded, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import (
    ADMIN,
    NORTH_DUTY,
    NORTH_GROUP,
    PASSWORD,
    S1,
    SOUTH_DUTY,
    SOUTH_GROUP,
    U1,
    U2,
    Site,
    running_gateway,
)
from tests.support.journal import DiskLimit
from tests.support.terminal import code_of, desk, new_id, peer, terminal


def resume(token: str) -> DeskResume:
    return DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=token)


async def test_a_desk_is_welcomed_with_its_talkgroups_and_tokens(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as officer:
        welcome = await officer.sign_in_desk(NORTH_DUTY)
        assert isinstance(welcome, Welcome)
        assert (welcome.party, welcome.name) == (officer_party(NORTH_DUTY), "北镇值班员")
        assert [group.id for group in welcome.talkgroups] == [NORTH_GROUP]
        assert welcome.token is not None
        assert welcome.refresh_token is not None
        assert isinstance(await officer.ask(Ping(id=new_id())), Pong)
        again = await officer.sign_in_desk(NORTH_DUTY)
        assert code_of(again) == RefusalCode.WRONG_STATE, "signed in already"


async def test_a_terminal_enrols_once_and_then_signs_in_with_its_device_token(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with terminal(site, U1) as worker:
            assert worker.all(Welcome)[0].party == unit_party(U1)
            assert worker.all(Welcome)[0].affiliated == (NORTH_GROUP,)
            assert [group.id for group in worker.all(Welcome)[0].talkgroups] == [NORTH_GROUP, SOUTH_GROUP]
        async with peer(site) as other:
            assert code_of(await other.enrol(site.codes[U1])) == RefusalCode.CODE_USED
        async with terminal(site, U1) as worker:
            assert worker.all(Welcome)


async def test_a_terminal_that_lost_the_answer_to_its_code_gets_it_again(tmp_path: Path) -> None:
    key, other_key = "a" * 43, "b" * 43
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        await officer.subscribe()
        async with peer(site) as lost:
            given = await lost.enrol(site.codes[U1], key)
        async with peer(site) as stranger:
            assert code_of(await stranger.enrol(site.codes[U1], other_key)) == RefusalCode.CODE_USED
            assert code_of(await stranger.enrol(site.codes[U2], "short")) == RefusalCode.MALFORMED
        async with peer(site) as back:
            again = await back.enrol(site.codes[U1], key)
            assert isinstance(given, Enrolled)
            assert isinstance(again, Enrolled)
            assert (again.device_token, again.unit_id) == (given.device_token, U1)
            assert isinstance(await back.sign_in_terminal(again.device_token), Welcome)
        await officer.event(TerminalDisconnected)
        assert len([event for event in officer.events if isinstance(event, TerminalEnrolled)]) == 1


async def test_what_is_wrong_is_refused_and_the_connection_may_try_again(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as made:
        assert code_of(await made.ask(Ping(id=new_id()))) == RefusalCode.NOT_SIGNED_IN
        assert code_of(await made.sign_in_desk(NORTH_DUTY, "wrong")) == RefusalCode.WRONG_CREDENTIALS
        assert code_of(await made.sign_in_desk(OfficerId("nobody"))) == RefusalCode.WRONG_CREDENTIALS
        assert code_of(await made.enrol("AAAA-BBBB-CCCC-DDDD")) == RefusalCode.WRONG_CREDENTIALS
        assert code_of(await made.sign_in_terminal("invented")) == RefusalCode.WRONG_CREDENTIALS
        assert code_of(await made.ask(resume("invented"))) == RefusalCode.TOKEN_EXPIRED
        refresh = TokenRefresh(id=new_id(), refresh_token="invented")
        assert code_of(await made.ask(refresh)) == RefusalCode.TOKEN_EXPIRED
        old = DeskSignIn(id=new_id(), protocol=PROTOCOL_VERSION + 1, name=NORTH_DUTY, password=PASSWORD)
        assert code_of(await made.ask(old)) == RefusalCode.WRONG_VERSION
        newer = TerminalSignIn(id=new_id(), protocol=0, device_token="x")
        assert code_of(await made.ask(newer)) == RefusalCode.WRONG_VERSION
        assert isinstance(await made.sign_in_desk(NORTH_DUTY), Welcome)


async def test_five_wrong_passwords_lock_the_name_even_for_the_right_one(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as made:
        for _ in range(5):
            assert code_of(await made.sign_in_desk(NORTH_DUTY, "wrong")) == RefusalCode.WRONG_CREDENTIALS
        locked = await made.sign_in_desk(NORTH_DUTY)
        assert code_of(locked) == RefusalCode.TRY_LATER
        assert isinstance(locked, Refused)
        assert locked.retry_after_s is not None
        assert 0 < locked.retry_after_s <= 30
        assert isinstance(await made.sign_in_desk(SOUTH_DUTY), Welcome), "others are not concerned"


async def test_wrong_passwords_all_at_once_are_not_free_either(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(peer(site)) for _ in range(12)]
        answers = await asyncio.gather(*(made.sign_in_desk(NORTH_DUTY, "wrong") for made in peers))
        codes = [code_of(answer) for answer in answers]
        assert codes.count(RefusalCode.WRONG_CREDENTIALS) == 5
        assert codes.count(RefusalCode.TRY_LATER) == 7


async def test_many_wrong_codes_lock_the_address(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, peer(site) as made:
        for _ in range(20):
            assert code_of(await made.enrol("WRONG")) == RefusalCode.WRONG_CREDENTIALS
        assert code_of(await made.enrol(site.codes[U1])) == RefusalCode.TRY_LATER
        assert code_of(await made.sign_in_desk(NORTH_DUTY)) == RefusalCode.TRY_LATER


async def test_tokens_carry_a_desk_over_reconnects_until_it_signs_out(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with peer(site) as made:
            first = await made.sign_in_desk(NORTH_DUTY)
        assert isinstance(first, Welcome)
        async with peer(site) as made:
            assert isinstance(await made.ask(resume(first.token or "")), Welcome)
            granted = await made.ask_for(
                TokenRefresh(id=new_id(), refresh_token=first.refresh_token or ""), TokenGranted
            )
        async with peer(site) as made:
            assert isinstance(await made.ask(resume(granted.token)), Welcome)
            await made.ask_for(SignOut(id=new_id()), Done)
            await made.next(SessionEnded)
            await made.ended()
        async with peer(site) as made:
            assert code_of(await made.ask(resume(granted.token))) == RefusalCode.TOKEN_EXPIRED
            refresh = TokenRefresh(id=new_id(), refresh_token=granted.refresh_token)
            assert code_of(await made.ask(refresh)) == RefusalCode.TOKEN_EXPIRED


async def test_a_refresh_before_signing_in_does_not_sign_in(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with peer(site) as made:
            welcome = await made.sign_in_desk(NORTH_DUTY)
        assert isinstance(welcome, Welcome)
        async with peer(site) as made:
            granted = await made.ask_for(
                TokenRefresh(id=new_id(), refresh_token=welcome.refresh_token or ""), TokenGranted
            )
            assert code_of(await made.ask(Ping(id=new_id()))) == RefusalCode.NOT_SIGNED_IN
            assert isinstance(await made.ask(resume(granted.token)), Welcome)


async def test_the_second_sign_in_replaces_the_first_without_the_unit_going_offline(tmp_path: Path) -> None:
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as officer,
        terminal(site, U1) as old,
    ):
        await officer.subscribe()
        async with terminal(site, U1) as new:
            assert (await old.next(SessionEnded)).code is RefusalCode.REPLACED
            await old.ended()
            assert isinstance(await new.ask(Ping(id=new_id())), Pong)
            async with terminal(site, U2):
                await officer.event(TerminalConnected, lambda event: event.unit_id == U2)
            assert not [
                event for event in officer.events if isinstance(event, TerminalDisconnected) and event.unit_id == U1
            ]
        await officer.event(TerminalDisconnected, lambda event: event.unit_id == U1)


async def test_officers_come_and_go_on_duty(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        await officer.subscribe()
        async with desk(site, SOUTH_DUTY):
            await officer.event(OfficerSignedOn, lambda event: event.officer_id == SOUTH_DUTY)
        await officer.event(OfficerSignedOff, lambda event: event.officer_id == SOUTH_DUTY)


async def test_who_says_nothing_is_sent_away(tmp_path: Path) -> None:
    settings = Settings(sign_in_timeout_s=0.05)
    async with running_gateway(tmp_path, settings=settings) as site, peer(site) as silent:
        assert (await silent.next(SessionEnded)).code is RefusalCode.NOT_SIGNED_IN
        await silent.ended()


async def test_an_administrator_makes_codes_and_a_town_officer_does_not(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, desk(site, NORTH_DUTY) as officer:
        made = await admin.ask_for(EnrolmentIssue(id=new_id(), unit_id=S1, valid_s=60), EnrolmentCode)
        assert made.path == f"/terminal/#code={made.code}"
        site.codes[S1] = made.code
        async with terminal(site, S1) as worker:
            assert code_of(await worker.ask(EnrolmentIssue(id=new_id(), unit_id=S1))) == RefusalCode.NOT_ALLOWED
        assert code_of(await officer.ask(EnrolmentIssue(id=new_id(), unit_id=U1))) == RefusalCode.NOT_ALLOWED
        nobody = EnrolmentIssue(id=new_id(), unit_id=UnitId("nobody"))
        assert code_of(await admin.ask(nobody)) == RefusalCode.NOT_FOUND


async def test_many_terminals_at_once_each_get_in(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        units = list(site.codes)

        async def come(unit_id: UnitId) -> None:
            async with terminal(site, unit_id) as worker:
                assert isinstance(await worker.ask(Ping(id=new_id())), Pong)

        await asyncio.gather(*(come(unit_id) for unit_id in units))
        assert site.gateway is not None
        await asyncio.gather(*(come(unit_id) for unit_id in units))


@pytest.mark.allow_warnings
async def test_a_store_that_fails_keeps_nobody_from_calling(tmp_path: Path) -> None:
    """A terminal's token is only looked up. A desk's is to be kept and cannot be: it signs in without one."""
    async with running_gateway(tmp_path) as site:
        async with terminal(site, U1):
            pass
        assert site.gateway is not None
        disk = DiskLimit(site.gateway.journal.database)
        disk.fill()
        assert (await _sign_in_until_nothing_is_kept(site)).refresh_token is None
        async with terminal(site, U1) as worker:
            assert isinstance(await worker.ask(Ping(id=new_id())), Pong)
        disk.free()


async def _sign_in_until_nothing_is_kept(site: Site) -> Welcome:
    """A few tokens still fit onto the last page."""
    while True:
        async with peer(site) as made:
            answer = await made.sign_in_desk(NORTH_DUTY)
            assert isinstance(answer, Welcome)
            if answer.token is None:
                return answer
