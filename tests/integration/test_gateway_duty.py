"""A change of shifts over real sockets: two desks sign, the gateway is started again in between, nothing is lost."""

import time
from pathlib import Path
from typing import Any

from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.duty import ShiftDraft
from comms.domain.duty_events import HandoverAccepted, HandoverMade, HandoverSigned
from comms.domain.events import AlarmRaised, AlarmShelved, AlarmUnshelved, NoteAdded
from comms.domain.handover import SectionKind
from comms.domain.ids import HandoverId, OfficerId, PostId, ShiftId, SwapId, officer_party
from comms.protocol import duty_commands as d
from comms.protocol.commands import Command, NoteAdd
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Done, LogPage, Refused
from tests.support.gateway import (
    ADMIN,
    NORTH,
    NORTH_DUTY,
    PASSWORD,
    SOUTH,
    SOUTH_DUTY,
    running_gateway,
)
from tests.support.terminal import Peer, desk, new_id

HOUR = 3600.0


async def code(peer: Peer, command: Command) -> RefusalCode | None:
    """Why not; None when it was done."""
    answer = await peer.ask(command)
    return answer.code if isinstance(answer, Refused) else None


def draft(start_at: float, hours: float, officer: OfficerId, **more: Any) -> ShiftDraft:
    return ShiftDraft(name="夜班", start_at=start_at, end_at=start_at + hours * HOUR, officer_id=officer, **more)


async def plan_two_shifts(city: Peer, now: float) -> tuple[PostId, d.RosterSet]:
    """The north's officer until in a quarter of an hour, then the city's."""
    define = d.PostDefine(id=new_id(), name="总值班", jurisdiction_id=NORTH)
    post_id = PostId((await city.ask_for(define, Done)).subject or "")
    shifts = (draft(now - 7 * HOUR, 7.25, NORTH_DUTY), draft(now + 0.25 * HOUR, 8, ADMIN, deputy_id=NORTH_DUTY))
    command = d.RosterSet(
        id=new_id(), post_id=post_id, from_at=now - 24 * HOUR, until_at=now + 24 * HOUR, shifts=shifts
    )
    assert await code(city, command) is None
    return post_id, command


async def test_two_desks_sign_with_a_restart_in_between(tmp_path: Path) -> None:
    now = time.time()
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as going, desk(site, ADMIN) as city:
        assert site.gateway is not None
        _, roster = await plan_two_shifts(city, now)
        first, second = (ShiftId(f"{roster.id}.{number}") for number in (1, 2))
        assert await code(going, d.HandoverMake(id=new_id(), shift_id=first)) is RefusalCode.NOT_ON_DUTY
        assert await code(going, d.DutySignOn(id=new_id(), shift_id=first)) is None
        alarm = Alarm(kind=AlarmKind.WARNING, source="w", priority=AlarmPriority.LOW, jurisdiction_id=NORTH)
        shelved = AlarmShelved(alarm_id=alarm.id, until_at=now + HOUR, reason="等待配件")
        await site.gateway.record(officer_party(NORTH_DUTY), [AlarmRaised(alarm=alarm), shelved])
        make = d.HandoverMake(id=new_id(), shift_id=first, notes=("桥头积水", " "))
        handover_id = HandoverId((await going.ask_for(make, Done)).subject or "")
        assert (await going.ask_for(make, Done)).subject == handover_id, "asked again, it is the same one"
        made = site.gateway.picture.duty.handovers[handover_id]
        digest = made.digest
        assert made.sheet is not None
        assert [len(section.lines) for section in made.sheet.sections] == [0, 0, 1, 0, 0, 0, 0, 1]
        sign = d.HandoverSign(id=new_id(), handover_id=handover_id, digest=digest, password="guess", words="无异常")
        assert await code(going, sign) is RefusalCode.WRONG_CREDENTIALS
        other = d.HandoverSign(id=new_id(), handover_id=handover_id, digest="0" * 64, password=PASSWORD)
        assert await code(going, other) is RefusalCode.OTHER_SHEET
        signed = d.HandoverSign(id=new_id(), handover_id=handover_id, digest=digest, password=PASSWORD, words="无异常")
        assert await code(going, signed) is None

    async with running_gateway(tmp_path, codes={}) as site, desk(site, NORTH_DUTY) as going, desk(site, ADMIN) as city:
        assert site.gateway is not None
        await city.subscribe()
        read = tuple(SectionKind)
        accept = d.HandoverAccept(
            id=new_id(), handover_id=handover_id, digest=digest, password=PASSWORD, read=read, words="已知悉"
        )
        assert await code(going, accept) is RefusalCode.SAME_OFFICER
        some = d.HandoverAccept(id=new_id(), handover_id=handover_id, digest=digest, password=PASSWORD, read=read[1:])
        assert await code(city, some) is RefusalCode.NOT_READ
        assert await code(city, accept) is None
        told = await city.event(HandoverAccepted)
        assert (told.shift_id, told.changes) == (second, ())
        assert await city.event(AlarmUnshelved) == AlarmUnshelved(alarm_id=alarm.id), "nobody left it on the shelf"
        book = site.gateway.picture.duty
        state = book.handovers[handover_id]
        assert state.signed is not None
        assert state.accepted is not None
        assert (state.signed.name, state.accepted.name) == ("北镇值班员", "管理员")
        assert (book.shifts[first].on_duty, book.shifts[second].on_duty) == ((), (ADMIN,))
        assert await code(city, accept) is None, "asked again, it stays done"
        page = await city.ask_for(d.HandoverRead(id=new_id(), handover_id=handover_id), LogPage)
        assert [type(one.event) for one in page.events] == [HandoverMade, HandoverSigned, HandoverAccepted]
        assert await code(city, d.HandoverRead(id=new_id(), handover_id=HandoverId("x"))) is RefusalCode.NOT_FOUND


