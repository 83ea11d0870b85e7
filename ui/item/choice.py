"""Which item of the list an order is for: what the words of an order suggest, and what typing finds."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from comms.domain.ids import ItemId, JurisdictionId
from comms.domain.item import Item
from comms.domain.jurisdiction import contains
from console.store.store import Store
from ui.search.initials import initials

MOST_FOUND = 40
_OF_NAME, _OF_CONDITION, _ENOUGH = 3.0, 1.0, 1.0
"""What a pair of characters counts, divided by how many items have it; and how much makes a suggestion."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The list as it was read last, and where each pair of characters stands."""

    items: tuple[Item, ...]
    pairs: dict[str, dict[int, float]]
    spellings: tuple[tuple[str, ...], ...]


class ItemChoice:
    """Reads the list anew only when it has changed. A city's 520 items are looked through in under a millisecond."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: _Known | None = None
        self._used: Counter[ItemId] = Counter()

    def forget(self) -> None:
        """The list has changed, or some of it has begun or ended since."""
        self._known = None

    def count_use(self) -> None:
        """How often each was asked lately: the most used come first."""
        orders = self._store.picture.orders.values()
        self._used = Counter(state.order.item_id for state in orders if state.order.item_id is not None)

    @property
    def is_listed(self) -> bool:
        """A list is in force for some of those this officer leads."""
        own = self._own()
        listed = self._store.picture.items.listed(self._store.server_now())
        return any(_is_on_one_way(own, node) for node in listed)

    def items(self) -> tuple[Item, ...]:
        return self._read().items

    def item(self, item_id: ItemId) -> Item | None:
        return next((item for item in self.items() if item.id == item_id), None)

    def find(self, words: str) -> list[Item]:
        """By name, condition, class or initials; without words all. The most used first."""
        wanted, known = words.casefold().split(), self._read()
        ranked = [
            (rank, -self._used[item.id], no)
            for no, item in enumerate(known.items)
            if (rank := _rank(item, known.spellings[no], wanted)) is not None
        ]
        return [known.items[no] for _, _, no in sorted(ranked)[:MOST_FOUND]]

    def suggest(self, words: str) -> Item | None:
        """The item that says most of what these words say; else the one for any first look, if the list has one."""
        known = self._read()
        scores: defaultdict[int, float] = defaultdict(float)
        for pair in _pairs(words):
            for no, weight in known.pairs.get(pair, {}).items():
                scores[no] += weight
        best = max(scores, key=lambda no: (scores[no], self._used[known.items[no].id], -no), default=None)
        if best is not None and scores[best] >= _ENOUGH:
            return known.items[best]
        return next((item for item in known.items if item.terms.is_general), None)

    def _own(self) -> JurisdictionId:
        session = self._store.session
        return session.jurisdiction_id if session is not None else JurisdictionId("")

    def _read(self) -> _Known:
        if self._known is None:
            own = self._own()
            in_force = self._store.picture.items.in_force(self._store.server_now())
            items = tuple(item for item in in_force if _is_on_one_way(own, item.jurisdiction_id))
            self._known = _Known(items, _index(items), tuple(initials(item.name) for item in items))
        return self._known


def _is_on_one_way(one: JurisdictionId, other: JurisdictionId) -> bool:
    return contains(one, other) or contains(other, one)


def _index(items: tuple[Item, ...]) -> dict[str, dict[int, float]]:
    found: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for no, item in enumerate(items):
        for pair in _pairs(item.terms.opens_when):
            found[pair][no] = _OF_CONDITION
        for pair in _pairs(item.name):
            found[pair][no] = _OF_NAME
    return {pair: {no: weight / len(where) for no, weight in where.items()} for pair, where in found.items()}


def _pairs(words: str) -> set[str]:
    return {words[at : at + 2] for at in range(len(words) - 1) if words[at : at + 2].isalnum()}


def _rank(item: Item, spellings: tuple[str, ...], wanted: list[str]) -> int | None:
    """0 is best; None when some word is nowhere."""
    worst = 0
    name = item.name.casefold()
    for word in wanted:
        if name.startswith(word):
            rank = 0
        elif word in name or any(spelling.startswith(word) for spelling in spellings):
            rank = 1
        elif word in item.terms.opens_when.casefold():
            rank = 2
        elif word in item.item_class.major.casefold():
            rank = 3
        else:
            return None
        worst = max(worst, rank)
    return worst
