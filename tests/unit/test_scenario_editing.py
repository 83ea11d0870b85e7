"""Edits of scenarios: every field can be changed, nothing is lost on the way to a file and back."""

import shutil
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comms.domain.expectation import Seen
from comms.domain.inject import InjectWhat, Spot, When
from comms.domain.scenario import DrillArea, Scenario, Voice
from comms.domain.scenario_check import faults_of
from comms.fleet.behaviour import PRESETS
from comms.protocol.errors import Locale
from comms.scenario.scenario_file import read_scenario, write_scenario
from console.scenario import edit
from console.scenario.blank import blank
from console.scenario.edit import EditError
from console.scenario.exchange import export, take_in
from console.scenario.fields import FIXED, SECTIONS, FieldKind, fields_of, tag_of
from console.scenario.history import History
from console.scenario.library import CHANGED, Library, draft_path, open_file, write_file
from console.scenario.run_rows import run_rows
from ui.scenario.form import WAYS
from ui.scenario.known import BEHAVIOURS
from ui.scenario.words import CHOICES
from ui.text import catalogue

SHIPPED = sorted(Path("resources/scenarios").glob("*.yaml"))
UNIONS: set[type[msgspec.Struct]] = {each for union in (InjectWhat, When, Seen, DrillArea) for each in get_args(union)}
_KINDS: tuple[Any, ...] = get_args(InjectWhat)
_ALL: set[type[msgspec.Struct]] = {Scenario, Spot, Voice, *SECTIONS.values(), *UNIONS}
STRUCTS = sorted(_ALL, key=lambda struct: str(struct.__name__))


def _again(scenario: Scenario) -> Scenario:
    return read_scenario(write_scenario(scenario), is_lenient=True)


@cache
def typhoon() -> Scenario:
    return read_scenario(Path("resources/scenarios/typhoon_flood.yaml").read_bytes())


# --- every field ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda each: each.__name__)
def test_every_field_can_be_edited_and_has_its_words(struct: type[msgspec.Struct]) -> None:
    fields = fields_of(struct)
    assert [field.name for field in fields] == [name for name in struct.__struct_fields__ if name not in FIXED]
    for locale in Locale:
        words = catalogue(locale)
        for field in fields:
            if field.kind is FieldKind.PARTS:
                assert f"scenario.section.{field.name}" in words
                continue
            assert {f"scenario.field.{tag_of(struct)}_{field.name}", f"scenario.field.{field.name}"} & set(words)
            prefix = CHOICES.get(field.choice_of, f"scenario.choice.{field.choice_of.lower()}.")
            assert all(prefix + choice in words for choice in field.choices)
            assert not field.unit or f"scenario.unit.{field.unit}" in words
            assert all(f"scenario.{each.__struct_config__.tag_field}.{tag_of(each)}" in words
                       for each in field.types if field.kind is FieldKind.ONE_OF)  # fmt: skip


def test_a_place_can_be_said_in_every_way() -> None:
    assert {*(name for names in WAYS.values() for name in names), "text"} == set(Spot.__struct_fields__)


def test_the_behaviours_offered_are_those_of_the_simulated_people() -> None:
    assert set(BEHAVIOURS) == set(PRESETS)


@pytest.mark.parametrize("kind", _KINDS, ids=tag_of)
def test_each_kind_of_inject_begins_as_one_that_can_be_saved(kind: Any) -> None:
    scenario = edit.add(_TYPHOON, "injects", edit.new_inject(_TYPHOON, kind, 60.0))
    assert type(scenario.injects[-1].what) is kind
    assert _again(scenario) == scenario


@pytest.mark.parametrize("section", SECTIONS)
def test_parts_are_added_doubled_moved_and_taken_out(section: str) -> None:
    base = _TYPHOON
    before = getattr(base, section)
    after = edit.add(base, section, edit.new_part(base, SECTIONS[section]), 1)
    after = edit.duplicate(after, section, 1)
    assert len(getattr(after, section)) == len(before) + 2
    moved = edit.move(after, section, 1, 0)
    assert getattr(moved, section)[0] == getattr(after, section)[1]
    assert _again(moved) == moved
    assert not [fault for fault in faults_of(moved) if fault.code == "doubled"]
    assert getattr(edit.remove(edit.remove(after, section, 2), section, 1), section) == before


