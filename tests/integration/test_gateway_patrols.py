"""Patrols over real sockets: plans of what is on the list, signing in by the code, the form, findings, one visit for
many departments, overdue alarms, and a restart in the middle."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from comms.domain.alarm import AlarmKind
from comms.domain.events import IncidentReported
from comms.domain.ids import BlobId, DepartmentId, ItemId, PatrolPlaceId, PatrolPlanId, QuestionId, VisitId
from comms.domain.officer import Department
from comms.domain.order import Place
from comms.domain.patrol import (
    Answer,
    AnswerKind,
    FailReason,
    Finding,
    PatrolPlan,
    Question,
    Rhythm,
    Selection,
    VisitMark,
)
from comms.domain.patrol_events import VisitBegun, VisitFinished
from comms.domain.position import Fix
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.fleet.fleet import FleetPlan
from comms.fleet.tokens import read_doors
from comms.fleet.town_items import town_items
from comms.gateway.options import Options, parse
from comms.gateway.patrol_administration import import_places, write_doors
from comms.gateway.town import TownError
from comms.protocol import patrol_commands as p
from comms.protocol.area import Area, KeyPlace, OfficerAccount, RiskSource, TownFile
from comms.protocol.commands import BlobGet, BlobPut
from comms.protocol.errors import RefusalCode
from comms.protocol.patrol_pushes import (
    PatrolCodeList,
    PatrolDuePage,
    PatrolPlacePage,
    PatrolTallyList,
    VisitDueList,
    VisitOpened,
)
from comms.protocol.pushes import Done, Refused
from tests.support.fleet_site import QUICK, running_fleet
from tests.support.gateway import (
    ADMIN,
    CITY,
    NORTH_DUTY,
    PASSWORD,
    S1,
    SOUTH,
    U1,
    U3,
    Site,
    prepare_site,
    running_gateway,
    tiny_town,
)
from tests.support.terminal import Peer, desk, new_id, terminal
from tests.support.town import sample_town

ITEM, FOUND = town_items(CITY)[:2]
FIRE, POLICE = DepartmentId("fire"), DepartmentId("police")
FIRE_OFFICER = "fire-1"
SHOP, SCHOOL = PatrolPlaceId("place:p1"), PatrolPlaceId("place:p2")
HERE = Place(lat=23.0, lon=113.7)
NEVER_VALID = TimeLimit(amount=1e-6, unit=TimeUnit.EMERGENCY_HOUR)


def town() -> TownFile:
    places = (
        KeyPlace(id="p1", name="店", category="三小场所", lat=23.0, lon=113.7, address="路 1 号"),
        KeyPlace(id="p2", name="学校", category="学校", lat=23.001, lon=113.7),
    )
    made = tiny_town()
    fire_officer = OfficerAccount(
        officer_id=FIRE_OFFICER,  # type: ignore[arg-type]  # a plain word in a test
        name="消防员",
        jurisdiction_id=CITY,
        password=PASSWORD,
        department_id=FIRE,
    )
    return msgspec.structs.replace(
        made,
        area=Area(
            name="测试市",
            bounds=(22.9, 113.6, 23.1, 113.8),
            places=places,
            risks=(RiskSource(id="r1", name="气站", category="危化品", lat=23.05, lon=113.7, level=1),),
        ),
        items=(ITEM, FOUND),
        items_from_at=time.time() - 86_400,
        departments=tuple(Department(id=each, name=each, jurisdiction_id=CITY) for each in (FIRE, POLICE)),
        officers=(*made.officers, fire_officer),
    )


@asynccontextmanager
async def patrolled(tmp_path: Path, **more: Any) -> AsyncIterator[Site]:
    async with running_gateway(tmp_path, town=town(), **more) as site:
        yield site


async def ask(peer: Peer, words: str, departments: tuple[DepartmentId, ...], **more: Any) -> QuestionId:
    fields: dict[str, Any] = {"id": QuestionId(""), "words": words, "kind": AnswerKind.YES_NO, "item_id": ITEM.id}
    question = Question(**(fields | {"jurisdiction_id": CITY, "departments": departments} | more))
    done = await peer.ask_for(p.PatrolQuestionSet(id=new_id(), question=question), Done)
    return QuestionId(done.subject or "")


async def plan(peer: Peer, name: str, *questions: QuestionId, **more: Any) -> PatrolPlanId:
    made = PatrolPlan(id=PatrolPlanId(""), name=name, jurisdiction_id=CITY, question_ids=questions, **more)
    done = await peer.ask_for(p.PatrolPlanSet(id=new_id(), plan=made), Done)
    return PatrolPlanId(done.subject or "")


async def code_at(peer: Peer, place_id: PatrolPlaceId) -> tuple[str, str]:
    found = await peer.ask_for(p.PatrolCodes(id=new_id(), jurisdiction_id=CITY, place_ids=(place_id,)), PatrolCodeList)
    return found.codes[0].scanned, found.codes[0].typed


async def why_not(peer: Peer, command: Any) -> RefusalCode | None:
    answer = await peer.ask(command)
    return answer.code if isinstance(answer, Refused) else None


def begin(code: str, here: Place | None = HERE, **more: Any) -> p.VisitBegin:
    return p.VisitBegin(id=new_id(), code=code, here=here, **more)


def finish(visit_id: str, *answers: Answer) -> p.VisitFinish:
    return p.VisitFinish(id=new_id(), visit_id=VisitId(visit_id), answers=answers)


async def place_of(peer: Peer, place_id: PatrolPlaceId = SHOP) -> PatrolPlacePage:
    return await peer.ask_for(p.PatrolPlaceRead(id=new_id(), place_id=place_id), PatrolPlacePage)


async def test_one_visit_for_every_department(tmp_path: Path) -> None:
    async with (
        patrolled(tmp_path) as site,
        desk(site, ADMIN) as officer,
        desk(site, FIRE_OFFICER) as fireman,  # type: ignore[arg-type]  # a plain word in a test
        terminal(site, U3) as worker,
    ):
        await officer.subscribe()
        finding = Finding(incident_kind="通道堵塞", answers=("no",), item_id=FOUND.id)
        clear = await ask(officer, "通道畅通", (FIRE,), finding=finding, valid_days=30)
        people = await ask(officer, "住几人", (POLICE,), kind=AnswerKind.NUMBER, unit="人", valid_days=30)
        sign = await ask(officer, "门头照", (FIRE, POLICE), kind=AnswerKind.PHOTO, is_needed=False)
        shops = Selection(categories=("三小场所",))
        await plan(officer, "消防", clear, sign, selection=shops, rhythm=Rhythm.DAILY)
        await plan(officer, "人口", people, selection=shops, rhythm=Rhythm.DAILY)
        # Nothing that is not on the list is asked.
        off = Question(
            id=QuestionId(""), words="x", kind=AnswerKind.TEXT, item_id=ItemId("no"), jurisdiction_id=CITY,
            departments=(FIRE,),
        )  # fmt: skip
        refused = await officer.ask_for(p.PatrolQuestionSet(id=new_id(), question=off), Refused)
        assert refused.code is RefusalCode.QUESTION_NOT_ON_LIST
        due = await worker.ask_for(p.VisitDue(id=new_id(), here=HERE), VisitDueList)
        [shop] = due.places
        assert (shop.place.id, shop.plans, set(shop.question_ids)) == (SHOP, ("消防", "人口"), {clear, people, sign})
        code, _ = await code_at(officer, SHOP)
        command = begin(code)
        done = await worker.ask_for(command, Done)
        assert (await worker.ask_for(command, Done)).subject == done.subject == command.id
        opened = await worker.next(VisitOpened)
        assert {each.id for each in opened.questions} == {clear, people, sign}
        photo = await worker.ask_for(BlobPut(id=new_id(), media_type="image/png", data=b"door"), Done)
        answers = [
            Answer(question_id=clear, value="no", photos=(BlobId(photo.subject or ""),)),
            Answer(question_id=people, value="4"),
        ]
        assert await why_not(worker, finish(command.id, answers[0])) is RefusalCode.BAD_FORM
        assert await why_not(worker, finish("gone", *answers)) is RefusalCode.NOT_FOUND
        lost = Answer(question_id=sign, photos=(BlobId("0" * 64),))
        assert await why_not(worker, finish(command.id, *answers, lost)) is RefusalCode.NOT_FOUND
        form = finish(command.id, *answers)
        await worker.ask_for(form, Done)
        assert (await worker.ask_for(form, Done)).subject == command.id
        # What was found is an incident with its item and its visit.
        found = (await officer.event(IncidentReported)).incident
        assert (found.kind, found.item_id, found.visit_id) == ("通道堵塞", FOUND.id, VisitId(command.id))
        assert found.photos == (photo.subject,)
        finished = await officer.event(VisitFinished)
        assert finished.incident_ids == (found.id,)
        assert await why_not(officer, BlobGet(id=new_id(), blob_id=finished.record)) is RefusalCode.NOT_ALLOWED
        # Each department has its own view; the duty desk has all.
        whole, own = await place_of(officer), await place_of(fireman)
        assert {(fact.question_id, fact.value) for fact in whole.facts} == {(clear, "no"), (people, "4")}
        assert [(fact.question_id, fact.unit_id) for fact in own.facts] == [(clear, U3)]
        assert [len(visit.facts) for visit in (*whole.visits, *own.visits)] == [2, 1]
        assert await why_not(worker, begin(code)) is RefusalCode.NOTHING_DUE
        # A third plan asks the same: it is known, and only what is new is asked.
        fresh = await ask(officer, "灭火器", (FIRE,))
        await plan(officer, "联查", clear, people, fresh, selection=shops)
        [again] = (await worker.ask_for(p.VisitDue(id=new_id()), VisitDueList)).places
        assert {each.question_id for each in again.known} == {clear, people}
        second = begin(code)
        await worker.ask_for(second, Done)
        opened = await worker.next(VisitOpened, lambda push: push.visit.id == VisitId(second.id))
        assert [each.id for each in opened.questions] == [fresh]
        assert opened.known_words == {clear: "通道畅通", people: "住几人"}


async def test_who_may_sign_in_where(tmp_path: Path) -> None:
    async with (
        patrolled(tmp_path) as site,
        desk(site, ADMIN) as officer,
        desk(site, NORTH_DUTY) as north,
        terminal(site, U1) as worker,
        terminal(site, S1) as other,
    ):
        await officer.subscribe()
        question = await ask(officer, "看一看", (FIRE,))
        strict = await plan(officer, "严", question, selection=Selection(place_ids=(SCHOOL,)), is_strict=True)
        loose = await plan(officer, "松", question, selection=Selection(place_ids=(SHOP,)), skill="")
        code, typed = await code_at(officer, SHOP)
        school, _ = await code_at(officer, SCHOOL)
        far = Place(lat=23.02, lon=113.7)
        for command, wanted in (
            (begin("WGV1|place:p1|0|0123456789ABCDEFGHJKMNPQ"), RefusalCode.BAD_CODE),
            (begin("ABCDE12345"), RefusalCode.BAD_CODE),
            (begin(code, occurred_at=time.time() - 9 * 86_400), RefusalCode.NOTHING_DUE),
            (begin(school, far), RefusalCode.TOO_FAR),
            (begin(school, None), RefusalCode.TOO_FAR),
            (begin(school, Place(lat=0.0, lon=0.0)), RefusalCode.TOO_FAR),
        ):
            assert await why_not(worker, command) is wanted
        first = begin(f"{typed[:5].lower()} {typed[5:]}", far)
        await worker.ask_for(first, Done)
        marks = (await officer.event(VisitBegun)).visit.marks
        assert set(marks) == {VisitMark.FAR, VisitMark.TYPED}
        assert await why_not(other, finish(first.id)) is RefusalCode.NOT_FOUND
        assert await why_not(other, begin(code)) is None, "places of no grid are everybody's below"
        # Signed in again: the first visit is over.
        again = begin(code)
        await worker.ask_for(again, Done)
        assert await why_not(worker, finish(first.id)) is RefusalCode.NOT_FOUND
        gone = p.VisitFail(id=new_id(), visit_id=VisitId(again.id), reason=FailReason.LOCKED, note="下午")
        assert (await worker.ask_for(gone, Done)).subject == again.id
        page = await officer.ask_for(p.PatrolDue(id=new_id(), jurisdiction_id=CITY, plan_id=loose), PatrolDuePage)
        assert [(row.reason, row.state) for row in page.rows] == [(FailReason.LOCKED, p.DueShown.DUE)]
        # A renewed code; an excuse; an ended plan.
        assert await why_not(officer, p.PatrolCodeRenew(id=new_id(), place_id=SHOP)) is None
        assert await why_not(worker, begin(code)) is RefusalCode.BAD_CODE
        assert await why_not(worker, begin(typed)) is RefusalCode.BAD_CODE
        excuse = p.PatrolExcuse(id=new_id(), plan_id=loose, place_id=SHOP, reason="")
        assert await why_not(officer, excuse) is RefusalCode.REASON_MISSING
        excused = msgspec.structs.replace(excuse, id=new_id(), reason="停业")
        assert await why_not(officer, excused) is None
        assert await why_not(officer, msgspec.structs.replace(excused, id=new_id())) is RefusalCode.NOTHING_DUE
        end = p.PatrolPlanEnd(id=new_id(), plan_id=strict, reason="")
        refusals: list[tuple[Peer, Any, RefusalCode | None]] = [
            (officer, end, RefusalCode.REASON_MISSING),
            (north, msgspec.structs.replace(end, reason="r"), RefusalCode.OUT_OF_JURISDICTION),
            (officer, msgspec.structs.replace(end, reason="r"), None),
            (officer, msgspec.structs.replace(end, reason="r"), RefusalCode.NOT_FOUND),
            (north, p.PatrolCodeRenew(id=new_id(), place_id=SHOP), RefusalCode.OUT_OF_JURISDICTION),
            (north, p.PatrolCodes(id=new_id(), jurisdiction_id=CITY), RefusalCode.OUT_OF_JURISDICTION),
            (north, p.PatrolDue(id=new_id(), jurisdiction_id=SOUTH), RefusalCode.OUT_OF_JURISDICTION),
            (north, p.PatrolTallies(id=new_id(), jurisdiction_id=SOUTH), RefusalCode.OUT_OF_JURISDICTION),
            (officer, p.PatrolPlaceRead(id=new_id(), place_id=PatrolPlaceId("no")), RefusalCode.NOT_FOUND),
            (worker, p.PatrolDue(id=new_id(), jurisdiction_id=CITY), RefusalCode.NOT_ALLOWED),
            (officer, p.VisitDue(id=new_id()), RefusalCode.NOT_ALLOWED),
        ]
        for peer, asked, code_of_refusal in refusals:
            assert await why_not(peer, msgspec.structs.replace(asked, id=new_id())) is code_of_refusal, asked
        assert await why_not(worker, begin(school)) is RefusalCode.NOTHING_DUE


async def test_after_a_restart_everything_goes_on(tmp_path: Path) -> None:
    async with patrolled(tmp_path) as site:
        codes = site.codes
        async with desk(site, ADMIN) as officer, terminal(site, U3) as worker:
            question = await ask(officer, "看一看", (FIRE,))
            daily = await plan(officer, "日巡", question, rhythm=Rhythm.DAILY, limit=NEVER_VALID)
            all_codes = await officer.ask_for(p.PatrolCodes(id=new_id(), jurisdiction_id=CITY), PatrolCodeList)
            assert [code.place.name for code in all_codes.codes] == ["店", "学校", "气站"]
            shop, school = (code.scanned for code in all_codes.codes[:2])
            done = begin(shop)
            await worker.ask_for(done, Done)
            await worker.ask_for(finish(done.id, Answer(question_id=question, value="yes")), Done)
            under_way = begin(school)
            await worker.ask_for(under_way, Done)
            tokens = site.device_tokens
    async with running_gateway(tmp_path, codes=codes) as site:
        site.device_tokens.update(tokens)
        assert site.gateway is not None
        async with desk(site, ADMIN) as officer, terminal(site, U3) as worker:
            await officer.subscribe()
            opened = await worker.next(VisitOpened)
            assert opened.visit.id == VisitId(under_way.id)
            assert await why_not(worker, begin(shop)) is RefusalCode.NOTHING_DUE
            await site.gateway.patrol_watch.look()
            alarms = [state.alarm for state in site.gateway.picture.alarms.states.values()]
            assert [(alarm.kind, alarm.value) for alarm in alarms] == [(AlarmKind.PATROL_OVERDUE, 2.0)]
            form = finish(under_way.id, Answer(question_id=question, value="yes"))
            await worker.ask_for(form, Done)
            tallies = await officer.ask_for(p.PatrolTallies(id=new_id(), jurisdiction_id=CITY), PatrolTallyList)
            [tally] = tallies.tallies
            assert (tally.jurisdiction_id, tally.due, tally.overdue, tally.done) == (CITY, 1, 1, 2)
            for shown, count in zip(p.DueShown, (1, 1, 2, 0, 0), strict=True):
                command = p.PatrolDue(
                    id=new_id(), jurisdiction_id=CITY, shown=shown, plan_id=daily,
                )  # fmt: skip
                assert (await officer.ask_for(command, PatrolDuePage)).total == count
            count = 0
            for unit_id in site.gateway.picture.units:
                command = p.PatrolDue(id=new_id(), jurisdiction_id=CITY, unit_id=unit_id)
                count += (await officer.ask_for(command, PatrolDuePage)).total
            assert count == 1, "it is somebody's, and nobody else's"
            assert (await place_of(officer)).facts[0].value == "yes"


class Standing:
    """Is at once where it is sent."""

    def __init__(self) -> None:
        self.where = (23.0, 113.7)

    def advance(self, now_s: float) -> None: ...

    def fix(self, row: int, *, at: float) -> Fix | None:
        return Fix(at=at, lat=self.where[0], lon=self.where[1])

    def send(self, row: int, *, lat: float, lon: float) -> None:
        self.where = (lat, lon)

    def has_arrived(self, row: int) -> bool:
        return True

    def hold(self, row: int) -> None: ...

    def release(self, row: int) -> None: ...

    def at(self, row: int) -> tuple[float, float]:
        return self.where


async def test_a_simulated_worker_goes_on_patrol(tmp_path: Path) -> None:
    """By the phone's protocol, in the sample town with its own plans."""
    data = tmp_path / "gateway"
    codes = await prepare_site(data, sample_town(units=2))
    words = argparse_of(data, tmp_path / "doors.json")
    await write_doors(words)
    doors = read_doors(tmp_path / "doors.json")
    assert len(doors) > 1000
    plan = FleetPlan(behaviour=QUICK, has_media=False, doors=doors)
    async with (
        running_gateway(tmp_path, codes=codes) as site,
        running_fleet(site, plan, source=Standing()) as made,
    ):
        visiting = made.terminals[0].visiting
        visiting.fills_in_s = (0.0, 0.0)
        assert await visiting.visit_next()
        assert made.fleet.stats().visits_done == 1
        assert site.gateway is not None
        assert not site.gateway.picture.patrols.visits


