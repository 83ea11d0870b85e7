"""Sign-ins listed and ended from afar, terminals revoked, codes that say why they are worth nothing."""

from pathlib import Path

import pytest

from comms.domain.account_events import DeviceRevoked, EnrolmentIssued, EnrolmentRevoked, SignInEnded
from comms.domain.ids import officer_party
from comms.protocol.account_commands import DeviceList, DeviceRevoke, EnrolmentRevoke, SignInEnd, SignInList
from comms.protocol.account_pushes import DevicePage, SignInPage
from comms.protocol.commands import DeskResume, DeskSignIn, EnrolmentIssue, TerminalSignIn, TokenRefresh
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.pushes import Done, EnrolmentCode, Refused, SessionEnded, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import ADMIN, NORTH_DUTY, PASSWORD, S1, U1, U2, Site, running_gateway
from tests.support.journal import DiskLimit
from tests.support.terminal import Peer, code_of, desk, new_id, peer, terminal


async def sign_ins(officer: Peer, *, is_everybodys: bool) -> SignInPage:
    return await officer.ask_for(SignInList(id=new_id(), is_everybodys=is_everybodys), SignInPage)


async def is_worthless(site: Site, welcome: Welcome) -> bool:
    async with peer(site) as made:
        resume = DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=welcome.token or "")
        refresh = TokenRefresh(id=new_id(), refresh_token=welcome.refresh_token or "")
        answers = [await made.ask(resume), await made.ask(refresh)]
        return all(isinstance(one, Refused) and one.code is RefusalCode.TOKEN_EXPIRED for one in answers)


