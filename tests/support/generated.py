"""Hypothesis strategies for any wire type, made from its own definition: everything a strict decoder lets through."""

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

_EXTREME_FLOATS = st.sampled_from([0.0, -1.0, 90.0, 180.0, 1e-300, 1e18, -1e18, 1e308, -1e308])
_EXTREME_INTS = st.sampled_from([0, 1, -1, 65_535, 2**31, 2**63 - 1, -(2**63), 2**64 - 1])
_WORDS = st.sampled_from(["", " ", "u1", "u2", "s1", "north", "tg-north", "900000", "../..", "\0", "网格" * 50])


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type, `kind` as written in an annotation."""
    return _of(inspect.type_info(kind))


def _of(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.IntType():
            return _numbers(st.integers(), _EXTREME_INTS, info).map(int)
        case inspect.FloatType():
            return _numbers(st.floats(allow_nan=False, allow_infinity=False), _EXTREME_FLOATS, info)
        case inspect.StrType():
            low, high = info.min_length or 0, info.max_length or 300
            words = _WORDS.filter(lambda word: low <= len(word) <= high)
            return words | st.text(st.characters(codec="utf-8"), min_size=low, max_size=min(high, low + 40))
        case inspect.BytesType():
            return st.binary(max_size=200)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
        case inspect.EnumType():
            return st.sampled_from(list(info.cls))
        case inspect.UnionType():
            return st.one_of(*(_of(each) for each in info.types))
        case inspect.VarTupleType():
            low = info.min_length or 0
            return st.lists(_of(info.item_type), min_size=low, max_size=low + 3).map(tuple)
        case inspect.TupleType():
            return st.tuples(*(_of(each) for each in info.item_types))
        case inspect.DictType():
            most = min(3, info.max_length if info.max_length is not None else 3)
            return st.dictionaries(
                _of(info.key_type), _of(info.value_type), min_size=info.min_length or 0, max_size=most
            )
        case inspect.StructType():
            return st.builds(info.cls, **{field.name: _of(field.type) for field in info.fields})
        case _:
            raise NotImplementedError(info)


def _numbers(
    some: st.SearchStrategy[Any], extreme: st.SearchStrategy[Any], info: inspect.IntType | inspect.FloatType
) -> st.SearchStrategy[Any]:
    def fits(number: float) -> bool:
        return (
            (info.ge is None or number >= info.ge)
            and (info.le is None or number <= info.le)
            and (info.gt is None or number > info.gt)
            and (info.lt is None or number < info.lt)
        )

    if info.ge is not None and info.le is not None:
        low, high = info.ge, info.le
        return st.integers(int(low), int(high)) if isinstance(info, inspect.IntType) else st.floats(low, high)
    bounded = st.floats(info.gt, info.le, exclude_min=True) if info.gt is not None and info.le is not None else some
    return (extreme | bounded).filter(fits)


def is_encodable(message: msgspec.Struct) -> bool:
    """JSON has no integers beyond 64 bit here."""
    try:
        msgspec.json.encode(message)
    except (OverflowError, msgspec.MsgspecError):
        return False
    return True
