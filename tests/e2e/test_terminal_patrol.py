"""Patrol visits in the page: what is due, the code typed, the form with its photo, and all of it without a network."""

from pathlib import Path
from typing import Any

import pytest

from comms.domain.ids import DepartmentId, ItemId, JurisdictionId, PatrolPlaceId, QuestionId, VisitId
from comms.domain.order import Place
from comms.domain.patrol import AnswerKind, PatrolPlace, Question, Visit
from comms.protocol.commands import BlobPut
from comms.protocol.patrol_commands import VisitBegin, VisitDue, VisitFail, VisitFinish
from comms.protocol.patrol_pushes import DuePlace, Known, VisitDueList, VisitOpened
from comms.protocol.pushes import Done
from tests.e2e.conftest import OnStage
from tests.support.browser import write_picture
from tests.support.stage import UNIT

pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]
SHOP = PatrolPlace(
    id=PatrolPlaceId("place:p1"),
    name="便民店 001",
    category="三小场所",
    lat=23.0221,
    lon=113.7561,
    address="花园路 12 号",
)


def asked(key: str, words: str, kind: AnswerKind, **more: Any) -> Question:
    fields: dict[str, Any] = {"id": QuestionId(key), "words": words, "kind": kind, "item_id": ItemId("i")}
    return Question(**(fields | {"jurisdiction_id": JurisdictionId("t"), "departments": (DepartmentId("d"),)} | more))


QUESTIONS = (
    asked("exit", "消防通道是否畅通", AnswerKind.YES_NO),
    asked("workers", "从业人员数", AnswerKind.NUMBER, unit="人"),
    asked("front", "门头照片", AnswerKind.PHOTO),
    asked("remark", "其他情况", AnswerKind.TEXT, is_needed=False),
)
KNOWN = Known(question_id=QuestionId("licence"), answered_at=1_795_400_000.0, valid_until=4e9)


def due(command: VisitDue) -> VisitDueList:
    place = DuePlace(
        place=SHOP, plans=("三小场所月巡",), question_ids=tuple(each.id for each in QUESTIONS), deadline_at=4e9
    )
    return VisitDueList(id=command.id, places=(place,), questions=QUESTIONS, total=1)


def opened(command: VisitBegin) -> VisitOpened:
    visit = Visit(
        id=VisitId(command.id),
        place_id=SHOP.id, place_name=SHOP.name, unit_id=UNIT, jurisdiction_id=JurisdictionId("t"), due=(),
        question_ids=tuple(each.id for each in QUESTIONS), begun_at=1_795_471_900.0, place=Place(lat=23.0, lon=113.7),
    )  # fmt: skip
    return VisitOpened(
        visit=visit, questions=QUESTIONS, known=(KNOWN,), known_words={KNOWN.question_id: "营业执照是否悬挂"}
    )


async def test_a_visit_from_list_to_form(on_duty: OnStage, tmp_path: Path) -> None:
    it, page = on_duty, on_duty.terminal.page
    it.stage.answers[VisitDue] = due
    await it.terminal.turn_to("orders")
    await page.click("#patrol-open")
    await it.terminal.until_text('[data-place="place:p1"]', "便民店 001")
    assert await page.is_disabled("#visit-begin")
    await page.fill("#visit-code", "abcde 12345")
    await page.click("#visit-begin")
    begin = await it.stage.wait_for(VisitBegin)
    assert begin.code == "abcde 12345"
    await it.stage.push(opened(begin))
    await it.terminal.until_text(".known", "营业执照是否悬挂")
    assert await page.is_disabled("#visit-send")
    await page.click('[data-question="exit"] [data-value="no"]')
    await page.fill("#visit-q1", "三")
    picture = write_picture(tmp_path / "门头.png", width=80, height=60)
    await page.set_input_files("#visit-q2-photo", picture)
    await it.terminal.until_text(".thumb", "")
    assert await page.is_disabled("#visit-send"), "three is no number in figures"
    await page.fill("#visit-q1", "3")
    it.stage.answers[BlobPut] = lambda command: Done(id=command.id, subject="b")
    await page.click("#visit-send")
    form = await it.stage.wait_for(VisitFinish)
    assert form.visit_id == VisitId(begin.id)
    assert {answer.question_id: answer.value for answer in form.answers} == {"exit": "no", "workers": "3", "front": ""}
    assert len(form.answers[2].photos) == 1
    await it.terminal.until_text(".toast", "巡查已提交")
    # Without a network the list of before says what to ask; nobody is there.
    await it.terminal.until_text('[data-place="place:p1"]', "便民店 001")
    await it.stage.drop()
    await page.fill("#visit-code", "WGV1|place:p1|0|x")
    await page.click("#visit-begin")
    await it.terminal.until_text("#visit-sheet h1", "便民店 001")
    await page.click('[data-reason="locked"]')
    fail = await it.stage.wait_for(VisitFail)
    assert fail.visit_id == VisitId((await it.stage.wait_for(VisitBegin, 2)).id)
