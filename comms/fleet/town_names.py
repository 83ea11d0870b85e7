"""Names made by rule: of streets, villages and places, never of people or of real firms."""

import random
from collections.abc import Iterator

TOWN_NAME = "样例镇"
_FIRST = "振建新永康和安宝兴德明长富泰广东南西北中"
_SECOND = "兴设华盛宁平泰丰隆源达乐业康顺和福荣昌安"
_NUMERALS = "零一二三四五六七八九十"
SHOPS = ("便利店", "小餐馆", "五金店", "理发店", "服装店", "小作坊", "药店", "水果店")


def words(roll: random.Random) -> Iterator[str]:
    """Two-character words of good sense, each once, in an order of chance."""
    pairs = [first + second for first in _FIRST for second in _SECOND if first != second]
    roll.shuffle(pairs)
    return iter(pairs)


def numeral(number: int) -> str:
    """Chinese numeral of 1 to 99, as on street signs."""
    tens, units = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[units]
    head = "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head if units == 0 else head + _NUMERALS[units]


def grid_name(number: int) -> str:
    return f"第{number:02d}网格"


def unit_name(no: int, *, is_emergency: bool) -> str:
    """A role and a number: nobody is given a person's name."""
    return f"应急队员 {no:04d}" if is_emergency else f"网格员 {no:04d}"
