"""Search through names: the same answer as looking at each of them."""

from hypothesis import given
from hypothesis import strategies as st

from ui.search.name_index import NameIndex, searched

WORDS = st.text("ab市场 \n\tA", max_size=6)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=20), st.lists(st.text("ab市场", min_size=1, max_size=2), max_size=3))
def test_every_entry_with_all_words_is_found_and_no_other(entries: list[tuple[str, str]], words: list[str]) -> None:
    index = NameIndex(entries)
    wanted = {row for row, (title, more) in enumerate(entries) if all(w in searched(title, more) for w in words)}
    found = index.find(tuple(words), limit=100)
    assert set(found) == wanted
    assert len(found) == len(wanted)


def test_names_that_begin_with_it_come_first_and_the_limit_holds() -> None:
    index = NameIndex([("老市场", ""), ("市场路", ""), ("长街", "市场旁"), ("市场", "")])
    assert index.find(("市场",), limit=3) == [1, 3, 0]
    assert index.find(("市场",), limit=1) == [1]
    assert index.find(("老",), limit=0) == []
    assert index.find((), limit=2) == [0, 1]
    assert NameIndex([]).find(("a",), limit=5) == []
