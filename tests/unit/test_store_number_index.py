"""Every number is found at its row, small or large, and no other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from console.store.number_index import DENSEST, NumberIndex

NUMBERS = st.one_of(st.integers(0, 40), st.integers(DENSEST - 3, DENSEST + 3), st.integers(0, 2**32 - 1))


@given(st.lists(NUMBERS, unique=True, max_size=12), st.lists(NUMBERS, unique=True, max_size=12), st.lists(NUMBERS))
def test_rows_are_those_of_the_numbers(first: list[int], second: list[int], asked: list[int]) -> None:
    index = NumberIndex()
    for held in (first, second):
        index.forget()
        by_row = np.array(held, np.uint32)
        numbers = np.array([*held, *asked], np.uint32)
        expected = [held.index(number) if number in held else -1 for number in numbers.tolist()]
        assert index.rows_of(numbers, by_row).tolist() == expected
        assert index.rows_of(numbers, by_row).tolist() == expected, "built once"
