"""What a new scenario begins with: one of everything that has to be there, ready to be written over."""

from comms.domain.expectation import Acknowledged, Expectation
from comms.domain.inject import AtTime, Cue, Inject
from comms.domain.scenario import FORMAT, CheckLine, Doctrine, Objective, Role, RoleKind, SampleTown, Scenario


def blank(name: str) -> Scenario:
    """It makes sense at once, so that whatever is wrong later was written by somebody."""
    return Scenario(
        format=FORMAT,
        id=name,
        title={"zh_CN": "新的演练情景", "en": "A new scenario"},
        summary={"zh_CN": "写明情景背景和要检验的内容。", "en": "Say what has happened and what is practised."},
        doctrine=(Doctrine(source={"zh_CN": "本单位应急预案", "en": "The emergency plan of this office"}),),
        objectives=(Objective(id="first", words={"zh_CN": "及时确认并处置", "en": "Take note and act in time"}),),
        starts_at="2026-06-18 14:30",
        length_min=30.0,
        area=SampleTown(),
        roles=(
            Role(id="duty", kind=RoleKind.TRAINEE, name={"zh_CN": "值班员", "en": "Duty officer"}, officer="duty"),
            Role(id="director", kind=RoleKind.TRAINER, name={"zh_CN": "导调员", "en": "Trainer"}, officer="trainer"),
        ),
        injects=(
            Inject(
                id="begin",
                title={"zh_CN": "开场", "en": "Opening"},
                when=AtTime(s=60.0),
                what=Cue(text={"zh_CN": "由导调员口头通报情况。", "en": "The trainer tells what has happened."}),
            ),
        ),
        expectations=(
            Expectation(
                id="taken",
                objective="first",
                since="begin",
                within_s=60.0,
                what=Acknowledged(),
                words={"zh_CN": "一分钟内确认", "en": "Take note within a minute"},
            ),
        ),
        checklist=(
            CheckLine(id="told_all", text={"zh_CN": "已向全体说明这是演练", "en": "All know that this is a drill"}),
        ),
    )
