"""The sentences of a score, in both languages: what was measured, against which limit, and what follows."""

from enum import StrEnum

from comms.domain.measure import MeasureKind


class Telling(StrEnum):
    """What a line about an expectation says."""

    MET = "met"
    LATE = "late"
    MISSED = "missed"
    NOT_FIRED = "not_fired"
    TIME_LEFT = "time_left"


EXPECTATION: dict[str, dict[Telling, str]] = {
    "en": {
        Telling.MET: "Done {taken} s after “{inject}”; the limit is {limit} s: all points.",
        Telling.LATE: "Done {taken} s after “{inject}”, the limit is {limit} s: half the points.",
        Telling.MISSED: "Not done within {limit} s of “{inject}”, nor afterwards: no points.",
        Telling.NOT_FIRED: "“{inject}” was not played, so nothing was expected.",
        Telling.TIME_LEFT: "The drill ended before the {limit} s after “{inject}” were up; not counted.",
    },
    "zh_CN": {
        Telling.MET: "“{inject}”之后 {taken} 秒完成，时限 {limit} 秒：得满分。",
        Telling.LATE: "“{inject}”之后 {taken} 秒完成，时限 {limit} 秒：得一半分。",
        Telling.MISSED: "“{inject}”之后 {limit} 秒内没有完成，其后也没有：不得分。",
        Telling.NOT_FIRED: "“{inject}”没有触发，因此不计分。",
        Telling.TIME_LEFT: "演练在“{inject}”之后 {limit} 秒期满之前结束，不计分。",
    },
}
NEAREST_UNKNOWN = {
    "en": " Where units were then is not in the record, so any unit counted.",
    "zh_CN": "记录中没有当时的位置，因此任何力量都计入。",
}
PLACE_UNKNOWN = {
    "en": " It came with no incident and no place, so any order counted.",
    "zh_CN": "它没有产生事件，也没有地点，因此任何指令都计入。",
}
STEPS_SO_FAR = {
    "en": " Part of it was done: {units} of the units.",
    "zh_CN": "只完成了一部分：{units} 支力量。",
}

