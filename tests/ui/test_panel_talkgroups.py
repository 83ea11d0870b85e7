"""The talkgroup bar: one card each, in an order that never changes, saying who talks and how the desk stands."""

from typing import Any

import pytest

from comms.domain import events as ev
from comms.domain.ids import CallId, OfficerId, TalkgroupId, officer_party, unit_party
from comms.protocol import pushes
from comms.protocol.commands import AffiliationSet
from comms.protocol.errors import Locale, RefusalCode
from console.store.floors import TalkState, TalkView
from tests.support.drivers import WindowDriver
from tests.support.scene import GROUPS, NOW, Scene, duty_scene, unit_id
from ui.panels.card_face import Tone, read_face
from ui.text import Texts

FIRST, SECOND, THIRD, UNHEARD = (group.id for group in GROUPS)
ZHANG = unit_party(unit_id(3))


def _talk(scene: Scene, state: TalkState, **more: Any) -> None:
    scene.store.apply_local(TalkView(talkgroup_id=FIRST, state=state, since=scene.clock, **more))


def test_every_state_has_its_tone_and_words(qapp: object) -> None:
    cases: list[tuple[TalkState, dict[str, object], Tone, str]] = [
        (TalkState.REQUESTING, {}, Tone.WAIT, "正在申请话权"),
        (TalkState.QUEUED, {"queue_position": 2, "queue_size": 3}, Tone.WAIT, "排队第 2 位，共 3 人"),
        (TalkState.OFFERED, {"until": NOW + 2}, Tone.WAIT, "轮到您：请按住讲话"),
        (TalkState.TALKING, {"until": NOW + 23}, Tone.TALK, "您正在讲话"),
        (TalkState.REVOKED, {"cause": 2}, Tone.TROUBLE, "讲话超时，请松开"),
        (TalkState.REVOKED, {"cause": 4}, Tone.TROUBLE, "被更高级别抢占，请松开"),
        (TalkState.REVOKED, {}, Tone.TROUBLE, "话权已收回，请松开"),
        (TalkState.DENIED, {"cause": 7}, Tone.TROUBLE, "排队已满，请稍候再按"),
        (TalkState.DENIED, {"cause": 255}, Tone.TROUBLE, "未获得话权，请再按一次"),
        (TalkState.DENIED, {"fault": "link_lost"}, Tone.TROUBLE, "连接已断开，无法讲话"),
        (TalkState.RELEASING, {}, Tone.CALM, "正在释放话权"),
    ]
    scene = duty_scene()
    for state, more, tone, words in cases:
        _talk(scene, state, **more)
        face = read_face(scene.store, FIRST, scene.text)
        assert (face.tone, face.headline) == (tone, words)
    _talk(scene, TalkState.DENIED, fault=RefusalCode.NO_MEDIA.value)
    assert read_face(scene.store, FIRST, scene.text).headline == scene.text.refusal(RefusalCode.NO_MEDIA)
    _talk(scene, TalkState.DENIED, fault="of tomorrow")
    assert read_face(scene.store, FIRST, scene.text).headline == "of tomorrow"


def test_who_talks_is_named_and_time_runs(qapp: object) -> None:
    scene = duty_scene()
    scene.take_floor(FIRST, ZHANG, "张伟")
    scene.clock += 75
    face = read_face(scene.store, FIRST, scene.text)
    assert (face.tone, face.headline, face.time, face.is_running) == (Tone.HEAR, "张伟 正在讲话", "1:15", True)
    scene.take_floor(FIRST, ZHANG, "张伟", is_emergency=True)
    assert read_face(scene.store, FIRST, scene.text).tone is Tone.EMERGENCY


def test_the_queue_still_tells_who_is_talking(qapp: object) -> None:
    scene = duty_scene()
    scene.take_floor(FIRST, ZHANG, "张伟")
    _talk(scene, TalkState.QUEUED, queue_position=1, queue_size=1)
    assert read_face(scene.store, FIRST, Texts(Locale.EN)).time == "张伟 is talking"


def test_a_talkgroup_that_is_not_heard_cannot_be_talked_to(qapp: object) -> None:
    scene = duty_scene()
    assert read_face(scene.store, UNHEARD, scene.text).tone is Tone.OFF


def test_cards_keep_the_gateways_order_whatever_goes_on(driver: WindowDriver) -> None:
    def order() -> list[TalkgroupId]:
        return [card.talkgroup.id for card in driver.parts.talkgroups.cards]

    places = [card.geometry() for card in driver.parts.talkgroups.cards]
    driver.scene.take_floor(THIRD, ZHANG, "张伟", is_emergency=True)
    driver.window.selection.set_talkgroup(SECOND)
    driver.scene.store.set_affiliated((THIRD, FIRST))
    driver.settle()
    assert order() == [group.id for group in GROUPS]
    assert [card.geometry() for card in driver.parts.talkgroups.cards] == places


