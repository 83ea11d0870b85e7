"""Orders, positions and status in the page: nothing lost, nothing doubled, and everything said in words."""

import base64
import hashlib
import math
import struct
import time
from pathlib import Path

import pytest
from playwright.async_api import Geolocation

from comms.domain.ids import BlobId, JurisdictionId, OrderId
from comms.domain.order import AssignmentState, Order, OrderPriority, Place
from comms.domain.unit import UnitStatus
from comms.fleet.town_items import town_items
from comms.protocol.commands import (
    BlobGet,
    BlobPut,
    MediaOffer,
    OrderAdvance,
    PositionReport,
    StatusSet,
    TerminalSignIn,
)
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.incident_commands import IncidentReport
from comms.protocol.pushes import BlobContent, Done, OrderChanged, OrderPush, Refused
from tests.e2e.conftest import OnStage
from tests.support.browser import write_picture
from tests.support.stage import UNIT

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
_S = AssignmentState


def pushed(
    order_id: str = "o1", state: AssignmentState = _S.ISSUED, *, attachments: tuple[BlobId, ...] = ()
) -> OrderPush:
    order = Order(
        id=OrderId(order_id),
        title="核实占道经营并劝离",
        text="花园路12号门前有三处摊位占用盲道。",
        priority=OrderPriority.URGENT,
        place=Place(lat=23.0221, lon=113.7561, text="花园路12号"),
        issued_at=time.time() - 60,
        deadline_at=time.time() + 900,
        unit_ids=(UNIT,),
        attachments=attachments,
    )
    item = next(item for item in town_items(JurisdictionId("t")) if item.name == "占道经营")
    return OrderPush(order=order, state=state, issued_by_name="一号席 王敏", item=item)


def _states(it: OnStage) -> list[str]:
    return [command.state.value for command in it.stage.of(OrderAdvance)]


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height from the frame header of a JPEG."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack_from("!H", data, at + 2)[0]
    height, width = struct.unpack_from("!HH", data, at + 5)
    return width, height


async def test_an_order_is_delivered_read_and_walked_to_its_end(on_duty: OnStage, tmp_path: Path) -> None:
    it = on_duty
    await it.stage.push(pushed())
    await it.stage.wait_for(OrderAdvance)
    await it.terminal.until_text(".toast", "新指令：核实占道经营并劝离")
    await it.terminal.turn_to("orders")
    await it.terminal.until_text('[data-order="o1"] .item', "占道经营 · 取证：处置前照片、处置后照片、现场定位")
    await it.terminal.page.click('[data-order="o1"] .card-open')
    await it.terminal.until_text(".order-done", "完成标准：劝离并恢复通行")
    await it.stage.wait_for(OrderAdvance, 2)
    await it.terminal.page.click('.sheet-steps [data-step="accepted"]')
    await it.terminal.page.click('.sheet-steps [data-step="en_route"]')
    await it.terminal.page.click('.sheet-steps [data-step="on_scene"]')
    await it.stage.wait_for(OrderAdvance, 5)
    await it.terminal.page.click(".sheet-head .icon-button")
    await it.terminal.until_order("o1", "on_scene")
    picture = write_picture(tmp_path / "p.bmp", width=2400, height=1200)
    await it.terminal.complete("o1", note="已劝离，盲道恢复畅通。", photos=[picture])
    last = await it.stage.wait_for(OrderAdvance, 6)
    assert _states(it) == ["delivered", "read", "accepted", "en_route", "on_scene", "completed"]
    assert last.reason == "已劝离，盲道恢复畅通。"
    assert last.place is not None
    assert abs(last.place.lat - 23.0207) < 1e-6
    [photo] = it.stage.of(BlobPut)
    assert last.attachments == (hashlib.sha256(photo.data).hexdigest(),)
    assert (photo.media_type, jpeg_size(photo.data)) == ("image/jpeg", (1600, 800))
    assert it.stage.received.index(photo) < it.stage.received.index(last)
    await it.terminal.until_order("o1", "completed")


