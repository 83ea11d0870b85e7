"""The catalogue of layers as the officer has it: switching, finding, favourites, order, saved views, by key alone."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from comms.domain.ids import CommandId, JurisdictionId, OfficerId, UnitId, officer_party
from comms.protocol import pushes
from comms.protocol.area import Area
from console.layers.layer import LayerId
from console.layers.shelf import LayerShelf
from console.store.store import Store
from tests.support.town import sample_town
from tests.ui.map_area import AREA
from tests.ui.map_town import desk_with_units
from ui.background import Background
from ui.layer.desk import LayerDesk
from ui.map.map_widget import MapWidget
from ui.map.palette import DARK
from ui.panels.layer_tree import COUNT, FAVOURITE, NAME
from ui.panels.layers import LayersPanel
from ui.text import Texts
from ui.theme import DARK as DARK_THEME
from ui.theme import Look

CAMERAS, SCHOOLS = LayerId("cameras/"), LayerId("places/学校")
CHECKED, UNCHECKED, PARTLY = Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked


def signed_in(area: Area) -> Store:
    """A desk's store with an officer at it."""
    store = desk_with_units(1, area=area).store
    store.apply_push(
        pushes.Welcome(
            id=CommandId("w"),
            protocol=1,
            party=officer_party(OfficerId("duty")),
            name="值班员",
            jurisdiction_id=JurisdictionId("t"),
            server_time=0.0,
        )
    )
    return store


class Shown:
    """A map and the panel beside it."""

    def __init__(self, store: Store, qtbot: QtBot, shelf: LayerShelf | None = None) -> None:
        self.map = MapWidget(store, Texts(), DARK)
        self.background = Background(store.gate, self.map)
        self.desk = LayerDesk(self.map, self.background, store=store, text=Texts(), parent=self.map)
        if shelf is not None:
            self.desk.keep_on(shelf)
        self.panel = LayersPanel(self.desk, look=Look(DARK_THEME), text=Texts())
        for widget, size in ((self.map, (800, 500)), (self.panel, (330, 700))):
            qtbot.addWidget(widget)
            widget.resize(*size)
            widget.show()

    @property
    def names(self) -> list[str]:
        """Layers that can be seen in the tree."""
        items = ((layer, self.panel.tree.item_of(layer.id)) for layer in self.desk.book.layers)
        return [self.panel.tree.name_of(layer) for layer, item in items if not item.isHidden()]

    def close(self) -> None:
        self.background.stop()
        self.panel.close()
        self.map.close()


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    made = Shown(desk_with_units(1, area=AREA).store, qtbot)
    qtbot.waitUntil(lambda: _is_drawn(made))
    return made


def _is_drawn(shown: Shown) -> bool:
    shown.map.repaint()
    return shown.map.is_settled


def _drawn_ids(shown: Shown) -> set[str]:
    return {ready.layer.id for ready in shown.map.drawing.ground.layers}


def test_switching_a_layer_takes_it_off_the_map(shown: Shown, qtbot: QtBot) -> None:
    assert CAMERAS in _drawn_ids(shown)
    shown.panel.tree.choose(CAMERAS)
    QTest.keyClick(shown.panel.tree, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: CAMERAS not in _drawn_ids(shown))
    assert not shown.desk.book.is_on(CAMERAS)
    QTest.keyClick(shown.panel.tree, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: CAMERAS in _drawn_ids(shown))


def test_a_topic_shows_all_none_or_some(shown: Shown) -> None:
    topic = shown.panel.tree.topic_item("topic.places")
    assert topic.checkState(NAME) is CHECKED
    shown.panel.tree.item_of(SCHOOLS).setCheckState(NAME, UNCHECKED)
    assert topic.checkState(NAME) is PARTLY
    shown.panel.tree.setCurrentItem(topic)
    QTest.keyClick(shown.panel.tree, Qt.Key.Key_Space)
    assert topic.checkState(NAME) is CHECKED
    assert shown.desk.book.topic_state("topic.places") is True


def test_search_and_favourites_narrow_the_list(shown: Shown) -> None:
    everything = len(shown.names)
    shown.panel.search_field.setText("重点 学校")
    assert shown.names == ["学校"]
    shown.panel.search_field.clear()
    assert len(shown.names) == everything
    shown.panel.tree.choose(SCHOOLS)
    QTest.keyClick(shown.panel.tree, Qt.Key.Key_F)
    assert shown.panel.tree.item_of(SCHOOLS).text(FAVOURITE) == "★"
    shown.panel.favourites.click()
    assert shown.names == ["学校"]
    shown.panel.star.click()
    assert shown.names == []


def test_counts_follow_the_view(shown: Shown, qtbot: QtBot) -> None:
    item = shown.panel.tree.item_of(CAMERAS)
    qtbot.waitUntil(lambda: item.text(COUNT) == "2")
    shown.map.centre_on(23.3, 113.5, 16.0)
    qtbot.waitUntil(lambda: item.text(COUNT) == "0")