def test_the_button_talks_only_when_the_gateway_says_so(driver: WindowDriver) -> None:
    driver.voice.press_to_talk(1)
    assert driver.voice.tone(1) is Tone.CALM  # pressed, nothing heard yet
    driver.scene.store.apply_local(TalkView(talkgroup_id=FIRST, state=TalkState.REQUESTING))
    assert driver.voice.tone(1) is Tone.WAIT
    driver.scene.store.apply_local(TalkView(talkgroup_id=FIRST, state=TalkState.TALKING, until=NOW + 30))
    assert driver.voice.tone(1) is Tone.TALK
    driver.voice.let_go(1)


def test_time_runs_on_the_card_and_stops_with_it(driver: WindowDriver) -> None:
    driver.scene.take_floor(FIRST, ZHANG, "张伟")
    driver.scene.clock += 5
    driver.qtbot.waitUntil(lambda: driver.voice.card(1).face.time == "0:05")
    driver.scene.push(pushes.FloorIdle(talkgroup_id=FIRST, floor_seq=9))
    assert driver.voice.headline(1) == "空闲"
    assert not driver.parts.talkgroups._clock.isActive()


def test_an_offer_blinks(driver: WindowDriver) -> None:
    driver.scene.store.apply_local(TalkView(talkgroup_id=FIRST, state=TalkState.OFFERED, until=NOW + 2))
    lit: list[bool] = []
    bar = driver.parts.talkgroups
    bar._clock.timeout.connect(lambda: lit.append(bar._is_lit))
    driver.qtbot.waitUntil(lambda: len(set(lit)) == 2)


def test_the_ear_affiliates_and_leaves(driver: WindowDriver) -> None:
    driver.click(driver.voice.card(4)._ear)
    asked = driver.scene.desk.last(AffiliationSet)
    assert asked.talkgroup_ids == (FIRST, SECOND, THIRD, UNHEARD)
    assert driver.voice.tone(4) is Tone.CALM
    driver.click(driver.voice.card(2)._ear)
    assert driver.scene.desk.last(AffiliationSet).talkgroup_ids == (FIRST, THIRD, UNHEARD)
    assert driver.voice.tone(2) is Tone.OFF


def test_a_refused_affiliation_changes_nothing_and_is_said(driver: WindowDriver) -> None:
    driver.scene.desk.refuse(AffiliationSet, RefusalCode.OUT_OF_JURISDICTION, "不在您的辖区内")
    driver.click(driver.voice.card(4)._ear)
    assert driver.voice.tone(4) is Tone.OFF
    assert [toast.sentence for toast in driver.parts.toasts.toasts] == ["不在您的辖区内"]


def test_choosing_tells_the_gateway_which_is_selected(driver: WindowDriver) -> None:
    driver.voice.choose(3)
    assert driver.window.selection.talkgroup_id == THIRD
    assert driver.scene.desk.last(AffiliationSet).talkgroup_ids[0] == THIRD


def test_online_members_are_counted(driver: WindowDriver) -> None:
    assert driver.voice.card(3)._hearing == 5  # one of six is offline
    driver.scene.happen(ev.TerminalDisconnected(unit_id=unit_id(1)))
    driver.qtbot.waitUntil(lambda: driver.voice.card(3)._hearing == 4)
    driver.scene.happen(ev.AffiliationChanged(unit_id=unit_id(2), talkgroup_ids=(FIRST,)))
    driver.qtbot.waitUntil(lambda: (driver.voice.card(1)._hearing, driver.voice.card(3)._hearing) == (1, 3))


def test_signing_in_elsewhere_brings_other_cards(driver: WindowDriver) -> None:
    driver.scene.sign_in(GROUPS[2:], heard=1)
    driver.settle()
    assert [card.talkgroup.id for card in driver.parts.talkgroups.cards] == [THIRD, UNHEARD]
    assert driver.window.selection.talkgroup_id == THIRD
    renamed = GROUPS[2].__class__(id=THIRD, name="新名", jurisdiction_id=GROUPS[2].jurisdiction_id)
    driver.scene.happen(ev.TalkgroupDefined(talkgroup=renamed))
    assert driver.voice.card(1).talkgroup.name == "新名"


def test_an_officer_may_talk_as_well_as_a_unit(driver: WindowDriver) -> None:
    other = officer_party(OfficerId("v01"))
    driver.scene.push(
        pushes.FloorTaken(talkgroup_id=FIRST, call_id=CallId("c"), floor_seq=3, talker=other, talker_name="村值班员")
    )
    assert driver.voice.headline(1) == "村值班员 正在讲话"


@pytest.mark.parametrize("locale", Locale)
def test_language_changes_on_the_cards_at_once(driver: WindowDriver, locale: Locale) -> None:
    driver.scene.text.switch(locale)
    assert driver.voice.headline(1) == driver.scene.text("card.idle")
    assert driver.voice.card(1).button.accessibleName() == driver.scene.text("card.button.talk")