def argparse_of(data: Path, out: Path) -> Options:
    return parse(["patrol", "doors", "--data", str(data), "--out", str(out)])


async def test_a_sheet_of_places_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import openpyxl

    data, path = tmp_path / "gateway", tmp_path / "场所.xlsx"
    codes = await prepare_site(data, town())
    book = openpyxl.Workbook()
    for row in (
        ("编号", "名称", "类别", "纬度", "经度", "等级"),
        ("1", "仓库", "仓储", 23.01, 113.7, 2),
        ("2", "远方", "仓储", 230, 113.7, ""),
        ("3", "", "仓储", 23.0, 113.7, ""),
    ):
        book.active.append(row)
    book.save(path)
    words = ["patrol", "places", "--data", str(data), "--file", str(path)]
    await import_places(parse(words))
    await import_places(parse(words))
    assert "1 places read, 2 rows not read, 1 in the register." in capsys.readouterr().out
    book.active.delete_cols(3)
    book.save(path)
    for wrong in (words, [*words[:-1], str(tmp_path / "no.xlsx")], [*words[:-1], str(data / "blobs")]):
        with pytest.raises(TownError):
            await import_places(parse(wrong))
    async with running_gateway(tmp_path, codes=codes) as site:
        assert site.gateway is not None
        place = site.gateway.patrols.table.place(PatrolPlaceId("own:1"))
        assert place is not None
        assert (place.name, place.level, place.jurisdiction_id) == ("仓库", 2, CITY)
