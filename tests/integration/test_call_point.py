"""Point calls through a real gateway: ringing, answering, talking both ways, and every way they end."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from comms.domain.call import CallEnd
from comms.domain.events import CallAnswered, CallEnded, CallStarted, RecordingSaved
from comms.domain.ids import CallId, UnitId
from comms.protocol.commands import BlobGet, CallAnswer, CallHangUp, CallPlace, CallReject
from comms.protocol.pushes import BlobContent, CallConnected, CallFinished, CallRinging, Done, FloorTaken, MediaSlot
from tests.support.air import OnAir, desk_on_air, set_timing, unit_on_air
from tests.support.gateway import (
    ADMIN,
    NORTH_DUTY,
    NORTH_GROUP,
    S1,
    SOUTH_DUTY,
    U1,
    U2,
    Site,
    running_gateway,
)
from tests.support.media import until
from tests.support.terminal import code_of, new_id


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_gateway(tmp_path) as made:
        yield made


async def place(caller: OnAir, unit_id: UnitId | None = None) -> CallId:
    done = await caller.peer.ask_for(CallPlace(id=new_id(), unit_id=unit_id), Done)
    assert done.subject is not None
    return CallId(done.subject)


async def answer(callee: OnAir, call_id: CallId) -> None:
    await callee.peer.ask_for(CallAnswer(id=new_id(), call_id=call_id), Done)


async def connect(caller: OnAir, callee: OnAir, unit_id: UnitId | None = None) -> CallId:
    call_id = await place(caller, unit_id)
    await callee.peer.next(CallRinging)
    await answer(callee, call_id)
    await caller.peer.next(CallConnected)
    await callee.peer.next(CallConnected)
    return call_id


async def recording_of(duty: OnAir, call_id: CallId, talker: str) -> bytes:
    """The file of one leg, in which the packets are as they were sent."""
    saved = await duty.peer.event(RecordingSaved, lambda event: (event.call_id, event.talker) == (call_id, talker))
    return (await duty.peer.ask_for(BlobGet(id=new_id(), blob_id=saved.blob_id), BlobContent)).data


async def test_a_desk_calls_a_unit_and_both_talk_at_once(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        call_id = await place(duty, U1)
        ringing = await unit.peer.next(CallRinging)
        assert (ringing.call.id, ringing.call.callee, ringing.caller_name) == (call_id, "unit:u1", "北镇值班员")
        await answer(unit, call_id)
        slot = await duty.peer.next(MediaSlot)
        assert (slot.mid, slot.source, slot.call_id) == ("0", "unit:u1", call_id)
        assert (await duty.peer.next(CallConnected)).call_id == call_id
        duty.say(*("how are you" for _ in range(5)))
        unit.say(*("well" for _ in range(5)))
        await unit.hears("how are you")
        await duty.hears("well")
        await until(lambda: len(unit.heard()) == len(duty.heard()) == 5)
        await unit.peer.ask_for(CallHangUp(id=new_id(), call_id=call_id), Done)
        assert (await duty.peer.next(CallFinished)).end is CallEnd.HUNG_UP
        assert (await unit.peer.next(CallFinished)).end is CallEnd.HUNG_UP
        unit.say("after the end")
        await duty.peer.event(CallStarted)
        await duty.peer.event(CallAnswered)
        assert (await duty.peer.event(CallEnded)).end is CallEnd.HUNG_UP
        assert (await recording_of(duty, call_id, "unit:u1")).count(b"well") == 5
        assert (await recording_of(duty, call_id, "officer:north")).count(b"how are you") == 5
        assert "after the end" not in duty.heard()


async def test_a_unit_rings_every_desk_above_it_and_the_first_answer_wins(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as north,
        desk_on_air(site, ADMIN) as admin,
        desk_on_air(site, SOUTH_DUTY) as south,
        unit_on_air(site, U1) as unit,
    ):
        call_id = await place(unit)
        await north.peer.next(CallRinging)
        await admin.peer.next(CallRinging)
        assert not south.peer.all(CallRinging), "the south is not above the north"
        await answer(north, call_id)
        finished = await admin.peer.next(CallFinished)
        assert finished.end is CallEnd.CANCELLED
        late = await admin.peer.ask(CallAnswer(id=new_id(), call_id=call_id))
        assert code_of(late) == "already_done"
        north.say("answered")
        await unit.hears("answered")
        await unit.peer.ask_for(CallHangUp(id=new_id(), call_id=call_id), Done)
        await north.peer.next(CallFinished)
        assert len(admin.peer.all(CallFinished)) == 1


async def test_every_desk_may_reject_and_the_last_one_ends_the_call(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as north,
        desk_on_air(site, ADMIN) as admin,
        unit_on_air(site, U1) as unit,
    ):
        call_id = await place(unit)
        await north.peer.ask_for(CallReject(id=new_id(), call_id=call_id), Done)
        assert not unit.peer.all(CallFinished)
        await admin.peer.ask_for(CallHangUp(id=new_id(), call_id=call_id), Done)
        assert (await unit.peer.next(CallFinished)).end is CallEnd.REJECTED
        again = await admin.peer.ask(CallReject(id=new_id(), call_id=call_id))
        assert code_of(again) == "not_found"


async def test_nobody_answers(site: Site) -> None:
    set_timing(site, ring_s=0.1)
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        await place(duty, U1)
        assert (await unit.peer.next(CallFinished)).end is CallEnd.NO_ANSWER
        assert (await duty.peer.next(CallFinished)).end is CallEnd.NO_ANSWER


async def test_the_caller_thinks_better_of_it(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        call_id = await place(duty, U1)
        await duty.peer.ask_for(CallHangUp(id=new_id(), call_id=call_id), Done)
        assert (await unit.peer.next(CallFinished)).end is CallEnd.CANCELLED


async def test_one_call_at_a_time(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as north,
        desk_on_air(site, ADMIN) as admin,
        unit_on_air(site, U1) as unit,
        unit_on_air(site, U2) as other,
    ):
        call_id = await place(north, U1)
        assert code_of(await admin.peer.ask(CallPlace(id=new_id(), unit_id=U1))) == "busy", "it rings already"
        assert code_of(await north.peer.ask(CallPlace(id=new_id(), unit_id=U2))) == "busy"
        await answer(unit, call_id)
        assert code_of(await admin.peer.ask(CallPlace(id=new_id(), unit_id=U1))) == "busy"
        second = await place(other)
        await admin.peer.next(CallRinging)
        assert not north.peer.all(CallRinging), "who is in a call is not rung"
        assert code_of(await north.peer.ask(CallAnswer(id=new_id(), call_id=second))) == "not_allowed"
        assert code_of(await north.peer.ask(CallReject(id=new_id(), call_id=second))) == "wrong_state"
        assert code_of(await north.peer.ask(CallHangUp(id=new_id(), call_id=second))) == "not_allowed"


async def test_a_desk_rung_twice_can_take_one_of_the_calls(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as duty,
        unit_on_air(site, U1) as one,
        unit_on_air(site, U2) as other,
    ):
        first, second = await place(one), await place(other)
        await answer(duty, first)
        assert code_of(await duty.peer.ask(CallAnswer(id=new_id(), call_id=second))) == "busy"
        await one.peer.ask_for(CallHangUp(id=new_id(), call_id=first), Done)
        await answer(duty, second)
        await other.peer.next(CallConnected)


async def test_calls_that_cannot_be_placed(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY) as duty,
        desk_on_air(site, ADMIN, connects=False) as deaf,
        unit_on_air(site, S1) as unit,
    ):
        ask = duty.peer.ask
        assert code_of(await ask(CallPlace(id=new_id(), unit_id=UnitId("nobody")))) == "not_found"
        assert code_of(await ask(CallPlace(id=new_id(), unit_id=S1))) == "out_of_jurisdiction"
        assert code_of(await ask(CallPlace(id=new_id(), unit_id=U1))) == "unreachable"
        assert code_of(await ask(CallPlace(id=new_id()))) == "not_found"
        assert code_of(await deaf.peer.ask(CallPlace(id=new_id(), unit_id=S1))) == "no_media"
        assert code_of(await unit.peer.ask(CallPlace(id=new_id()))) == "unreachable"
        assert code_of(await unit.peer.ask(CallPlace(id=new_id(), unit_id=U1))) == "not_allowed"
        for command in (CallAnswer, CallReject, CallHangUp):
            assert code_of(await ask(command(id=new_id(), call_id=CallId("gone")))) == "not_found"


async def test_a_lost_connection_ends_the_call_for_the_other_side(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty:
        async with unit_on_air(site, U1) as unit:
            await connect(duty, unit, U1)
        assert (await duty.peer.next(CallFinished)).end is CallEnd.UNREACHABLE


async def test_a_phone_that_dies_ringing_ends_the_call(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty:
        async with unit_on_air(site, U1) as unit:
            await place(duty, U1)
            await unit.peer.next(CallRinging)
        assert (await duty.peer.next(CallFinished)).end is CallEnd.UNREACHABLE


async def test_a_call_whose_media_is_gone_is_over(site: Site) -> None:
    async with desk_on_air(site, NORTH_DUTY) as duty, unit_on_air(site, U1) as unit:
        await connect(unit, duty)
        unit.caller.client.close()
        assert (await duty.peer.next(CallFinished)).end is CallEnd.UNREACHABLE


async def test_while_the_desk_holds_a_floor_its_voice_is_not_in_the_call(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
        unit_on_air(site, U1) as unit,
        unit_on_air(site, U2) as listener,
    ):
        await unit.affiliate()
        call_id = await connect(duty, unit, U1)
        duty.say("private")
        await unit.hears("private")
        await duty.take_floor(NORTH_GROUP)
        duty.say("to all")
        await listener.hears("to all")
        unit.say("still here")
        await duty.hears("still here")
        await duty.release(NORTH_GROUP)
        await until(lambda: is_idle(site))
        duty.say("private again")
        await unit.hears("private again")
        assert unit.heard() == ["private", "private again"]
        assert listener.heard() == ["to all"]
        await duty.peer.ask_for(CallHangUp(id=new_id(), call_id=call_id), Done)
        kept = await recording_of(duty, call_id, "officer:north")
        assert b"private again" in kept
        assert b"to all" not in kept, "what was said to the talkgroup is in the talkgroup's recording"


def is_idle(site: Site) -> bool:
    assert site.gateway is not None
    return site.gateway.picture.talkgroups[NORTH_GROUP].talker is None


async def test_a_call_answered_while_holding_a_floor_begins_without_that_voice(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
        unit_on_air(site, U1) as unit,
        unit_on_air(site, U2) as listener,
    ):
        await unit.affiliate()
        await duty.take_floor(NORTH_GROUP)
        await connect(unit, duty)
        duty.say("to all")
        await listener.hears("to all")
        unit.say("hello")
        await duty.hears("hello")
        assert unit.heard() == []


async def test_a_call_moves_the_talkgroup_to_another_slot_of_the_desk(site: Site) -> None:
    async with (
        desk_on_air(site, NORTH_DUTY, NORTH_GROUP) as duty,
        unit_on_air(site, U1) as unit,
        unit_on_air(site, U2) as talker,
    ):
        await talker.take_floor(NORTH_GROUP)
        assert (await duty.peer.next(MediaSlot)).mid == "0"
        await unit.peer.next(FloorTaken)
        await connect(duty, unit, U1)
        talker.say("goes on")
        unit.say("in the call")
        await duty.hears("in the call", "0")
        await duty.hears("goes on", "1")
        assert "goes on" not in unit.heard(), "a phone hears its call alone"