async def test_the_roster_belongs_to_its_jurisdiction(tmp_path: Path) -> None:
    now = time.time()
    async with (
        running_gateway(tmp_path) as site,
        desk(site, NORTH_DUTY) as north,
        desk(site, SOUTH_DUTY) as south,
        desk(site, ADMIN) as city,
    ):
        post_id, roster = await plan_two_shifts(city, now)
        first, second = (ShiftId(f"{roster.id}.{number}") for number in (1, 2))
        span: dict[str, Any] = {"post_id": post_id, "from_at": now + 24 * HOUR, "until_at": now + 72 * HOUR}
        later = draft(now + 30 * HOUR, 8, NORTH_DUTY)

        def plan(*shifts: ShiftDraft, **more: Any) -> d.RosterSet:
            return d.RosterSet(id=new_id(), shifts=shifts, **span | more)

        refused: tuple[tuple[Command, RefusalCode], ...] = (
            (d.PostDefine(id=new_id(), name="x", jurisdiction_id=NORTH), RefusalCode.OUT_OF_JURISDICTION),
            (plan(later), RefusalCode.OUT_OF_JURISDICTION),
            (d.DutySignOn(id=new_id(), shift_id=first, reason="代班"), RefusalCode.OUT_OF_JURISDICTION),
        )
        for command, why in refused:
            assert await code(south, command) is why
        refused = (
            (d.PostDefine(id=new_id(), name="x", jurisdiction_id=NORTH, post_id=PostId("x")), RefusalCode.NOT_FOUND),
            (
                d.PostDefine(id=new_id(), name="x", jurisdiction_id=SOUTH, post_id=post_id),
                RefusalCode.OUT_OF_JURISDICTION,
            ),
            (plan(later, post_id=PostId("x")), RefusalCode.NOT_FOUND),
            (plan(later, until_at=now + 900 * HOUR * 24), RefusalCode.BAD_SHIFT),
            (plan(draft(now + 30 * HOUR, 8, SOUTH_DUTY)), RefusalCode.UNKNOWN_OFFICER),
            (d.DutySignOn(id=new_id(), shift_id=ShiftId("x")), RefusalCode.NOT_FOUND),
            (d.DutySignOff(id=new_id(), shift_id=first), RefusalCode.NOT_ON_DUTY),
            (d.HandoverMake(id=new_id(), shift_id=ShiftId("x")), RefusalCode.NOT_FOUND),
            (
                d.HandoverAccept(id=new_id(), handover_id=HandoverId("x"), digest="", password="", read=()),
                RefusalCode.NOT_FOUND,
            ),
            (d.SwapAsk(id=new_id(), shift_id=ShiftId("x"), to=ADMIN), RefusalCode.NOT_FOUND),
            (d.SwapSettle(id=new_id(), swap_id=SwapId("x"), is_agreed=True), RefusalCode.NOT_FOUND),
        )
        for command, why in refused:
            assert await code(north, command) is why, command
        assert await code(north, plan(later)) is None
        assert await code(north, plan(later, from_at=now + 70 * HOUR)) is RefusalCode.BAD_SHIFT
        assert await code(north, plan(from_at=now + 60 * HOUR)) is None, "nothing planned, nothing changed"
        swap = d.SwapAsk(id=new_id(), shift_id=second, to=SOUTH_DUTY)
        assert await code(city, swap) is RefusalCode.UNKNOWN_OFFICER
        mine = next(shift_id for shift_id in site_shifts(site) if shift_id not in (first, second))
        ask = d.SwapAsk(id=new_id(), shift_id=mine, to=ADMIN, reason="家中有事")
        swap_id = (await north.ask_for(ask, Done)).subject
        assert (await north.ask_for(ask, Done)).subject == swap_id
        settle = d.SwapSettle(id=new_id(), swap_id=SwapId(swap_id or ""), is_agreed=True)
        assert await code(north, settle) is RefusalCode.NOT_ALLOWED
        assert await code(city, d.SwapSettle(id=new_id(), swap_id=settle.swap_id, is_agreed=True)) is None
        assert site_shifts(site)[mine].shift.officer_id == ADMIN
        close = d.PostDefine(id=new_id(), name="总值班", jurisdiction_id=NORTH, post_id=post_id, is_closed=True)
        assert (await north.ask_for(close, Done)).subject == post_id
        assert (await north.ask_for(close, Done)).subject == post_id
        assert await code(north, plan(later)) is RefusalCode.BAD_SHIFT