def test_the_last_objective_cannot_be_taken_out_and_says_so() -> None:
    with pytest.raises(EditError) as told:
        edit.remove(blank("empty"), "objectives", 0)
    assert set(told.value.sentences) == {"en", "zh_CN"}


def test_a_part_is_renamed_with_all_that_names_it() -> None:
    base = typhoon()
    renamed = base
    for section in ("objectives", "cast", "roles", "injects", "expectations"):
        renamed = edit.rename(renamed, section, 0, f"other_{section}")
    assert not faults_of(renamed)
    assert renamed != base
    with pytest.raises(EditError):
        edit.rename(base, "injects", 0, base.injects[1].id)
    with pytest.raises(EditError):
        edit.rename(base, "injects", 0, "No Name")


def test_nobody_to_name_is_said() -> None:
    with pytest.raises(EditError):
        edit.new_part(blank("empty"), next(kind for kind in get_args(InjectWhat) if tag_of(kind) == "say"))


def test_what_two_kinds_share_is_kept() -> None:
    base = typhoon()
    call: Any = next(inject.what for inject in base.injects if tag_of(type(inject.what)) == "caller")
    say = edit.new_part(base, next(kind for kind in get_args(InjectWhat) if tag_of(kind) == "say"), like=call)
    assert (say.text, say.actor) == (call.text, call.actor)


# --- through files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_file_that_is_opened_and_saved_is_the_same_scenario(path: Path, tmp_path: Path) -> None:
    opened = open_file(path)
    assert opened.scenario is not None
    assert write_file(tmp_path / "copy.yaml", write_scenario(edit.checked(opened.scenario))) is None
    again = open_file(tmp_path / "copy.yaml").scenario
    assert again is not None
    assert again.digest == opened.scenario.digest


_LEAVES = [
    (*path, field.name)
    for section in ("cast", "injects", "expectations", "roles", "objectives", "measures", "checklist", "doctrine")
    for path in ((section, 0), (section, 1))
    for field in fields_of(SECTIONS[section])
    if field.kind in (FieldKind.WORDS, FieldKind.LINE, FieldKind.NUMBER, FieldKind.FLAG, FieldKind.CHOICE)
]


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(_LEAVES),
    st.one_of(st.text(max_size=40), st.floats(allow_nan=False), st.integers(-5, 400), st.booleans(), st.none(),
              st.dictionaries(st.sampled_from(["zh_CN", "en"]), st.text(max_size=20), max_size=2)),
)  # fmt: skip
@example(("cast", 0, "name"), "one\x85two\u2028three\rfour")
def test_whatever_an_edit_makes_is_read_back_or_refused(path: edit.Path, value: Any) -> None:
    try:
        after = edit.put(_TYPHOON, path, value)
    except EditError:
        after = _TYPHOON
    assert _again(after) == after


def _short(scenario: Scenario) -> Scenario:
    """Two of everything: what is wrong may be named, what is written is soon read."""
    return msgspec.structs.replace(scenario, **{name: getattr(scenario, name)[:2] for name in SECTIONS})


_TYPHOON = _short(typhoon())


def test_files_are_kept_whole_and_nobody_elses_work_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert write_file(path, b"one", known=b"") is None
    assert write_file(path, b"two", known=b"one") is None
    assert write_file(path, b"three", known=b"one") == CHANGED
    assert path.read_bytes() == b"two"
    assert write_file(path / "no" / "folder.yaml", b"x") is not None
    assert [each.name for each in tmp_path.iterdir()] == ["mine.yaml"]


