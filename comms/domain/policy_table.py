"""The policy: one row for each kind of command of the wire protocol.

A new command needs a row here, and a sample in `tests/support/authority.py`; without them the gateway refuses it and
the test of the matrix fails. `python -m comms.gateway authority` prints the table.

To add one: who may (`DUTY`, `EVERYBODY`, `frozenset({R.SECURITY})` …), whether terminals may too, and in `of` every id
that it carries, with how far the peer reaches.
"""

from comms.domain.policy import (
    ANY_SEAT,
    DIRECTS,
    DUTY,
    EVERYBODY,
    LEADERS,
    MERGERS,
    OBSERVES,
    READS_LOG,
    Noun,
    Of,
    R,
    Reach,
    Rule,
)

_N = Noun
_ANYWHERE, _LINE, _NOWHERE, _OWN, _TOUCHING = Reach.ANYWHERE, Reach.LINE, Reach.NOWHERE, Reach.OWN, Reach.TOUCHING
_SYSTEM = frozenset({R.SYSTEM})
_SECURITY = frozenset({R.SECURITY})
LOOKS_AFTER_ACCESS = Rule(_SECURITY, until_appointed=True)
"""Of the sign-ins of others: `sign_in.list` and `sign_in.end` may be asked by everybody for his own."""
_STRANGER = Rule(is_for_strangers=True)
_TERMINAL = Rule(is_for_terminals=True)
_ALL = Rule(EVERYBODY, is_for_terminals=True)
_BOTH = Rule(DUTY, is_for_terminals=True)
_DESK = Rule(DUTY)


def _desk(*of: Of) -> Rule:
    return Rule(DUTY, of=of)


def _terminal(*of: Of) -> Rule:
    return Rule(is_for_terminals=True, of=of)


def _both(*of: Of) -> Rule:
    return Rule(DUTY, is_for_terminals=True, of=of)


