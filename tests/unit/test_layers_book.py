"""The catalogue of layers: on and off, order, favourites, saved views, and how they are kept."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.ids import OfficerId
from console.layers.book import LayerBook, LayerChoice, found_by
from console.layers.layer import AreaSource, Layer, LayerId, Paint, Style
from console.layers.shelf import LayerShelf


def _layer(name: str, topic: str, order: int, *, is_on: bool = True) -> Layer:
    style = Style(base=Paint(colour="accent"))
    return Layer(
        id=LayerId(name),
        name=name,
        topic=topic,
        source=AreaSource("places", name),
        style=style,
        order=order,
        is_on=is_on,
    )


LAYERS = (_layer("a", "x", 1), _layer("b", "x", 2, is_on=False), _layer("c", "y", 2), _layer("d", "y", 3))
A, B, C, D = (layer.id for layer in LAYERS)


@pytest.fixture
def book() -> LayerBook:
    return LayerBook(LAYERS)


def _shown(book: LayerBook) -> list[str]:
    return [layer.id for layer in book.shown()]


def test_layers_come_on_or_off_as_their_makers_say(book: LayerBook) -> None:
    assert _shown(book) == ["a", "c", "d"]
    assert {topic: [layer.id for layer in layers] for topic, layers in book.topics().items()} == {
        "x": ["a", "b"],
        "y": ["c", "d"],
    }
    assert (book.topic_state("x"), book.topic_state("y"), book.topic_state("none")) == (None, True, None)


def test_a_topic_is_switched_at_once_and_nothing_is_kept_that_is_as_it_comes(book: LayerBook) -> None:
    book.set_topic("x", is_on=False)
    assert book.topic_state("x") is False
    book.set_topic("x", is_on=True)
    assert book.topic_state("x") is True
    assert book.choice == LayerChoice(turned_on=(B,))
    book.set_on([B], is_on=False)
    assert book.choice == LayerChoice()


@given(st.lists(st.tuples(st.sampled_from([A, B, C, D]), st.booleans()), max_size=12))
def test_the_last_word_about_a_layer_holds(steps: list[tuple[LayerId, bool]]) -> None:
    book = LayerBook(LAYERS)
    for layer_id, is_on in steps:
        book.set_on([layer_id], is_on)
    last = dict(steps)
    for layer in LAYERS:
        assert book.is_on(layer.id) == last.get(layer.id, layer.is_on)


def test_a_layer_can_be_lifted_over_its_neighbours_and_sunk_again(book: LayerBook) -> None:
    book.lift(A, 1)
    assert _shown(book) == ["c", "a", "d"]
    book.lift(A, 5)
    assert _shown(book)[-1] == "a"
    book.lift(A, -9)
    assert _shown(book)[0] == "a"
    book.lift(LayerId("gone"), 1)
    assert book.layer(LayerId("gone")) is None


def test_favourites_come_in_the_order_they_were_marked(book: LayerBook) -> None:
    book.set_favourite(C, True)
    book.set_favourite(A, True)
    book.set_favourite(C, True)
    assert book.choice.favourites == (A, C)
    book.set_favourite(A, False)
    assert not book.is_favourite(A)


def test_a_saved_view_brings_back_its_layers(book: LayerBook) -> None:
    book.set_topic("y", is_on=False)
    book.save_view("夜班", lat=23.0, lon=113.7, zoom=14.0)
    book.set_topic("y", is_on=True)
    book.set_on([A], is_on=False)
    view = book.open_view("夜班")
    assert view is not None
    assert (view.lat, view.lon, view.zoom) == (23.0, 113.7, 14.0)
    assert _shown(book) == ["a"]
    book.save_view("夜班", lat=24.0, lon=113.7, zoom=15.0)
    assert [held.lat for held in book.choice.views] == [24.0]
    book.forget_view("夜班")
    assert book.open_view("夜班") is None


def test_layers_that_are_not_known_now_are_remembered(book: LayerBook) -> None:
    book.set_on([B], is_on=True)
    book.set_known(LAYERS[:1])
    book.set_on([A], is_on=False)
    book.set_known(LAYERS)
    assert _shown(book) == ["b", "c", "d"]


def test_search_wants_every_word_in_some_name() -> None:
    assert found_by("风险 危化", ["危化品", "风险源"])
    assert found_by("", ["x"])
    assert not found_by("风险 学校", ["危化品", "风险源"])


def test_each_officer_has_a_choice_of_his_own(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "layers.json"
    first, second = OfficerId("one"), OfficerId("two")
    shelf = LayerShelf(path)
    shelf.keep(first, LayerChoice(favourites=(A,)))
    shelf.keep(second, LayerChoice(turned_off=(C,), lifted={"a": 3}))
    again = LayerShelf(path)
    assert again.fault == ""
    assert again.choice(first) == LayerChoice(favourites=(A,))
    assert again.choice(second).lifted == {"a": 3}
    assert again.choice(OfficerId("three")) == LayerChoice()


def test_a_bad_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "layers.json"
    path.write_text("{not json")
    shelf = LayerShelf(path)
    assert shelf.fault
    assert shelf.choice(OfficerId("one")) == LayerChoice()
    assert [each.name for each in tmp_path.iterdir()] == ["layers.json.bad1"]


def test_a_folder_in_the_files_place_is_told(tmp_path: Path) -> None:
    assert LayerShelf(tmp_path).fault
