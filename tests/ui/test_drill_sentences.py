"""The duty log tells of a drill what everybody in it may read, and marks it as one."""

import pytest

from comms.domain import drill_events as dr
from comms.domain.events import Recorded
from comms.protocol.errors import Locale
from tests.support.scene import ME, duty_scene
from ui.sentences import tell

BEGAN = dr.DrillBegan(
    drill_id="d1", scenario_id="fire", digest="", seed=1, starts_at=0.0, title={"zh_CN": "小火", "en": "A fire"}
)
TOLD = (
    (BEGAN, "小火", "A fire"),
    (
        dr.DrillBegan(drill_id="d", scenario_id="s", digest="", seed=1, starts_at=0.0, forked_from="6 月 1 日"),
        "接管",
        "from",
    ),
    (dr.DrillPaused(), "暂停", "paused"),
    (dr.DrillPaused(is_frozen=True), "冻结", "frozen"),
    (dr.DrillResumed(), "继续", "goes on"),
    (dr.DrillSpeedSet(speed=5.0), "×5", "×5"),
    (dr.DrillJumped(from_s=0, to_s=90), "1.5", "1.5"),
    (dr.DrillNoted(text="看地图", is_shown=True), "看地图", "看地图"),
    (dr.DrillEnded(), "结束", "ended"),
    (dr.DrillEnded(is_early=True), "提前", "before its time"),
)
KEPT_FROM_TRAINEES = (
    dr.DrillNoted(text="犹豫"),
    dr.InjectFired(inject_id="first"),
    dr.InjectSkipped(inject_id="first"),
    dr.DrillRated(objective="send", rating=dr.Rating.M),
    dr.ImprovementRaised(improvement_id="a", text="增配", owner="值班长", due="2026-07-01"),
)


@pytest.mark.parametrize("locale", Locale)
@pytest.mark.parametrize(("event", "chinese", "english"), TOLD)
def test_what_everybody_may_read_is_told_as_a_drill(
    event: dr.DrillEvent, chinese: str, english: str, locale: Locale, qapp: object
) -> None:
    scene = duty_scene(locale=locale)
    sentence = tell(Recorded(seq=1, at=0, actor=ME, event=event), scene.store, scene.text)
    assert sentence is not None
    words = sentence.read(scene.text)
    assert (chinese if locale is Locale.ZH_CN else english) in words
    assert ("演练" if locale is Locale.ZH_CN else "DRILL") in words


@pytest.mark.parametrize("event", KEPT_FROM_TRAINEES)
def test_what_is_the_trainers_is_told_nobody(event: dr.DrillEvent, qapp: object) -> None:
    scene = duty_scene()
    assert tell(Recorded(seq=1, at=0, actor=ME, event=event), scene.store, scene.text) is None
