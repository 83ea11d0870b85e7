"""The item list: its tables, its versions by date, and whether an order may be asked."""

from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from comms.domain import item_events as ev
from comms.domain.ids import DepartmentId, ItemId, JurisdictionId, PartyId
from comms.domain.item import Item, ItemClass, ItemKind, ItemStage, ItemTerms
from comms.domain.item_book import KEPT_REJECTED, ItemBook
from comms.domain.item_list import (
    STAGE_AFTER,
    STEPS,
    ItemFault,
    ItemStep,
    date_fault,
    is_allowed,
    parts_fault,
    step_fault,
)
from comms.domain.time_limit import TimeLimit, TimeUnit

TOWN, VILLAGE, GRID, OTHER = (JurisdictionId(key) for key in ("t", "t/v", "t/v/g", "s/v"))
OFFICERS = tuple(PartyId(f"officer:{key}") for key in "ab")
DAY = 86_400.0
WHOLE = ItemTerms(
    opens_when="缺失", closes_when="恢复", limit=TimeLimit(amount=2, unit=TimeUnit.EMERGENCY_HOUR),
    department_id=DepartmentId("水务"),
)  # fmt: skip


def item(key: str, *, where: JurisdictionId = TOWN, words: str = "缺失") -> Item:
    item_class = ItemClass(kind=ItemKind.COMPONENT, major="公用设施", minor="井盖")
    return Item(
        id=ItemId(key),
        jurisdiction_id=where,
        item_class=item_class,
        terms=msgspec.structs.replace(WHOLE, opens_when=words),
    )


def happen(book: ItemBook, event: ev.ItemEvent, *, at: float = 0.0, actor: PartyId = OFFICERS[0]) -> None:
    book.apply(event, at=at, actor=actor)