async def test_an_incident_is_reported_with_a_photo_from_where_it_is(on_duty: OnStage, tmp_path: Path) -> None:
    it = on_duty
    await it.stage.wait_for(PositionReport)
    await it.terminal.turn_to("orders")
    await it.terminal.page.click("#report-open")
    assert await it.terminal.page.is_disabled("#report-send"), "of no kind yet"
    await it.terminal.page.fill("#report-address", "莲塘路 12 号")
    await it.terminal.page.click("#report-sheet .sheet-head button")
    picture = write_picture(tmp_path / "p.bmp", width=800, height=600)
    await it.terminal.report(text="行人绕行。", photo=picture, beside=0.2)
    report = await it.stage.wait_for(IncidentReport)
    assert (report.incident_kind, report.text, report.priority) == ("井盖缺失", "行人绕行。", OrderPriority.NORMAL)
    assert report.place.text == "莲塘路 12 号", "what was written before stays"
    fix = it.stage.of(PositionReport)[-1].fixes[-1]
    east_m = (report.place.lon - fix.lon) * 111_320 * math.cos(math.radians(fix.lat))
    assert east_m == pytest.approx(100.0, abs=3.0), "a fifth of the rings' 500 m"
    assert report.place.lat == pytest.approx(fix.lat, abs=3e-5)
    [photo] = it.stage.of(BlobPut)
    assert report.photos == (hashlib.sha256(photo.data).hexdigest(),)
    assert it.stage.received.index(photo) < it.stage.received.index(report)
    await it.terminal.until_text(".toast", "已上报：井盖缺失")
    assert not await it.terminal.page.is_visible("#report-sheet")