async def test_sign_ins_are_listed_with_where_they_come_from(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin:
        async with peer(site) as gone:
            command = DeskSignIn(
                id=new_id(), protocol=PROTOCOL_VERSION, name=NORTH_DUTY, password=PASSWORD, program="wangge-desk 1"
            )
            await gone.ask_for(command, Welcome)
        async with desk(site, NORTH_DUTY) as officer:
            own = (await sign_ins(officer, is_everybodys=False)).sign_ins
            assert [(one.is_open, one.is_this, one.program) for one in own] == [
                (False, False, "wangge-desk 1"),
                (True, True, ""),
            ]
            assert {one.address for one in own} == {"127.0.0.1"}
            assert code_of(await officer.ask(SignInList(id=new_id(), is_everybodys=True))) == RefusalCode.NOT_ALLOWED
            everybodys = (await sign_ins(admin, is_everybodys=True)).sign_ins
            assert [one.officer_id for one in everybodys] == [ADMIN, NORTH_DUTY, NORTH_DUTY]
            assert [one.is_this for one in everybodys] == [True, False, False]


async def test_a_sign_in_ends_from_afar_at_once_and_for_good(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, desk(site, NORTH_DUTY) as officer:
        await admin.subscribe()
        [line] = [one for one in (await sign_ins(admin, is_everybodys=True)).sign_ins if one.officer_id == NORTH_DUTY]
        assert code_of(await officer.ask(SignInEnd(id=new_id(), sign_in_ids=("none",)))) == RefusalCode.NOT_FOUND
        [mine] = [one for one in (await sign_ins(admin, is_everybodys=True)).sign_ins if one.officer_id == ADMIN]
        assert code_of(await officer.ask(SignInEnd(id=new_id(), sign_in_ids=(mine.id,)))) == RefusalCode.NOT_ALLOWED
        await admin.ask_for(SignInEnd(id=new_id(), sign_in_ids=(line.id,)), Done)
        ended = await officer.next(SessionEnded)
        assert ended.code is RefusalCode.ENDED_FROM_AFAR
        assert "sign in again" in ended.text
        await officer.ended()
        assert await is_worthless(site, officer.all(Welcome)[0])
        told = await admin.event(SignInEnded)
        assert told == SignInEnded(party=officer_party(NORTH_DUTY), address="127.0.0.1")


async def test_an_officer_ends_his_own_elsewhere_and_stays(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site:
        async with desk(site, NORTH_DUTY) as elsewhere:
            old = elsewhere.all(Welcome)[0]
        async with desk(site, NORTH_DUTY) as officer:
            others = [one.id for one in (await sign_ins(officer, is_everybodys=False)).sign_ins if not one.is_this]
            await officer.ask_for(SignInEnd(id=new_id(), sign_in_ids=tuple(others)), Done)
            assert await is_worthless(site, old)
            assert len((await sign_ins(officer, is_everybodys=False)).sign_ins) == 1


@pytest.mark.allow_warnings
async def test_the_connection_ends_even_when_the_disk_is_full(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, desk(site, NORTH_DUTY) as officer:
        [line] = [one for one in (await sign_ins(admin, is_everybodys=True)).sign_ins if one.officer_id == NORTH_DUTY]
        assert site.gateway is not None
        disk = DiskLimit(site.gateway.journal.database)
        disk.fill()
        answer = await admin.ask(SignInEnd(id=new_id(), sign_in_ids=(line.id,)))
        await officer.ended()
        assert isinstance(answer, Done) or code_of(answer) == RefusalCode.STORE_FAILED
        disk.free()


async def test_a_lost_terminal_is_revoked(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, terminal(site, U1) as worker:
        await admin.subscribe()
        page = await admin.ask_for(DeviceList(id=new_id(), words="张"), DevicePage)
        assert [(line.unit_id, line.name, line.is_online, line.address) for line in page.devices] == [
            (U1, "test", True, "127.0.0.1")
        ]
        waiting = await admin.ask_for(EnrolmentIssue(id=new_id(), unit_id=U1, valid_s=60), EnrolmentCode)
        revoke = DeviceRevoke(id=new_id(), unit_id=U1, reason="手机遗失")
        await admin.ask_for(revoke, Done)
        ended = await worker.next(SessionEnded)
        assert ended.code is RefusalCode.DEVICE_REVOKED
        assert "revoked" in ended.text
        await worker.ended()
        async with peer(site) as made:
            again = TerminalSignIn(
                id=new_id(), protocol=PROTOCOL_VERSION, device_token=site.device_tokens[U1], locale=Locale.EN
            )
            assert code_of(await made.ask(again)) == RefusalCode.DEVICE_REVOKED
            assert code_of(await made.enrol(waiting.code)) == RefusalCode.CODE_REVOKED
        assert (await admin.event(DeviceRevoked)).reason == "手机遗失"
        assert code_of(await admin.ask(DeviceRevoke(id=new_id(), unit_id=U1, reason="又"))) == RefusalCode.NOT_FOUND
        page = await admin.ask_for(DeviceList(id=new_id(), words="张"), DevicePage)
        assert (page.devices, page.total) == ((), 0)


async def test_a_code_can_be_taken_back_and_each_end_has_its_sentence(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as admin, peer(site) as made:
        await admin.subscribe()
        issued = await admin.ask_for(EnrolmentIssue(id=new_id(), unit_id=S1, valid_s=60), EnrolmentCode)
        assert (await admin.event(EnrolmentIssued)).unit_id == S1
        assert code_of(await made.enrol(site.codes[S1])) == RefusalCode.CODE_REVOKED, "a new code ends the old one"
        await admin.ask_for(EnrolmentRevoke(id=new_id(), unit_id=S1), Done)
        assert (await admin.event(EnrolmentRevoked)).unit_id == S1
        assert code_of(await made.enrol(issued.code)) == RefusalCode.CODE_REVOKED
        assert code_of(await admin.ask(EnrolmentRevoke(id=new_id(), unit_id=S1))) == RefusalCode.NOT_FOUND
        await made.enrol(site.codes[U2])
        assert code_of(await made.enrol(site.codes[U2])) == RefusalCode.CODE_USED
        late = await admin.ask_for(EnrolmentIssue(id=new_id(), unit_id=S1, valid_s=60), EnrolmentCode)
        assert site.gateway is not None
        now = site.gateway.clock.now
        site.gateway.accounts.enrolments._now = lambda: now() + 61
        assert code_of(await made.enrol(late.code)) == RefusalCode.CODE_EXPIRED


async def test_a_towns_officer_looks_after_no_terminals(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer, desk(site, ADMIN) as admin:
        for command in (
            DeviceList(id=new_id()),
            DeviceRevoke(id=new_id(), unit_id=U1, reason="x"),
            EnrolmentRevoke(id=new_id(), unit_id=U1),
        ):
            assert code_of(await officer.ask(command)) == RefusalCode.NOT_ALLOWED
        for nobody in (DeviceRevoke(id=new_id(), unit_id=U1, reason="x"), EnrolmentRevoke(id=new_id(), unit_id=U2)):
            assert site.gateway is not None
            if isinstance(nobody, EnrolmentRevoke):
                await admin.ask_for(nobody, Done)
            else:
                assert code_of(await admin.ask(nobody)) == RefusalCode.NOT_FOUND, "it has no device"
