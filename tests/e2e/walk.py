"""A walk through everything the web terminal can show, in order; what a survey or a set of pictures needs."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from comms.domain.call import Call, CallEnd, CallKind
from comms.domain.ids import CallId, OfficerId, OrderId, PartyId, VideoId, officer_party
from comms.domain.order import AssignmentState, Order, OrderPriority, Place
from comms.domain.video import Video, VideoKind
from comms.protocol.commands import FloorRequest, OrderAdvance, VideoConsentGive
from comms.protocol.errors import RefusalCode, sentence
from comms.protocol.pushes import (
    CallConnected,
    CallFinished,
    CallRinging,
    FloorDenied,
    FloorGranted,
    FloorIdle,
    FloorQueued,
    FloorRevoked,
    FloorTaken,
    OrderPush,
    Refused,
    VideoAskedPush,
    VideoWanted,
)
from tests.support.stage import GROUPS, PARTY, UNIT, Stage
from tests.support.web_terminal import WebTerminal

GROUP = GROUPS[0].id
CALL, POINT_CALL, VIDEO = CallId("c1"), CallId("k1"), VideoId("v1")
OFFICER = officer_party(OfficerId("o1"))
OFFICER_NAME = "一号席 王敏"
Step = Callable[[Stage, WebTerminal], Awaitable[None]]


def _taken(seq: int, name: str, *, is_emergency: bool = False) -> FloorTaken:
    return FloorTaken(
        talkgroup_id=GROUP,
        call_id=CALL,
        floor_seq=seq,
        talker=PartyId(f"unit:{name}"),
        talker_name=name,
        is_emergency=is_emergency,
    )


async def idle(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.until_phase("idle")


async def taken(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(_taken(1, "李秀英"))
    await terminal.until_phase("taken")


async def emergency(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(_taken(2, "欧阳志远", is_emergency=True))
    await terminal.until_text(".floor-state", "欧阳志远")


async def requesting(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(FloorIdle(talkgroup_id=GROUP, floor_seq=3))
    await terminal.until_phase("idle")
    await terminal.hold()
    await terminal.until_phase("requesting")


async def queued(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(FloorQueued(talkgroup_id=GROUP, position=2, size=3))
    await terminal.until_phase("queued")


async def your_turn(scene: Stage, terminal: WebTerminal) -> None:
    await terminal.let_go()
    await scene.push(FloorGranted(talkgroup_id=GROUP, call_id=CALL, floor_seq=4, duration_s=30.0, from_queue=True))
    await terminal.until_phase("your_turn")


async def granted(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.hold()
    await terminal.until_phase("granted")


async def revoked(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(FloorRevoked(talkgroup_id=GROUP, floor_seq=5, cause=4, grace_s=3.0))
    await terminal.until_phase("revoked")


async def denied(scene: Stage, terminal: WebTerminal) -> None:
    await terminal.let_go()
    await scene.push(FloorIdle(talkgroup_id=GROUP, floor_seq=6))
    requests = len(scene.of(FloorRequest))
    await terminal.hold()
    await scene.wait_for(FloorRequest, requests + 1)
    await scene.push(FloorDenied(talkgroup_id=GROUP, cause=7))
    await terminal.until_phase("denied")
    await terminal.let_go()


async def ringing(scene: Stage, terminal: WebTerminal) -> None:
    call = Call(id=POINT_CALL, kind=CallKind.POINT, caller=OFFICER, callee=PARTY)
    await scene.push(CallRinging(call=call, caller_name=OFFICER_NAME, rings_until=time.time() + 29))
    await terminal.until_text(".call-name", OFFICER_NAME)


async def connected(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(CallConnected(call_id=POINT_CALL))
    await terminal.page.wait_for_selector('.call[data-phase="connected"]')


async def finished(scene: Stage, terminal: WebTerminal) -> None:
    await scene.push(CallFinished(call_id=POINT_CALL, end=CallEnd.HUNG_UP))
    await terminal.page.wait_for_selector('.call[data-phase="ended"]')


async def camera_asked(scene: Stage, terminal: WebTerminal) -> None:
    await terminal.until("gone", ".call")
    video = Video(id=VIDEO, kind=VideoKind.POINT_CALL, unit_id=UNIT, asked_by=OFFICER)
    await scene.push(VideoAskedPush(video=video, officer_name=OFFICER_NAME, answer_by=time.time() + 30))
    await terminal.until_text(".asked", OFFICER_NAME)


async def camera_watched(scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click("#video-accept")
    await scene.wait_for(VideoConsentGive)
    await scene.push(VideoWanted(video_id=VIDEO, is_wanted=True))
    await terminal.page.wait_for_selector(".video-live.watched")


def _order(no: int, title: str, state: AssignmentState, **more: Any) -> OrderPush:
    order = Order(
        id=OrderId(f"o{no}"),
        title=title,
        issued_at=time.time() - 300 * no,
        unit_ids=(UNIT,),
        **more,
    )
    return OrderPush(order=order, state=state, issued_by_name=OFFICER_NAME)


async def orders(scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click("#video-stop")
    await terminal.turn_to("orders")
    pushes = (
        _order(
            1,
            "核实占道经营并劝离",
            AssignmentState.ISSUED,
            text="花园路12号门前有三处摊位占用盲道，群众多次投诉。请到场核实、劝离并拍照回传。",
            priority=OrderPriority.URGENT,
            place=Place(lat=23.0221, lon=113.7561, text="花园路12号"),
            deadline_at=time.time() + 720,
        ),
        _order(
            2,
            "窨井盖缺失，设置警示并等待抢修",
            AssignmentState.READ,
            priority=OrderPriority.CRITICAL,
            place=Place(lat=23.031, lon=113.77, text="人民公园南门"),
            deadline_at=time.time() - 200,
        ),
        _order(3, "出租屋例行巡查：向阳楼", AssignmentState.COMPLETED),
        _order(4, "协助走失老人核实身份", AssignmentState.CANCELLED),
    )
    for push in pushes:
        await scene.push(push)
    await terminal.until_order("o4", "cancelled")
    await terminal.page.evaluate("document.querySelectorAll('.toast').forEach((toast) => toast.remove())")


async def order(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click('[data-order="o1"] .card-open')
    await terminal.page.wait_for_selector(".sheet-page")


async def order_accepted(scene: Stage, terminal: WebTerminal) -> None:
    scene.answers[OrderAdvance] = lambda _: None
    await terminal.page.click('.sheet-steps [data-step="accepted"]')
    await terminal.page.wait_for_selector(".sheet-head .pending")


async def order_completing(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click('.sheet-steps [data-step="completed"]')
    await terminal.page.fill("#order-note", "已劝离三处摊位，盲道恢复畅通。")


async def order_refusing(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click(".sheet-head .icon-button")
    await terminal.page.click('.sheet-steps [data-step="refused"]')


async def about_me(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click(".sheet-head .icon-button")
    await terminal.page.click(".sheet-head .icon-button")
    await terminal.turn_to("more")


async def about_device(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.evaluate("document.querySelector('.more-page').scrollTop = 9999")


async def unbinding(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click("#unbind")


async def groups(_scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click("#dialog-close")
    await terminal.turn_to("talk")
    await terminal.page.click("#choose-group")


async def complaint(scene: Stage, terminal: WebTerminal) -> None:
    await terminal.page.click("#dialog-close")
    locale = scene.locale
    await scene.push(Refused(code=RefusalCode.NO_MEDIA, text=sentence(RefusalCode.NO_MEDIA, locale)))
    await terminal.page.wait_for_selector(".toast")


async def offline(scene: Stage, terminal: WebTerminal) -> None:
    scene.is_silent = True
    await scene.drop()
    await terminal.until_phase("offline")


WALK: tuple[Step, ...] = (
    idle, taken, emergency, requesting, queued, your_turn, granted, revoked, denied, ringing, connected, finished,
    camera_asked, camera_watched, orders, order, order_accepted, order_completing, order_refusing, about_me,
    about_device, unbinding, groups, complaint, offline,
)  # fmt: skip
