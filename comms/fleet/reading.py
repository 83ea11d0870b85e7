"""How a written sentence is read aloud: figures, times and units as words. A speech program drops or spells them."""

import re

_DIGITS = "零一二三四五六七八九"
_ON_THE_AIR = "零幺二三四五六七八九"
"""As numbers of telephones and rooms are said by radio: 1 is 幺, so that nobody hears 7."""
_SPELT_FROM = 5
"""As many figures and more are a number of something, not a count."""
_COUNTED_IN_TWO = "人个名辆户处台条只家位层间栋天次米"
_SPELT_BEFORE = "室号房幢"
_UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "mm": "毫米", "cm": "厘米", "km": "公里", "kg": "公斤", "℃": "摄氏度",
    "°C": "摄氏度", "m": "米", "L": "升", "V": "伏", "t": "吨",
}  # fmt: skip
_UNIT = re.compile(r"(?<=\d)\s*(" + "|".join(map(re.escape, _UNITS)) + r")(?![A-Za-z])")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3])[:：]([0-5]\d)(?![\d:])整?")
_RANGE = re.compile(r"(?<=\d)\s*[-~～—至]\s*(?=\d)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?(.?)", re.DOTALL)
_MARK = re.compile(r"[【\[](?:演练|DRILL)[^】\]]*[】\]]\s*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def is_chinese(text: str) -> bool:
    """By its characters: one is enough."""
    return _HAN.search(text) is not None


def aloud(text: str) -> str:
    """What a speech program is given. English has figures that it reads itself."""
    text = " ".join(_MARK.sub("", text).split())
    if not is_chinese(text):
        return text
    text = _UNIT.sub(lambda found: _UNITS[found[1]], text)
    text = _TIME.sub(lambda found: _time(int(found[1]), int(found[2])), text)
    text = _PERCENT.sub(lambda found: f"百分之{found[1]}", text)
    text = _RANGE.sub("到", text)
    return _NUMBER.sub(lambda found: _number(found[1], found[2], found[3]) + found[3], text)


def _time(hour: int, minute: int) -> str:
    if minute == 0:
        return f"{_count(hour)}点整"
    return f"{_count(hour)}点{'零' if minute < 10 else ''}{_count(minute)}分"


def _number(whole: str, part: str | None, after: str) -> str:
    if part is not None:
        return f"{_count(int(whole))}点{_spelt(part, _DIGITS)}"
    is_spelt = len(whole) >= _SPELT_FROM or (whole.startswith("0") and len(whole) > 1)
    if is_spelt or (after and after in _SPELT_BEFORE and len(whole) > 2):
        return _spelt(whole, _ON_THE_AIR)
    if whole == "2" and after and after in _COUNTED_IN_TWO:
        return "两"
    return _count(int(whole))


def _spelt(figures: str, names: str) -> str:
    return "".join(names[int(figure)] for figure in figures)


def _count(number: int) -> str:
    """0 to 9999."""
    if number < 10:
        return _DIGITS[number]
    words, gap = "", False
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + name
            gap = False
        else:
            gap = bool(words)
    return words[1:] if 10 <= number < 20 else words
