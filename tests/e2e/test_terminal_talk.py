"""Press-to-talk and point calls in the page: what is sent, what is heard, and that nothing keeps the floor."""

import asyncio
import time
from typing import Any

import numpy as np
import opuslib_next
import pytest

from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.ids import CallId, CommandId, PartyId, TalkgroupId
from comms.domain.talkgroup import Talkgroup
from comms.protocol.commands import (
    AffiliationSet,
    CallAnswer,
    CallHangUp,
    CallPlace,
    CallReject,
    FloorAck,
    FloorRelease,
    FloorRequest,
    MediaOffer,
)
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.pushes import (
    CallConnected,
    CallFinished,
    CallRinging,
    Done,
    FloorDenied,
    FloorGranted,
    FloorIdle,
    FloorQueued,
    FloorRevoked,
    FloorTaken,
    Refused,
    TalkgroupAdded,
    TalkgroupRemoved,
)
from tests.e2e.conftest import TONE_HZ, OnStage
from tests.support.stage import GROUPS, PARTY, Stage

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
RATE_HZ = 48_000
CALL = CallId("c1")
OFFICER = PartyId("officer:o1")


class Ear:
    """Decodes what the terminal sends and knows its strongest frequency."""

    def __init__(self, scene: Stage) -> None:
        self.packets = 0
        self._decoder = opuslib_next.Decoder(RATE_HZ, 1)
        self._heard = np.zeros(0, np.int16)
        self._news = asyncio.Event()
        scene.forwarder.set_tap("terminal", "audio", self._take)

    def _take(self, payload: bytes, _timestamp: int, _arrival_s: float) -> None:
        self.packets += 1
        samples = np.frombuffer(self._decoder.decode(payload, RATE_HZ // 50), np.int16)
        self._heard = np.concatenate((self._heard, samples))[-RATE_HZ // 4 :]
        self._news.set()

    async def hears(self, frequency_hz: float) -> None:
        async with asyncio.timeout(40):
            while abs(self._strongest_hz() - frequency_hz) > 10:
                self._news.clear()
                await self._news.wait()

    def _strongest_hz(self) -> float:
        if len(self._heard) < RATE_HZ // 4 or np.abs(self._heard).max() < 500:
            return 0.0
        spectrum = np.abs(np.fft.rfft(self._heard * np.hanning(len(self._heard))))
        return float(np.argmax(spectrum) * RATE_HZ / len(self._heard))


def granted(seq: int, *, group: str = "tg1", from_queue: bool = False) -> FloorGranted:
    return FloorGranted(
        talkgroup_id=TalkgroupId(group), call_id=CALL, floor_seq=seq, duration_s=30.0, from_queue=from_queue
    )


def taken(seq: int, *, group: str = "tg1", name: str = "李秀英", is_emergency: bool = False) -> FloorTaken:
    return FloorTaken(
        talkgroup_id=TalkgroupId(group),
        call_id=CALL,
        floor_seq=seq,
        talker=PartyId("unit:u9"),
        talker_name=name,
        is_emergency=is_emergency,
    )


def idle(seq: int) -> FloorIdle:
    return FloorIdle(talkgroup_id=GROUPS[0].id, floor_seq=seq)


async def _grant(it: OnStage, seq: int = 1) -> None:
    requests = len(it.stage.of(FloorRequest))
    await it.terminal.hold()
    await it.stage.wait_for(FloorRequest, requests + 1)
    await it.stage.push(granted(seq))
    await it.terminal.until_phase("granted")


async def test_voice_goes_out_only_while_granted(on_duty: OnStage) -> None:
    ear = Ear(on_duty.stage)
    await on_duty.terminal.hold()
    request = await on_duty.stage.wait_for(FloorRequest)
    assert request.talkgroup_id == GROUPS[0].id
    await on_duty.terminal.until_phase("requesting")
    assert ear.packets == 0
    await on_duty.stage.push(granted(1))
    await ear.hears(TONE_HZ)
    await on_duty.terminal.let_go()
    await on_duty.stage.wait_for(FloorRelease)
    sent = ear.packets
    await on_duty.stage.push(idle(2))
    await on_duty.terminal.until_phase("idle")
    await on_duty.stage.push(taken(3))  # a round trip later still nothing more has come
    await on_duty.terminal.until_phase("taken")
    assert ear.packets == sent


INTERRUPTIONS = (
    "window.dispatchEvent(new Event('blur'))",
    "window.dispatchEvent(new Event('pagehide'))",
    "document.getElementById('ptt').dispatchEvent(new PointerEvent('pointercancel', {pointerId: 1}))",
    "Object.defineProperty(document, 'hidden', {value: true}); document.dispatchEvent(new Event('visibilitychange'))",
)


async def test_nothing_leaves_the_floor_held(on_duty: OnStage) -> None:
    for count, interruption in enumerate(INTERRUPTIONS, start=1):
        await _grant(on_duty, seq=2 * count)
        await on_duty.terminal.page.evaluate(interruption)
        release = await on_duty.stage.wait_for(FloorRelease, count)
        assert release.talkgroup_id == GROUPS[0].id
        await on_duty.terminal.let_go()
        await on_duty.stage.push(idle(2 * count + 1))
        await on_duty.terminal.until_phase("idle")


async def test_space_bar_talks(on_duty: OnStage) -> None:
    await on_duty.terminal.page.keyboard.down("Space")
    await on_duty.stage.wait_for(FloorRequest)
    await on_duty.stage.push(granted(1))
    await on_duty.terminal.until_phase("granted")
    await on_duty.terminal.page.keyboard.up("Space")
    await on_duty.stage.wait_for(FloorRelease)


async def test_an_emergency_is_called_by_holding_its_button(on_duty: OnStage) -> None:
    await on_duty.terminal.hold("#emergency")
    await on_duty.terminal.let_go()  # a slip: too short to call
    await on_duty.terminal.hold("#emergency")
    request = await on_duty.stage.wait_for(FloorRequest)
    assert (request.talkgroup_id, request.is_emergency) == (GROUPS[0].id, True)
    await on_duty.stage.push(granted(1))
    await on_duty.terminal.until_text("#emergency", "请讲话")
    await on_duty.terminal.until_phase("granted")
    await on_duty.terminal.let_go()
    await on_duty.stage.wait_for(FloorRelease)
    assert len(on_duty.stage.of(FloorRequest)) == 1
    await on_duty.terminal.until_text("#emergency", "长按")


async def test_an_officer_calls_the_worker_into_an_area_call_and_out_of_it(on_duty: OnStage) -> None:
    area = Talkgroup(
        id=TalkgroupId("area"), name="圈呼 09:41", jurisdiction_id=GROUPS[0].jurisdiction_id, is_ad_hoc=True
    )
    await on_duty.stage.push(TalkgroupAdded(talkgroup=area, called_by_name="一号席"))
    await on_duty.terminal.until_text(".group-name", "圈呼 09:41")
    await on_duty.stage.push(taken(1, group="area", name="一号席"))
    await on_duty.terminal.until_phase("taken")
    await on_duty.terminal.hold()
    request = await on_duty.stage.wait_for(FloorRequest)
    assert request.talkgroup_id == area.id
    await on_duty.terminal.let_go()
    await on_duty.stage.push(TalkgroupRemoved(talkgroup_id=area.id))
    await on_duty.terminal.until_text(".group-name", GROUPS[0].name)
    await on_duty.terminal.until_phase("idle")


async def test_queue_and_the_turn_nobody_presses_for(on_duty: OnStage) -> None:
    await on_duty.terminal.hold()
    await on_duty.stage.wait_for(FloorRequest)
    await on_duty.stage.push(FloorQueued(talkgroup_id=GROUPS[0].id, position=2, size=3))
    await on_duty.terminal.until_text(".floor-state", "排队第 2 位")
    await on_duty.terminal.let_go()
    await on_duty.stage.push(granted(1, from_queue=True))
    ack = await on_duty.stage.wait_for(FloorAck)
    assert ack.floor_seq == 1
    await on_duty.terminal.until_phase("your_turn")
    await on_duty.stage.wait_for(FloorRelease)  # T132


async def test_reasons_are_told_in_words(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.hold()
    await it.stage.wait_for(FloorRequest)
    await it.stage.push(FloorDenied(talkgroup_id=GROUPS[0].id, cause=7))
    await it.terminal.until_text(".floor-hint", "排队已满")
    await it.terminal.let_go()
    await _grant(it)
    await it.stage.push(FloorRevoked(talkgroup_id=GROUPS[0].id, floor_seq=2, cause=4, grace_s=3.0))
    await it.terminal.until_text(".floor-hint", "抢占")
    await it.stage.wait_for(FloorRelease)
    await it.terminal.let_go()
    text = sentence(RefusalCode.NOT_AFFILIATED, Locale.ZH_CN)
    it.stage.answers[FloorRequest] = lambda command: Refused(id=command.id, code=RefusalCode.NOT_AFFILIATED, text=text)
    await it.terminal.hold()
    await it.terminal.until_text(".floor-hint", text)


async def test_who_talks_here_and_elsewhere(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(taken(1, is_emergency=True))
    await it.terminal.until_text(".floor-state", "紧急：李秀英 正在讲话")
    await it.stage.push(taken(1, group="tg2", name="陈志强"))
    await it.terminal.until_text(".floor-elsewhere", "东城街道全体：陈志强 正在讲话")
    await it.stage.push(idle(2))
    await it.terminal.until_phase("idle")
    await it.stage.push(taken(1))  # older than what is known
    await it.stage.push(FloorIdle(talkgroup_id=GROUPS[1].id, floor_seq=2))
    await it.terminal.until("gone", ".floor-elsewhere")
    await it.terminal.until_phase("idle")


async def test_choosing_another_talkgroup(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.page.click("#choose-group")
    await it.terminal.page.click('.dialog [data-group="tg3"] .choice')
    chosen = await it.stage.wait_for(AffiliationSet)
    assert chosen.talkgroup_ids == ("tg3", "tg1", "tg2")
    await it.terminal.until_text(".group-name", "应急联动")
    await it.terminal.page.click('.dialog [data-group="tg2"] input')
    assert (await it.stage.wait_for(AffiliationSet, 2)).talkgroup_ids == ("tg3", "tg1")
    await it.terminal.page.click("#dialog-close")
    await it.terminal.hold()
    assert (await it.stage.wait_for(FloorRequest)).talkgroup_id == "tg3"


async def test_talking_ends_with_the_connection_and_comes_back_with_new_media(on_duty: OnStage) -> None:
    it = on_duty
    await _grant(it, seq=900)
    await it.stage.drop()
    await it.terminal.until_phase("lost")
    await it.stage.wait_for(MediaOffer, 2)
    await it.terminal.until_link("good")
    await it.terminal.let_go()
    await it.stage.push(taken(1))  # a gateway that began anew counts anew
    await it.terminal.until_phase("taken")


# --- point calls ------------------------------------------------------------------------------------


def ringing(call_id: str = "k1") -> CallRinging:
    call = Call(id=CallId(call_id), kind=CallKind.POINT, caller=OFFICER, callee=PARTY)
    return CallRinging(call=call, caller_name="一号席 王敏", rings_until=time.time() + 30)


async def test_answering_a_call_opens_the_microphone_until_it_is_over(on_duty: OnStage) -> None:
    it = on_duty
    ear = Ear(it.stage)
    await it.stage.push(ringing())
    await it.terminal.until_text(".call-name", "王敏")
    await it.terminal.page.click("#call-answer")
    assert (await it.stage.wait_for(CallAnswer)).call_id == "k1"
    assert ear.packets == 0
    await it.stage.push(CallConnected(call_id=CallId("k1")))
    await ear.hears(TONE_HZ)
    await it.terminal.until_text(".call-state", "通话中")
    await it.stage.push(CallFinished(call_id=CallId("k1"), end=CallEnd.HUNG_UP))
    await it.terminal.until_text(".call-state", "通话已结束")
    await it.terminal.until("gone", ".call")


async def test_rejecting_and_a_second_caller(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(ringing("k1"))
    await it.stage.push(ringing("k2"))
    assert (await it.stage.wait_for(CallReject)).call_id == "k2"
    await it.terminal.page.click("#call-reject")
    assert (await it.stage.wait_for(CallReject, 2)).call_id == "k1"
    await it.terminal.until("gone", ".call")


async def test_calling_the_duty_officer(on_duty: OnStage) -> None:
    it = on_duty
    it.stage.answers[CallPlace] = lambda command: Done(id=command.id, subject="k3")
    await it.terminal.page.click("#call-officer")
    await it.stage.wait_for(CallPlace)
    await it.terminal.until_text(".call-state", "正在呼叫")
    await it.stage.push(CallConnected(call_id=CallId("k3")))
    await it.terminal.until_text(".call-state", "通话中")
    await it.terminal.page.click("#call-hang-up")
    assert (await it.stage.wait_for(CallHangUp)).call_id == "k3"


async def test_a_call_that_cannot_be_placed_or_answered(on_duty: OnStage) -> None:
    it = on_duty

    def refuse(command: Any) -> Refused:
        return Refused(id=command.id, code=RefusalCode.BUSY, text=sentence(RefusalCode.BUSY, Locale.ZH_CN))

    it.stage.answers[CallPlace] = it.stage.answers[CallAnswer] = refuse
    await it.terminal.page.click("#call-officer")
    await it.terminal.until_text(".toast", "对方正在通话")
    await it.terminal.until("gone", ".call")
    await it.stage.push(ringing())
    await it.terminal.page.click("#call-answer")
    await it.terminal.until("gone", ".call")


async def test_hanging_up_before_the_gateway_has_answered(on_duty: OnStage) -> None:
    it = on_duty
    it.stage.answers[CallPlace] = lambda _: None
    await it.terminal.page.click("#call-officer")
    placed = await it.stage.wait_for(CallPlace)
    await it.terminal.page.click("#call-hang-up")
    await it.stage.push(Done(id=CommandId(placed.id), subject="k4"))
    assert (await it.stage.wait_for(CallHangUp)).call_id == "k4"


async def test_without_a_microphone_the_worker_is_told_what_to_do(on_duty: OnStage) -> None:
    it = on_duty
    await it.terminal.page.evaluate(
        "() => { navigator.mediaDevices.getUserMedia ="
        " async () => { throw new DOMException('', 'NotAllowedError'); }; }"
    )
    await it.terminal.turn_to("more")
    await it.terminal.page.click("#end-duty")
    await it.terminal.page.click("#start-duty")
    await it.terminal.turn_to("talk")
    await it.terminal.hold()
    await it.terminal.until_text(".toast", "麦克风未授权")
    assert it.stage.of(FloorRequest) == []