def site_shifts(site: Any) -> Any:
    return site.gateway.picture.duty.shifts


async def test_the_log_of_a_shift_and_a_remark(tmp_path: Path) -> None:
    """Read by time, page by page; a remark names its entry and changes nothing of it."""
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        start_at = time.time()
        for number in range(5):
            assert await code(officer, NoteAdd(id=new_id(), text=f"第 {number} 条")) is None

        async def page(**more: Any) -> LogPage:
            fields: dict[str, Any] = {"from_at": start_at, "until_at": time.time() + 1, "limit": 3} | more
            return await officer.ask_for(d.LogSpan(id=new_id(), **fields), LogPage)

        first = await page()
        second = await page(after_seq=first.events[-1].seq)
        assert (first.has_more, second.has_more) == (True, False)
        notes = [one.event.text for one in (*first.events, *second.events) if isinstance(one.event, NoteAdded)]
        assert notes == [f"第 {number} 条" for number in range(5)]
        assert (await page(from_at=time.time() + 60)).events == ()
        assert (await page(until_at=start_at, from_at=0.0)).events != ()
        assert (await page(from_at=0.0, until_at=1e308, after_seq=2**62)).events == ()
        about = NoteAdd(id=new_id(), text="电话核实", about_seq=first.events[0].seq)
        assert await code(officer, about) is None
        wrong = NoteAdd(id=new_id(), text="电话核实", about_seq=10**9)
        assert await code(officer, wrong) is RefusalCode.NOT_FOUND
        last = (await page(after_seq=second.events[-1].seq)).events[-1].event
        assert last == NoteAdded(text="电话核实", about_seq=first.events[0].seq)


async def test_a_shift_that_nobody_comes_to_is_an_alarm(tmp_path: Path) -> None:
    now = time.time()
    async with running_gateway(tmp_path) as site, desk(site, ADMIN) as city, desk(site, NORTH_DUTY) as north:
        await city.subscribe()
        _, roster = await plan_two_shifts(city, now)
        raised = await city.event(AlarmRaised)
        assert (raised.alarm.kind, raised.alarm.priority) == (AlarmKind.DUTY_MISSING, AlarmPriority.HIGH)
        assert raised.alarm.name == "总值班 夜班 北镇值班员"
        assert await code(north, d.DutySignOn(id=new_id(), shift_id=ShiftId(f"{roster.id}.1"))) is None