async def test_a_refused_report_is_said_with_the_reason(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.wait_for(PositionReport)
    text = sentence(RefusalCode.POSITION_OUT_OF_RANGE, Locale.ZH_CN)
    it.stage.answers[IncidentReport] = lambda one: Refused(id=one.id, code=RefusalCode.POSITION_OUT_OF_RANGE, text=text)
    await it.terminal.turn_to("orders")
    await it.terminal.report()
    await it.terminal.until_text(".toast", f"“井盖缺失”未能上报：{text}")


async def test_refusing_needs_a_reason(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(pushed(state=_S.READ))
    await it.terminal.turn_to("orders")
    await it.terminal.page.click('[data-order="o1"] .card-open')
    await it.terminal.page.click('.sheet-steps [data-step="refused"]')
    assert await it.terminal.page.is_disabled("#order-submit")
    await it.terminal.page.click(".choices .choice >> nth=2")
    await it.terminal.page.click("#order-submit")
    refusal = await it.stage.wait_for(OrderAdvance)
    assert (refusal.state, refusal.reason) == (_S.REFUSED, "需要增援")
    await it.terminal.until_order("o1", "refused")


async def test_a_step_without_answer_is_pending_and_goes_again_with_its_id(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(pushed(state=_S.READ))
    await it.terminal.turn_to("orders")
    it.stage.answers[OrderAdvance] = lambda _: None
    await it.terminal.press_step("o1", "accepted")
    first = await it.stage.wait_for(OrderAdvance)
    await it.terminal.until_order("o1", "accepted", is_pending=True)
    await it.terminal.until_text("#link-state", "待发送 1 条")
    del it.stage.answers[OrderAdvance]
    it.stage.pushed_at_sign_in = (pushed(state=_S.READ),)  # as any gateway does with an order that is open
    await it.stage.drop()
    again = await it.stage.wait_for(OrderAdvance, 2)
    assert again == first
    await it.terminal.until_order("o1", "accepted")


async def test_pressed_steps_outlive_the_page(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(pushed(state=_S.READ))
    await it.terminal.turn_to("orders")
    it.stage.answers[OrderAdvance] = lambda _: None
    await it.terminal.press_step("o1", "accepted")
    first = await it.stage.wait_for(OrderAdvance)
    await it.terminal.open()
    assert await it.stage.wait_for(OrderAdvance, 2) == first
    await it.terminal.page.click("#start-duty")
    await it.terminal.turn_to("orders")
    await it.terminal.until_order("o1", "accepted", is_pending=True)


async def test_a_refused_step_springs_back_with_the_reason(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(pushed(state=_S.READ))
    await it.terminal.turn_to("orders")
    text = sentence(RefusalCode.WRONG_STATE, Locale.ZH_CN)
    it.stage.answers[OrderAdvance] = lambda command: Refused(id=command.id, code=RefusalCode.WRONG_STATE, text=text)
    await it.terminal.press_step("o1", "accepted")
    await it.terminal.until_text(".toast", text)
    await it.terminal.until_order("o1", "read")


async def test_a_disk_that_is_full_for_a_moment_loses_nothing(on_duty: OnStage) -> None:
    it = on_duty
    answers = iter([RefusalCode.STORE_FAILED])

    def hesitate(command: StatusSet) -> Done | Refused:
        code = next(answers, None)
        return Done(id=command.id) if code is None else Refused(id=command.id, code=code, text="", retry_after_s=0.1)

    it.stage.answers[StatusSet] = hesitate
    await it.terminal.turn_to("more")
    await it.terminal.page.click('[data-value="busy"]')
    first = await it.stage.wait_for(StatusSet)
    assert first.status is UnitStatus.BUSY
    assert await it.stage.wait_for(StatusSet, 2) == first


async def test_cancelled_reminded_sent_back(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(pushed(state=_S.ACCEPTED))
    await it.terminal.turn_to("orders")
    await it.stage.push(OrderChanged(order_id=OrderId("o1"), state=_S.ACCEPTED, is_reminder=True))
    await it.terminal.until_text(".toast", "催办")
    await it.stage.push(OrderChanged(order_id=OrderId("o1"), state=_S.ACCEPTED, reason="照片不清"))
    await it.terminal.until_text(".toast", "退回重办：核实占道经营并劝离（照片不清）")
    await it.stage.push(OrderChanged(order_id=OrderId("o1"), state=_S.CANCELLED, reason="重复"))
    await it.terminal.until_text(".toast", "指令已取消")
    await it.terminal.until_order("o1", "cancelled")


async def test_closed_while_away(on_duty: OnStage) -> None:
    it = on_duty
    await it.stage.push(pushed("o1", _S.ACCEPTED))
    await it.stage.push(pushed("o2", _S.ACCEPTED))
    await it.terminal.turn_to("orders")
    await it.terminal.until_order("o2", "accepted")
    it.stage.pushed_at_sign_in = (pushed("o2", _S.ACCEPTED),)
    await it.stage.drop()
    await it.stage.wait_for(MediaOffer, 2)
    await it.terminal.until_order("o1", "gone")
    await it.terminal.until_order("o2", "accepted")


async def test_pictures_of_an_order_are_shown(on_duty: OnStage) -> None:
    it = on_duty
    pixel = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    it.stage.answers[BlobGet] = lambda command: BlobContent(
        id=command.id, blob_id=command.blob_id, media_type="image/gif", data=pixel
    )
    await it.stage.push(pushed(attachments=(BlobId("b1"),)))
    await it.terminal.turn_to("orders")
    await it.terminal.page.click('[data-order="o1"] .card-open')
    await it.terminal.page.wait_for_selector(".sheet-body .photos img")


async def test_positions_are_reported_with_accuracy_and_battery(on_duty: OnStage) -> None:
    it = on_duty
    report = await it.stage.wait_for(PositionReport)
    [fix] = report.fixes
    assert (round(fix.lat, 4), round(fix.lon, 4), fix.accuracy_m) == (23.0207, 113.7518, 8.0)
    assert fix.battery_pct is not None
    assert abs(fix.at - time.time()) < 60
    moved: Geolocation = {"latitude": 23.0301, "longitude": 113.76, "accuracy": 5.0}
    await it.terminal.page.context.set_geolocation(moved)
    later = await it.stage.wait_for(PositionReport, 2)
    assert round(later.fixes[0].lat, 4) == 23.0301


async def test_signed_in_by_itself_the_next_time(on_duty: OnStage) -> None:
    it = on_duty
    assert "#" not in it.terminal.page.url
    await it.terminal.open()
    again = await it.stage.wait_for(TerminalSignIn, 2)
    assert again.device_token == it.stage.of(TerminalSignIn)[0].device_token
    await it.terminal.page.wait_for_selector("#start-duty")
