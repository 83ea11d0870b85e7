"""The sample town's patrol plans: what is asked where, for which departments, under which items of its list."""

from comms.domain.ids import DepartmentId, JurisdictionId, PatrolPlanId, QuestionId
from comms.domain.patrol import AnswerKind, Finding, PatrolPlan, Question, Rhythm, Selection, Window
from comms.domain.time_limit import TimeLimit, TimeUnit
from comms.fleet.town_items import town_items

POLICE, LABOUR, MARKET = "派出所", "人社分局", "市场监管分局"
"""Departments that ask and handle nothing; the others are those of the item list."""
ASKING = (POLICE, LABOUR, MARKET)
_FIRE, _HOUSING, _EMERGENCY = "消防救援站", "出租屋管理所", "应急管理分局"
_YES, _CHOICE, _NUMBER, _TEXT, _PHOTO = (
    AnswerKind.YES_NO, AnswerKind.CHOICE, AnswerKind.NUMBER, AnswerKind.TEXT, AnswerKind.PHOTO,
)  # fmt: skip
_SMALL, _RENTAL, _MIXED = "三小场所", "出租屋", "三合一场所"
_DAY = Window(from_s=7 * 3600, until_s=22 * 3600)


def town_questions(town: JurisdictionId) -> tuple[Question, ...]:
    items = {item.name: item.id for item in town_items(town)}

    def asked(key: str, words: str, kind: AnswerKind, item: str, *departments: str, **more: object) -> Question:
        return Question(
            id=QuestionId(key),
            words=words,
            kind=kind,
            item_id=items[item],
            jurisdiction_id=town,
            departments=tuple(DepartmentId(each) for each in departments),
            **more,  # type: ignore[arg-type]  # the fields of the table below
        )

    def danger(kind: str, *answers: str, **more: object) -> Finding:
        return Finding(incident_kind=kind, answers=answers, item_id=items[kind], **more)  # type: ignore[arg-type]  # as above

    place, home, walk = "重点场所巡查", "出租屋隐患", "入户走访"
    return (
        asked("exit", "消防通道、安全出口是否畅通", _YES, place, _FIRE, _EMERGENCY,
              finding=danger("消防通道堵塞", "no")),
        asked("extinguisher", "灭火器是否在有效期内", _YES, place, _FIRE, valid_days=30.0,
              finding=danger("经营场所隐患", "no")),
        asked("sleeping", "场所内是否住人", _YES, place, _FIRE, POLICE, valid_days=30.0,
              finding=danger("经营场所隐患", "yes")),
        asked("charging", "电动车停放充电情况", _CHOICE, place, _FIRE,
              choices=("规范", "飞线充电", "进楼停放", "无电动车"),
              valid_days=7.0, finding=danger("飞线充电", "飞线充电", "进楼停放")),
        asked("licence", "营业执照是否悬挂", _YES, place, MARKET, valid_days=90.0),
        asked("workers", "从业人员数", _NUMBER, place, LABOUR, POLICE, unit="人", valid_days=30.0),
        asked("residents", "实际居住人数", _NUMBER, home, POLICE, _HOUSING, unit="人", valid_days=30.0,
              finding=Finding(incident_kind="出租屋隐患", above=10.0, item_id=items[home])),
        asked("registered", "居住人员是否已登记", _YES, home, POLICE, _HOUSING, valid_days=30.0,
              finding=danger("出租屋隐患", "no")),
        asked("arrears", "有无拖欠工资反映", _YES, walk, LABOUR, valid_days=30.0),
        asked("front", "门头照片", _PHOTO, place, MARKET, POLICE, valid_days=180.0),
        asked("remark", "其他情况", _TEXT, place, _EMERGENCY, is_needed=False),
    )  # fmt: skip


def town_plans(town: JurisdictionId) -> tuple[PatrolPlan, ...]:
    def asks(*keys: str) -> tuple[QuestionId, ...]:
        return tuple(QuestionId(key) for key in keys)

    return (
        PatrolPlan(
            id=PatrolPlanId("small"),
            name="三小场所月巡",
            jurisdiction_id=town,
            question_ids=asks("exit", "extinguisher", "sleeping", "charging", "licence", "workers", "front", "remark"),
            selection=Selection(categories=(_SMALL, _MIXED)),
            limit=TimeLimit(amount=15.0, unit=TimeUnit.WORK_DAY),
            window=_DAY,
        ),
        PatrolPlan(
            id=PatrolPlanId("rental"),
            name="出租屋月巡",
            jurisdiction_id=town,
            question_ids=asks("residents", "registered", "exit", "charging", "arrears"),
            selection=Selection(categories=(_RENTAL,)),
            limit=TimeLimit(amount=20.0, unit=TimeUnit.WORK_DAY),
            window=_DAY,
        ),
        PatrolPlan(
            id=PatrolPlanId("risk"),
            name="风险源巡查",
            jurisdiction_id=town,
            question_ids=asks("exit", "extinguisher", "workers", "remark"),
            selection=Selection(categories=("危化品", "火灾消防", "特种设备")),
            rhythm=Rhythm.MONTHLY,
            by_level={1: Rhythm.DAILY, 2: Rhythm.WEEKLY},
        ),
    )