class ItemLife(RuleBasedStateMachine):
    """Two books, one that forgets and one that does not, against spans of time kept by hand."""

    items: Bundle[ItemId] = Bundle("items")

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000 * DAY
        self.book, self.whole = ItemBook(), ItemBook(keeps_all=True)
        self.spans: dict[ItemId, list[list[Any]]] = {}
        self.applicants: dict[ItemId, PartyId] = {}
        self.was_in_force: set[ItemId] = set()
        self.words = 0

    def tell(self, event: ev.ItemEvent, actor: PartyId) -> None:
        for book in (self.book, self.whole):
            book.apply(event, at=self.now, actor=actor)

    def may(self, item_id: ItemId, step: ItemStep, actor: PartyId, reason: str = "r") -> bool:
        state = self.book.states.get(item_id)
        if state is None:
            return False  # turned down long ago
        fault = step_fault(state, step, actor=actor, reason=reason)
        assert (fault is ItemFault.WRONG_STAGE) == (step not in STEPS[state.stage])
        if step is ItemStep.APPROVE and actor == self.applicants[item_id]:
            assert fault is not None
        return fault is None

    def new_words(self, item_id: ItemId) -> Item:
        self.words += 1
        return item(item_id, words=f"词{self.words}")

    @rule(days=st.floats(0, 40))
    def time_passes(self, days: float) -> None:
        self.now += days * DAY

    @rule(target=items, actor=st.sampled_from(OFFICERS))
    def apply_for_new(self, actor: PartyId) -> ItemId:
        made = self.new_words(ItemId(f"i{self.words}"))
        self.tell(ev.ItemApplied(item=made, reason="need"), actor)
        self.applicants[made.id] = actor
        return made.id

    @rule(item_id=items, actor=st.sampled_from(OFFICERS))
    def apply_for_change(self, item_id: ItemId, actor: PartyId) -> None:
        if self.may(item_id, ItemStep.APPLY, actor):
            self.tell(ev.ItemApplied(item=self.new_words(item_id)), actor)
            self.applicants[item_id] = actor

    @rule(target=items, item_id=items, actor=st.sampled_from(OFFICERS), count=st.integers(1, 3))
    def break_down(self, item_id: ItemId, actor: PartyId, count: int) -> Any:
        if not self.may(item_id, ItemStep.BREAK_DOWN, actor):
            return multiple()
        ids = [item_id, *(ItemId(f"{item_id}.{self.words}.{no}") for no in range(1, count))]
        parts = tuple(self.new_words(each) for each in ids)
        fault = parts_fault(self.book.states[item_id], parts)
        assert (fault is not None) == (item_id in self.was_in_force and count > 1)
        if fault is not None:
            return multiple()
        self.tell(ev.ItemBrokenDown(item_id=item_id, parts=parts), actor)
        for each in ids:
            self.applicants[each] = self.applicants[item_id]
        return multiple(*ids[1:])

    @rule(item_id=items, actor=st.sampled_from(OFFICERS))
    def approve(self, item_id: ItemId, actor: PartyId) -> None:
        if self.may(item_id, ItemStep.APPROVE, actor):
            self.tell(ev.ItemApproved(item_id=item_id), actor)

    @rule(item_id=items, actor=st.sampled_from(OFFICERS))
    def turn_down(self, item_id: ItemId, actor: PartyId) -> None:
        if self.may(item_id, ItemStep.REJECT, actor):
            before = self.book.states[item_id].stage_before
            self.tell(ev.ItemRejected(item_id=item_id, reason="no"), actor)
            assert self.whole.states[item_id].stage is (before or ItemStage.REJECTED)

    @rule(item_id=items, actor=st.sampled_from(OFFICERS), days=st.floats(-1, 60))
    def put_in_force(self, item_id: ItemId, actor: PartyId, days: float) -> None:
        from_at = self.now + days * DAY
        if self.may(item_id, ItemStep.PUT_IN_FORCE, actor) and date_fault(from_at, now=self.now) is None:
            words = self.book.states[item_id].item
            self.tell(ev.ItemPutInForce(item_id=item_id, from_at=from_at), actor)
            self._cut(item_id, from_at)
            self.spans.setdefault(item_id, []).append([from_at, float("inf"), words])
            self.was_in_force.add(item_id)

    @rule(item_id=items, actor=st.sampled_from(OFFICERS), days=st.floats(-1, 60), reason=st.sampled_from(("", "old")))
    def retire(self, item_id: ItemId, actor: PartyId, days: float, reason: str) -> None:
        from_at = self.now + days * DAY
        is_dated = date_fault(from_at, now=self.now) is None
        if self.may(item_id, ItemStep.RETIRE, actor, reason) and is_dated:
            assert reason
            self.tell(ev.ItemRetired(item_id=item_id, from_at=from_at, reason=reason), actor)
            self._cut(item_id, from_at)
            if not self.spans[item_id]:
                self.was_in_force.discard(item_id)

    def _cut(self, item_id: ItemId, from_at: float) -> None:
        kept = [span for span in self.spans.get(item_id, []) if span[0] < from_at]
        for span in kept:
            span[1] = min(span[1], from_at)
        self.spans[item_id] = kept

    @rule(days=st.floats(-400, 80))
    def looked_at_on_a_day(self, days: float) -> None:
        """The book that forgets knows what is and will be; the other also what was."""
        at = self.now + days * DAY
        since = [span[0] for spans in self.spans.values() for span in spans]
        assert self.whole.listed(at) == (frozenset({TOWN}) if since and min(since) <= at else frozenset())
        for item_id, spans in self.spans.items():
            expected = next((span[2] for span in spans if span[0] <= at < span[1]), None)
            books = (self.whole, self.book) if days >= 0 else (self.whole,)
            for book in books:
                state = book.states.get(item_id)
                version = state.version_at(at) if state is not None else None
                assert (version.item if version is not None else None) == expected
                assert is_allowed(book, item_id, (GRID, OTHER), at=at) == (expected is not None or not book.listed(at))

    @invariant()
    def both_books_say_the_same_of_now(self) -> None:
        for item_id, state in self.book.states.items():
            other = self.whole.states[item_id]
            assert (state.stage, state.item, state.version_count) == (other.stage, other.item, other.version_count)
            assert other.version_count == len(other.versions) == len(self.spans.get(item_id, []))


ItemLife.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
test_life_of_items = ItemLife.TestCase


def test_every_step_leads_somewhere_and_every_stage_is_reached() -> None:
    assert set(STAGE_AFTER) == set(ItemStep)
    assert set(STEPS) == set(ItemStage)
    assert set(STAGE_AFTER.values()) == set(ItemStage)


@pytest.mark.parametrize(
    ("node", "where", "allowed"),
    [
        (TOWN, (GRID,), True),
        (TOWN, (VILLAGE, GRID), True),
        (VILLAGE, (GRID,), True),
        (VILLAGE, (TOWN,), False),  # an item of one village may not be asked all over the town
        (TOWN, (OTHER,), True),  # no list there
        (TOWN, (), True),
    ],
)
def test_where_an_item_may_be_asked(node: JurisdictionId, where: tuple[JurisdictionId, ...], allowed: bool) -> None:
    book = ItemBook()
    happen(book, ev.ItemEntered(item=item("town"), from_at=0.0))
    happen(book, ev.ItemEntered(item=item("one", where=node), from_at=0.0))
    assert is_allowed(book, ItemId("one"), where, at=1.0) is allowed
    assert is_allowed(book, None, where, at=1.0) is (not where or where == (OTHER,))
    assert is_allowed(book, ItemId("unknown"), where, at=1.0) is (not where or where == (OTHER,))
    assert is_allowed(ItemBook(), None, where, at=1.0)