def test_order_is_changed_with_keys_and_buttons(shown: Shown) -> None:
    def order() -> list[str]:
        return [layer.id for layer in shown.desk.book.shown() if layer.id in (CAMERAS, SCHOOLS)]

    assert order() == [SCHOOLS, CAMERAS]
    shown.panel.tree.choose(SCHOOLS)
    QTest.keyClick(shown.panel.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order() == [CAMERAS, SCHOOLS]
    shown.panel.down.click()
    shown.panel.down.click()
    assert order() == [SCHOOLS, CAMERAS]
    shown.panel.up.click()
    shown.panel.tree.setCurrentItem(shown.panel.tree.topic_item("topic.live"))
    shown.panel.up.click()
    assert shown.panel.tree.chosen is None


def test_a_saved_view_brings_back_place_and_layers(shown: Shown, qtbot: QtBot) -> None:
    views = shown.panel.views
    shown.map.centre_on(23.004, 113.004, 17.0)
    shown.desk.set_on([CAMERAS], False)
    views.save.click()
    assert not shown.desk.book.choice.views
    views.box.setEditText("夜班")
    views.save.click()
    shown.desk.set_on([CAMERAS], True)
    shown.map.fit_area()
    views.box.activated.emit(0)
    assert shown.map.view.zoom == 17.0
    assert shown.map.view.place_at(400, shown.map.view.height / 2) == pytest.approx((23.004, 113.004), abs=1e-6)
    assert not shown.desk.book.is_on(CAMERAS)
    views.box.setEditText("夜班")
    views.forget.click()
    assert views.box.count() == 0


def test_the_sample_town_fills_a_catalogue_of_a_city(qtbot: QtBot) -> None:
    desk = desk_with_units(1, area=sample_town(units=1).area)
    shown = Shown(desk.store, qtbot)
    qtbot.waitUntil(lambda: len(shown.names) >= 61)
    before = [shown.panel.tree.visualItemRect(shown.panel.tree.item_of(CAMERAS_OF_TOWN)).top() for _ in range(2)]
    shown.desk.set_on([CAMERAS_OF_TOWN], False)
    after = shown.panel.tree.visualItemRect(shown.panel.tree.item_of(CAMERAS_OF_TOWN)).top()
    assert {*before, after} == {before[0]}, "nothing moves under the officer's hand"
    shown.close()


CAMERAS_OF_TOWN = LayerId("cameras/治安")


def test_an_officers_choice_is_there_at_the_next_sign_in(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "layers.json"
    first = Shown(signed_in(AREA), qtbot, LayerShelf(path))
    first.desk.set_on([CAMERAS], False)
    first.desk.set_favourite(SCHOOLS, True)
    again = Shown(signed_in(AREA), qtbot, LayerShelf(path))
    assert not again.desk.book.is_on(CAMERAS)
    assert again.desk.book.is_favourite(SCHOOLS)
    shelf = LayerShelf(tmp_path / "layers.json" / "not a folder")
    again.desk.keep_on(shelf)
    with qtbot.waitSignal(again.desk.notKept):
        again.desk.set_on([CAMERAS], True)
    assert again.desk.book.is_on(CAMERAS), "the choice holds though the disk did not take it"


def test_a_click_on_a_feature_opens_its_card_until_the_next_click(shown: Shown, qtbot: QtBot) -> None:
    shown.map.centre_on(23.0041, 113.0038, 18.5)
    qtbot.waitUntil(lambda: _is_drawn(shown))
    view = shown.map.view
    px, py = view.screen_at(lat=23.0041, lon=113.0038)
    with qtbot.waitSignal(shown.map.overlayPicked) as picked:
        QTest.mouseClick(shown.map, Qt.MouseButton.LeftButton, pos=QPoint(round(px), round(py)))
    assert picked.args == ["feature", "p1"]
    card = shown.map.shown().card
    assert card is not None
    assert [line.text for line in card.lines] == ["第一小学", "类别:学校"]
    QTest.mouseClick(shown.map, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert shown.map.shown().card is None
    shown.map.centre_on(23.0041, 113.0038, 14.0)
    px, py = shown.map.view.screen_at(lat=23.0041, lon=113.0038)
    with qtbot.assertNotEmitted(shown.map.overlayPicked):
        QTest.mouseClick(shown.map, Qt.MouseButton.LeftButton, pos=QPoint(round(px), round(py)))


def test_units_and_density_are_layers_like_others(shown: Shown, qtbot: QtBot) -> None:
    desk = desk_with_units(9, area=AREA)
    desk.move(range(1, 10), [23.0075] * 9, [113.0075] * 9)
    seen = Shown(desk.store, qtbot)
    qtbot.waitUntil(lambda: _is_drawn(seen))
    place = seen.map.view.screen_at(lat=23.0075, lon=113.0075)
    middle = QPoint(round(place[0]), round(place[1]))

    def colour() -> QColor:
        return seen.map.grab().toImage().pixelColor(middle)

    unit = colour()
    seen.desk.set_on([LayerId("units")], False)
    qtbot.waitUntil(lambda: colour() != unit)  # with the next picture of what is calm
    assert not seen.map.drawing.layers.units
    qtbot.waitUntil(lambda: _is_drawn(seen))
    bare = colour()
    seen.desk.set_on([LayerId("density")], True)
    qtbot.waitUntil(lambda: colour() != bare)
    seen.map.select([UnitId("u1")])
    assert seen.map.grab().toImage().pixelColor(middle) == unit, "a selected unit always shows"
    assert LayerId("fences") not in {layer.id for layer in seen.desk.book.layers}, "nothing here draws fences"
    seen.close()