_K = MeasureKind
TITLES: dict[str, dict[MeasureKind, str]] = {
    "en": {
        _K.ACK_TIME: "Time to take note",
        _K.FIRST_ORDER_TIME: "Time to the first order",
        _K.LONG_BURSTS: "Long talk bursts",
        _K.FLOOR_TAKEN: "Floor taken away",
        _K.REFUSALS: "Refused commands",
        _K.ALARMS_MISSED: "Alarms missed",
        _K.ALARMS_LATE: "Alarms late",
        _K.CALLS_UNANSWERED: "Calls not answered",
        _K.RADIO_LOAD: "Radio load",
        _K.ORDERS_OVERDUE: "Orders overdue",
        _K.PLAN_STEPS: "Plan steps settled",
        _K.NOTES: "Notes in the log",
    },
    "zh_CN": {
        _K.ACK_TIME: "确认用时",
        _K.FIRST_ORDER_TIME: "首次派单用时",
        _K.LONG_BURSTS: "超长发言",
        _K.FLOOR_TAKEN: "话权被收回",
        _K.REFUSALS: "被拒绝的操作",
        _K.ALARMS_MISSED: "漏确认告警",
        _K.ALARMS_LATE: "迟确认告警",
        _K.CALLS_UNANSWERED: "未接来电",
        _K.RADIO_LOAD: "通话负荷",
        _K.ORDERS_OVERDUE: "超时指令",
        _K.PLAN_STEPS: "预案步骤落实",
        _K.NOTES: "值班记录",
    },
}
MEASURES: dict[str, dict[MeasureKind, str]] = {
    "en": {
        _K.ACK_TIME: "Nine in ten of {count} incidents were taken note of within {figure} s; the limit is {limit} s.",
        _K.FIRST_ORDER_TIME: "Nine in ten of {count} incidents with an order had the first within {figure} s; the limit is {limit} s.",  # noqa: E501 - one sentence
        _K.LONG_BURSTS: "{figure} of the officers' {count} talk bursts were longer than 15 s; at most {limit}.",
        _K.FLOOR_TAKEN: "{figure} of the officers' {count} talk bursts were ended by force; at most {limit}.",
        _K.REFUSALS: "{figure} commands were refused; at most {limit}.",
        _K.ALARMS_MISSED: "{figure} of {count} alarms were never acknowledged; at most {limit}.",
        _K.ALARMS_LATE: "{figure} of {count} alarms were acknowledged later than 60 s; at most {limit}.",
        _K.CALLS_UNANSWERED: "{figure} of {count} calls to the desk were not answered; at most {limit}.",
        _K.RADIO_LOAD: "The busiest talkgroup was taken for {figure} % of the time; at most {limit} %.",
        _K.ORDERS_OVERDUE: "{figure} of {count} orders went past their deadline; at most {limit}.",
        _K.PLAN_STEPS: "{figure} % of {count} plan steps were settled; at least {limit} %.",
        _K.NOTES: "{figure} lines were written in 10 minutes ({count} in all); at least {limit}.",
    },
    "zh_CN": {
        _K.ACK_TIME: "{count} 起事件中九成在 {figure} 秒内被确认，时限 {limit} 秒。",
        _K.FIRST_ORDER_TIME: "{count} 起已派单事件中九成在 {figure} 秒内首次派单，时限 {limit} 秒。",
        _K.LONG_BURSTS: "值班员 {count} 次发言中有 {figure} 次超过 15 秒，至多 {limit} 次。",
        _K.FLOOR_TAKEN: "值班员 {count} 次发言中有 {figure} 次话权被强制收回，至多 {limit} 次。",
        _K.REFUSALS: "有 {figure} 次操作被拒绝，至多 {limit} 次。",
        _K.ALARMS_MISSED: "{count} 条告警中有 {figure} 条始终没有确认，至多 {limit} 条。",
        _K.ALARMS_LATE: "{count} 条告警中有 {figure} 条超过 60 秒才确认，至多 {limit} 条。",
        _K.CALLS_UNANSWERED: "{count} 次来电中有 {figure} 次没有接听，至多 {limit} 次。",
        _K.RADIO_LOAD: "最忙的通话组占用时间 {figure} %，至多 {limit} %。",
        _K.ORDERS_OVERDUE: "{count} 条指令中有 {figure} 条超过时限，至多 {limit} 条。",
        _K.PLAN_STEPS: "{count} 个预案步骤落实 {figure} %，至少 {limit} %。",
        _K.NOTES: "每 10 分钟记录 {figure} 条（共 {count} 条），至少 {limit} 条。",
    },
}
NEVER = {
    "en": " Nobody took note of {count} of them; they count as waiting until the end.",
    "zh_CN": "其中 {count} 起始终没有确认，按等到演练结束计。",
}
NOTHING: dict[str, dict[MeasureKind, str]] = {
    "en": {
        _K.ACK_TIME: "No incident was reported; not counted.",
        _K.FIRST_ORDER_TIME: "No incident got an order; not counted.",
        _K.LONG_BURSTS: "No officer talked; not counted.",
        _K.FLOOR_TAKEN: "No officer talked; not counted.",
        _K.REFUSALS: "",
        _K.ALARMS_MISSED: "There was no alarm; not counted.",
        _K.ALARMS_LATE: "There was no alarm; not counted.",
        _K.CALLS_UNANSWERED: "Nobody called the desk; not counted.",
        _K.RADIO_LOAD: "Nobody talked; not counted.",
        _K.ORDERS_OVERDUE: "No order was given; not counted.",
        _K.PLAN_STEPS: "No plan ran; not counted.",
        _K.NOTES: "",
    },
    "zh_CN": {
        _K.ACK_TIME: "没有事件，不计分。",
        _K.FIRST_ORDER_TIME: "没有派过单，不计分。",
        _K.LONG_BURSTS: "值班员没有发言，不计分。",
        _K.FLOOR_TAKEN: "值班员没有发言，不计分。",
        _K.REFUSALS: "",
        _K.ALARMS_MISSED: "没有告警，不计分。",
        _K.ALARMS_LATE: "没有告警，不计分。",
        _K.CALLS_UNANSWERED: "没有来电，不计分。",
        _K.RADIO_LOAD: "没有通话，不计分。",
        _K.ORDERS_OVERDUE: "没有下达指令，不计分。",
        _K.PLAN_STEPS: "没有启动预案，不计分。",
        _K.NOTES: "",
    },
}  # fmt: skip
UNITS: dict[MeasureKind, str] = {
    _K.ACK_TIME: "s",
    _K.FIRST_ORDER_TIME: "s",
    _K.RADIO_LOAD: "%",
    _K.PLAN_STEPS: "%",
}
LOCALES = ("zh_CN", "en")


def number(value: float) -> str:
    """At most one digit after the point, and none where it is a nought."""
    return f"{round(value, 1):g}"
