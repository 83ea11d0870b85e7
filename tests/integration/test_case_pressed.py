"""催办 and 督办 over real sockets: one alarm that grows graver, and is over when the department hands its case back."""

from pathlib import Path

from comms.domain.alarm import AlarmKind, AlarmPriority
from comms.domain.case import CaseStep
from comms.domain.events import AlarmCleared, AlarmRaised, AlarmUpdated
from comms.gateway.case_alarms import case_alarm_id
from comms.protocol.case_commands import CalendarRead
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import CalendarYears, Refused
from tests.support.case_hall import TWO_HOURS, hall
from tests.support.gateway import U1
from tests.support.terminal import new_id, terminal

P = CaseStep


async def test_a_pressed_case_is_one_alarm_until_it_is_handed_back(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        watcher = await it.desk("supervisor")
        await watcher.subscribe()
        await it.dispatched(limit=TWO_HOURS)
        await it.move("dispatcher", P.REMIND, opinion="请抓紧")
        alarm = (await watcher.event(AlarmRaised)).alarm
        assert (alarm.kind, alarm.priority) == (AlarmKind.CASE_PRESSED, AlarmPriority.MEDIUM)
        assert (alarm.incident_id, alarm.name) == (it.incident_id, "井盖缺失")
        await it.move("supervisor", P.ESCALATE, opinion="限今日办结")
        graver = await watcher.event(AlarmUpdated)
        assert (graver.alarm.id, graver.alarm.priority) == (alarm.id, AlarmPriority.HIGH)
        await it.move("handler", P.RECEIVE)
        await it.move("handler", P.HAND_BACK)
        assert (await watcher.event(AlarmCleared)).alarm_id == case_alarm_id(it.incident_id)


async def test_a_desk_counts_by_the_gateways_calendar(tmp_path: Path) -> None:
    async with hall(tmp_path) as it, terminal(it.site, U1) as worker:
        answer = await (await it.desk("handler")).ask_for(CalendarRead(id=new_id()), CalendarYears)
        assert answer.years == it.gateway.cases.years
        refused = await worker.ask_for(CalendarRead(id=new_id()), Refused)
        assert refused.code is RefusalCode.NOT_ALLOWED
