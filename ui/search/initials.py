"""拼音首字母: the letters an officer types for a Chinese name («xhl» for 新华路), where no input method is at hand."""

import os
from functools import cache

os.environ.setdefault(
    "PYPINYIN_NO_PHRASES", "true"
)  # read at the import below: without its phrases 46 MB and 0.4 s less
from pypinyin.pinyin_dict import pinyin_dict

_READINGS, _SPELLINGS = 2, 4
"""A character's readings that count, the commonest first (长: zhang, chang); spellings kept of a name."""
_BARE = str.maketrans("āáǎàēéěèōóǒòńňǹḿ", "aaaaeeeeoooonnnm")


def initials(name: str) -> tuple[str, ...]:
    """All spellings, other signs as they are, without spaces («长安街 2 号»: zaj2h, caj2h). None without Chinese."""
    if name.isascii():
        return ()
    plain = "".join(name.casefold().split())
    spellings = [""]
    for sign in plain:
        letters = _letters(sign)
        if len(letters) == 1:
            spellings = [spelling + letters[0] for spelling in spellings]
        else:
            spellings = [spelling + letter for spelling in spellings for letter in letters][:_SPELLINGS]
    return tuple(spellings) if spellings[0] != plain else ()


@cache
def _letters(sign: str) -> tuple[str, ...]:
    """What a sign may be typed as; as many are kept as there are different signs in names, some thousands."""
    readings = pinyin_dict.get(ord(sign), "").split(",")[:_READINGS]
    return tuple(dict.fromkeys(reading[0].translate(_BARE) for reading in readings if reading)) or (sign,)