def test_the_list_has_the_products_and_ones_own_and_what_was_never_saved(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    shutil.copy(SHIPPED[0], shipped)
    library = Library(shipped, tmp_path / "own")
    assert [each.is_shipped for each in library.read()] == [True]
    mine = library.free_path("市场 演练")
    write_file(mine, write_scenario(blank("mine")))
    write_file(library.own / "bad.yaml", b"format: [")
    write_file(draft_path(library.free_path("begun")), write_scenario(blank("begun")))
    own = {each.path.name: each for each in library.read() if not each.is_shipped}
    assert set(own) == {mine.name, "bad.yaml", "begun.yaml"}
    assert own["bad.yaml"].title is None
    assert own["begun.yaml"].has_draft
    assert library.trash(mine).parent.name == "trash"
    assert {each.path.name for each in library.read() if not each.is_shipped} == {"bad.yaml", "begun.yaml"}


def test_one_of_the_products_opens_as_the_beginning_of_ones_own(tmp_path: Path) -> None:
    library = Library(SHIPPED[0].parent, tmp_path)
    opened = library.opened(SHIPPED[0])
    assert opened.scenario is not None
    assert opened.path.parent == tmp_path


def test_a_draft_is_offered_until_it_says_what_the_file_says(tmp_path: Path) -> None:
    path, base = tmp_path / "mine.yaml", blank("mine")
    write_file(path, write_scenario(base))
    write_file(draft_path(path), write_scenario(edit.put(base, ("length_min",), 45.0)))
    draft = open_file(path).draft
    assert draft is not None
    assert draft.length_min == 45.0
    write_file(draft_path(path), write_scenario(base))
    assert open_file(path).draft is None


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".json"])
def test_other_programs_get_it_and_give_it_back(tmp_path: Path, suffix: str) -> None:
    base = typhoon()
    told = export(base, tmp_path / f"sheet{suffix}", "zh_CN")
    assert told.wrong is None
    assert told.losses
    back = take_in(told.path, base)
    assert back.scenario is not None
    assert {inject.id for inject in back.scenario.injects} == {inject.id for inject in base.injects}
    (tmp_path / f"none{suffix}").write_bytes(b"no such thing")
    assert take_in(tmp_path / f"none{suffix}", base).wrong is not None


def test_what_nobody_has_written_yet_is_told() -> None:
    kind = next(kind for kind in get_args(InjectWhat) if tag_of(kind) == "work_order")
    told = edit.unfilled(edit.add(blank("mine"), "injects", edit.new_inject(blank("mine"), kind, 60.0)))
    assert [fault.where for fault in told] == ["injects.work_order.what.source", "injects.work_order.what.kind"]
    assert not edit.unfilled(typhoon())


def test_comments_of_ones_own_are_noticed(tmp_path: Path) -> None:
    assert not open_file(SHIPPED[0]).has_comments
    (tmp_path / "own.yaml").write_bytes(write_scenario(blank("mine")) + b"  # mine\n")
    assert open_file(tmp_path / "own.yaml").has_comments


# --- history and run --------------------------------------------------------------------------------------------


def test_letters_of_one_field_are_one_step() -> None:
    base = blank("mine")
    history = History(base)
    for words in ("a", "ab", "abc"):
        history.take(edit.put(history.now, ("title",), words), ("title",))
    history.take(edit.put(history.now, ("length_min",), 12.0), ("length_min",))
    assert not history.take(history.now)
    history.undo()
    assert history.now.title == "abc"
    history.undo()
    assert (history.now, history.can_undo, history.undo()) == (base, False, False)
    history.redo()
    assert history.now.title == "abc"
    history.take(edit.put(history.now, ("title",), "abcd"), ("title",))
    assert (history.can_redo, history.redo()) == (False, False)


def test_the_run_says_who_has_to_have_done_what_until_when() -> None:
    rows = run_rows(typhoon())
    assert [row.at_s for row in rows] == sorted(row.at_s or 0 for row in rows)
    water = next(row for row in rows if row.inject.id == "first_water")
    assert [(until, each.id) for until, each in water.due] == [(270, "plan_on"), (100, "acked"), (150, "sent_near")]


def test_an_inject_is_shifted_as_far_as_it_can() -> None:
    base = typhoon()
    assert edit.shifted(base, 0, 30).injects[0].when.s == 50
    assert edit.shifted(base, 0, -300).injects[0].when.s == 0
    with pytest.raises(EditError):
        edit.shifted(base, 0, 1e6)