def test_a_list_without_anything_in_force_still_forbids() -> None:
    book = ItemBook()
    happen(book, ev.ItemEntered(item=item("one"), from_at=0.0))
    happen(book, ev.ItemRetired(item_id=ItemId("one"), from_at=5.0, reason="r"))
    assert [is_allowed(book, ItemId("one"), (GRID,), at=at) for at in (4.0, 5.0)] == [True, False]
    assert [len(book.in_force(at)) for at in (4.0, 5.0)] == [1, 0]


def test_as_it_was_and_in_the_newest_words_when_forgotten() -> None:
    book = ItemBook()
    first, second = item("one", words="甲"), item("one", words="乙")
    happen(book, ev.ItemEntered(item=first, from_at=0.0))
    happen(book, ev.ItemEntered(item=second, from_at=10.0), at=10.0)
    assert [book.as_of(ItemId("one"), at=at) for at in (9.0, 10.0, -1.0)] == [first, second, second]
    assert book.as_of(ItemId("no"), at=1.0) is None
    assert book.as_of(None, at=1.0) is None
    third = item("one", words="丙")
    happen(book, ev.ItemEntered(item=third, from_at=9 * DAY), at=9 * DAY)
    assert [version.item for version in book.states[ItemId("one")].versions] == [second, third]
    assert book.states[ItemId("one")].version_count == 3


def test_new_items_turned_down_are_forgotten_in_time() -> None:
    book = ItemBook()
    for number in range(KEPT_REJECTED + 2):
        happen(book, ev.ItemApplied(item=item(f"i{number}")))
        happen(book, ev.ItemRejected(item_id=ItemId(f"i{number}"), reason="no"))
    assert next(iter(book.states)) == "i2"
    assert len(book.states) == KEPT_REJECTED


@pytest.mark.parametrize("lacking", ["opens_when", "closes_when", "limit", "department_id"])
def test_a_part_says_everything(lacking: str) -> None:
    book = ItemBook()
    happen(book, ev.ItemApplied(item=item("one")))
    terms = msgspec.structs.replace(WHOLE, **{lacking: "" if lacking.endswith("when") else None})
    part = msgspec.structs.replace(item("one"), terms=terms)
    assert parts_fault(book.states[ItemId("one")], (part,)) is ItemFault.INCOMPLETE
    too_long = msgspec.structs.replace(WHOLE, limit=TimeLimit(amount=1e9, unit=TimeUnit.WORK_DAY))
    assert not too_long.is_complete


@pytest.mark.parametrize("from_at", [float("nan"), float("inf"), -2 * DAY, 400 * DAY])
def test_a_date_is_near(from_at: float) -> None:
    assert date_fault(from_at, now=0.0) is ItemFault.BAD_DATE


def test_what_was_called_off_before_it_began_never_was() -> None:
    book = ItemBook()
    happen(book, ev.ItemApplied(item=item("one", words="甲")))
    happen(book, ev.ItemPutInForce(item_id=ItemId("one"), from_at=9.0))
    happen(book, ev.ItemEntered(item=item("far", where=OTHER), from_at=9.0))
    assert book.listed(9.0) == {TOWN, OTHER}
    happen(book, ev.ItemRetired(item_id=ItemId("one"), from_at=5.0, reason="r"))
    assert book.listed(9.0) == {OTHER}
    state = book.states[ItemId("one")]
    assert (state.item.terms.opens_when, state.versions, state.version_count) == ("甲", (), 0)
    happen(book, ev.ItemEntered(item=item("two"), from_at=20.0))
    happen(book, ev.ItemEntered(item=item("one"), from_at=9.0))
    happen(book, ev.ItemRetired(item_id=ItemId("one"), from_at=5.0, reason="r"))
    assert (TOWN in book.listed(19.0), TOWN in book.listed(20.0)) == (False, True)


def test_a_change_turned_down_leaves_what_was() -> None:
    book = ItemBook()
    happen(book, ev.ItemEntered(item=item("one", words="甲"), from_at=0.0))
    happen(book, ev.ItemApplied(item=item("one", words="乙")))
    state = book.states[ItemId("one")]
    assert (state.stage, state.item.terms.opens_when) == (ItemStage.APPLIED, "乙")
    happen(book, ev.ItemRejected(item_id=ItemId("one"), reason="no"))
    assert (state.stage, state.item.terms.opens_when, state.item.name) == (ItemStage.IN_FORCE, "甲", "井盖")


def test_reasons_are_asked_for() -> None:
    book = ItemBook()
    happen(book, ev.ItemApplied(item=item("one")))
    fault = step_fault(book.states[ItemId("one")], ItemStep.REJECT, actor=OFFICERS[1], reason=" ")
    assert fault is ItemFault.REASON_MISSING