SESSIONS: dict[str, Rule] = {
    "desk.sign_in": _STRANGER,
    "desk.resume": _STRANGER,
    "issuer.begin": Rule(EVERYBODY, is_for_strangers=True),
    "desk.sign_in_by_issuer": _STRANGER,
    "terminal.enrol": _STRANGER,
    "terminal.sign_in": _STRANGER,
    "help.call": Rule(is_for_strangers=True, if_site_allows=True),
    "token.refresh": Rule(EVERYBODY, is_for_strangers=True),
    "session.sign_out": _ALL,
    "ping": _ALL,
    "enrolment.issue": Rule(_SYSTEM, of=(Of(_N.UNIT, "unit_id"),), until_appointed=True),
    "enrolment.revoke": Rule(_SYSTEM | _SECURITY, of=(Of(_N.UNIT, "unit_id"),), until_appointed=True),
    "device.list": Rule(_SYSTEM | _SECURITY, until_appointed=True),
    "device.revoke": Rule(_SECURITY, of=(Of(_N.UNIT, "unit_id"),), until_appointed=True),
    "sign_in.list": Rule(EVERYBODY),
    "sign_in.end": Rule(EVERYBODY),
    "account.read": Rule(EVERYBODY),
    "account.password": Rule(EVERYBODY),
    "account.unlock": Rule(EVERYBODY),
    "account.unlock_by_issuer": Rule(EVERYBODY),
    "second_factor.begin": Rule(EVERYBODY),
    "second_factor.confirm": Rule(EVERYBODY),
    "second_factor.end": Rule(EVERYBODY),
}
READING: dict[str, Rule] = {
    "picture.subscribe": Rule(EVERYBODY),
    "desk.view": Rule(EVERYBODY),
    "desk.exported": Rule(EVERYBODY),
    "health.read": Rule(EVERYBODY),
    "calendar.read": Rule(EVERYBODY),
    "blob.get": Rule(EVERYBODY, is_for_terminals=True, of=(Of(_N.BLOB, "blob_id", _OWN),)),
    "blob.put": _BOTH,
    "log.read": Rule(READS_LOG),
    "log.span": Rule(READS_LOG),
    "note.add": _DESK,
    "track.read": _desk(Of(_N.TRACK, "unit_ids")),
    "track.days": _desk(Of(_N.TRACK, "unit_ids")),
    "assessment.read": _desk(Of(_N.GRID, "within")),
    "assessment.cases": _desk(Of(_N.GRID, "within")),
}
VOICE: dict[str, Rule] = {
    "media.offer": _ALL,
    "affiliation.set": _both(Of(_N.TALKGROUP, "talkgroup_ids")),
    "floor.request": _both(Of(_N.TALKGROUP, "talkgroup_id")),
    "floor.release": _BOTH,  # of whatever is named: a key that comes up always ends the talking
    "floor.queue_position": _both(Of(_N.TALKGROUP, "talkgroup_id", may_miss=True)),
    "floor.ack": _BOTH,
    "call.place": _both(Of(_N.UNIT, "unit_id", terminal=_NOWHERE)),
    "call.answer": _both(Of(_N.CALL, "call_id")),
    "call.reject": _both(Of(_N.CALL, "call_id")),
    "call.hang_up": _both(Of(_N.CALL, "call_id")),
    "call.from_area": _desk(Of(_N.UNIT, "target.unit_ids")),
    "call.follow": _desk(Of(_N.AD_HOC, "talkgroup_id")),
    "call.end": _desk(Of(_N.AD_HOC, "talkgroup_id", may_miss=True)),
    "video.offer": _TERMINAL,
    "video.ask": _desk(Of(_N.UNIT, "unit_id")),
    "video.consent": _terminal(Of(_N.VIDEO, "video_id")),
    "video.stop": _both(Of(_N.VIDEO, "video_id")),
    "video.watch": _desk(Of(_N.VIDEO, "video_id")),
    "video.unwatch": _desk(Of(_N.VIDEO, "video_id")),
}
WORK: dict[str, Rule] = {
    "position.report": _TERMINAL,
    "status.set": _TERMINAL,
    "order.issue": _desk(
        Of(_N.UNIT, "target.unit_ids"),
        Of(_N.MEMBERS, "target.talkgroup_id"),
        Of(_N.GRID, "target.jurisdiction_id"),
        Of(_N.INCIDENT, "incident_id"),
    ),
    "order.advance": _both(Of(_N.ORDER, "order_id", _TOUCHING), Of(_N.UNIT, "unit_id")),
    "order.remind": _desk(Of(_N.AT_WORK, "order_id")),
    "ladder.stop": _desk(Of(_N.ORDER, "order_id", _TOUCHING), Of(_N.UNIT, "unit_id")),
    "incident.report": _BOTH,
    "incident.close": Rule(frozenset({R.ACCEPTOR}), of=(Of(_N.INCIDENT, "incident_id"),)),
    "incident.link_order": _desk(Of(_N.INCIDENT, "incident_id"), Of(_N.ORDER, "order_id", _ANYWHERE)),
    "incident.merge": Rule(MERGERS, of=(Of(_N.INCIDENT, "incident_id"), Of(_N.INCIDENT, "parts.incident_id"))),
    "incident.unmerge": Rule(MERGERS, of=(Of(_N.INCIDENT, "incident_id"),)),
    "incident.acknowledge": _desk(Of(_N.INCIDENT, "incident_id")),
    "case.move": _desk(Of(_N.INCIDENT, "incident_id"), Of(_N.UNIT, "unit_id")),  # whose a step is: `case.WAYS`
    "work_order.release": _desk(Of(_N.QUARANTINED, "incident_id", _LINE)),
    "work_order.discard": _desk(Of(_N.QUARANTINED, "incident_id", _LINE)),
    "plan.start": Rule(LEADERS, of=(Of(_N.INCIDENT, "incident_id"),)),
    "plan.raise": Rule(LEADERS, of=(Of(_N.PLAN_RUN, "run_id"),)),
    "plan.tick": _desk(Of(_N.PLAN_RUN, "run_id")),
    "plan.skip": _desk(Of(_N.PLAN_RUN, "run_id")),
    "plan.end": Rule(LEADERS, of=(Of(_N.PLAN_RUN, "run_id"),)),
}
GROUND: dict[str, Rule] = {
    "alarm.acknowledge": _desk(Of(_N.ALARM, "alarm_ids")),
    "alarm.shelve": _desk(Of(_N.ALARM, "alarm_id")),
    "alarm.unshelve": _desk(Of(_N.ALARM, "alarm_id")),
    "alarm.mark": _desk(Of(_N.ALARM, "alarm_id")),
    "fence.draw": _desk(Of(_N.GRID, "fence.jurisdiction_id")),
    "fence.change": _desk(Of(_N.FENCE, "fence.id"), Of(_N.GRID, "fence.jurisdiction_id")),
    "fence.erase": _desk(Of(_N.FENCE, "fence_id")),
    "mark.draw": _DESK,
    "mark.change": _desk(Of(_N.MARK, "mark_id")),
    "mark.erase": _desk(Of(_N.MARK, "mark_id")),
    "weather.issue": _desk(Of(_N.GRID, "area.jurisdiction_id")),
    "weather.end": _desk(Of(_N.WEATHER, "weather_id")),
    "item.apply": _desk(Of(_N.GRID, "jurisdiction_id", _LINE), Of(_N.ITEM, "item_id", _LINE)),
    "item.break_down": _desk(Of(_N.ITEM, "item_id")),
    "item.approve": _desk(Of(_N.ITEM, "item_id")),
    "item.reject": _desk(Of(_N.ITEM, "item_id")),
    "item.put_in_force": _desk(Of(_N.ITEM, "item_id")),
    "item.retire": _desk(Of(_N.ITEM, "item_id")),
    "item.read": _desk(Of(_N.ITEM, "item_id", _ANYWHERE)),
}
PATROLS: dict[str, Rule] = {
    "patrol.question_set": _desk(
        Of(_N.QUESTION, "question.id", may_miss=True), Of(_N.GRID, "question.jurisdiction_id")
    ),
    "patrol.plan_set": _desk(Of(_N.PATROL_PLAN, "plan.id", may_miss=True), Of(_N.GRID, "plan.jurisdiction_id")),
    "patrol.plan_end": _desk(Of(_N.PATROL_PLAN, "plan_id")),
    "patrol.excuse": _desk(Of(_N.PATROL_PLACE, "place_id")),
    "patrol.code_renew": _desk(Of(_N.PATROL_PLACE, "place_id")),
    "patrol.codes": _desk(Of(_N.GRID, "jurisdiction_id")),
    "patrol.due": _desk(Of(_N.GRID, "jurisdiction_id")),
    "patrol.tallies": _desk(Of(_N.GRID, "jurisdiction_id")),
    "patrol.place": _desk(Of(_N.PATROL_PLACE, "place_id")),
    "visit.due": _TERMINAL,
    "visit.begin": _TERMINAL,  # by the code at the door, which is the authority
    "visit.finish": _terminal(Of(_N.VISIT, "visit_id")),
    "visit.fail": _terminal(Of(_N.VISIT, "visit_id")),
}
DUTIES: dict[str, Rule] = {
    "post.define": _desk(Of(_N.GRID, "jurisdiction_id"), Of(_N.POST, "post_id")),
    "roster.set": _desk(Of(_N.POST, "post_id")),
    "duty.sign_on": _desk(Of(_N.SHIFT, "shift_id")),
    "duty.sign_off": _desk(Of(_N.SHIFT, "shift_id", _ANYWHERE)),  # whose duty it is, `duty_rules` says
    "swap.ask": _desk(Of(_N.SHIFT, "shift_id", _ANYWHERE)),
    "swap.settle": _desk(Of(_N.SWAP, "swap_id", _OWN)),
    "handover.make": _desk(Of(_N.SHIFT, "shift_id", _ANYWHERE)),
    "handover.sign": _desk(Of(_N.HANDOVER, "handover_id", _ANYWHERE)),
    "handover.accept": _desk(Of(_N.HANDOVER, "handover_id")),
    "handover.read": Rule(READS_LOG, of=(Of(_N.HANDOVER, "handover_id", _ANYWHERE),)),
}
DRILLS: dict[str, Rule] = {
    "drill.state": Rule(DUTY, seats=ANY_SEAT),
    "drill.join": Rule(DUTY, seats=ANY_SEAT),
    "drill.note": Rule(DUTY, seats=OBSERVES),
    "drill.rate": Rule(DUTY, seats=OBSERVES),
    "drill.begin": Rule(DUTY, seats=DIRECTS),
    "drill.pause": Rule(DUTY, seats=DIRECTS),
    "drill.resume": Rule(DUTY, seats=DIRECTS),
    "drill.speed": Rule(DUTY, seats=DIRECTS),
    "drill.jump": Rule(DUTY, seats=DIRECTS),
    "drill.fire": Rule(DUTY, seats=DIRECTS),
    "drill.delay": Rule(DUTY, seats=DIRECTS),
    "drill.skip": Rule(DUTY, seats=DIRECTS),
    "drill.act": Rule(DUTY, seats=DIRECTS),
    "drill.act_end": Rule(DUTY, seats=DIRECTS),
    "drill.end": Rule(DUTY, seats=DIRECTS),
}
POLICY: dict[str, Rule] = {**SESSIONS, **READING, **VOICE, **WORK, **GROUND, **PATROLS, **DUTIES, **DRILLS}
"""By the command's kind, as on the wire."""
