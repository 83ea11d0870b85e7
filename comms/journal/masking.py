"""Masks (脱敏) people in recorded words: names, telephone and identity numbers, plates, house numbers. The same one has
the same pseudonym everywhere; what stays tells what happened, not to whom."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

STEMS = "甲乙丙丁戊己庚辛壬癸"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖"
    "贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧"
)
_HONORIFICS = (
    "先生|女士|小姐|师傅|大爷|大妈|大娘|大叔|阿姨|奶奶|爷爷|伯伯|老师|医生|队长|主任|书记|同志|老板|经理|某某|某"
)
_PLATE_HEADS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_DIGIT = "0-9０-９"
_CHINESE_DIGITS = "零〇一二三四五六七八九十百两壹贰叁肆伍陆柒捌玖拾"
_GAP = r"[\s\-—－·.]{0,2}"

_ID = re.compile(rf"(?<![{_DIGIT}])(?:[{_DIGIT}]{_GAP}){{17}}[{_DIGIT}XxＸｘ]")
_OLD_ID = re.compile(rf"(?<![{_DIGIT}])[{_DIGIT}]{{15}}(?![{_DIGIT}])")
_NUMBER = re.compile(rf"(?<![{_DIGIT}])\+?(?:[{_DIGIT}][\s\-—－]?){{6,}}[{_DIGIT}]")
_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺两]{7,}")
_DATE = re.compile(r"(?<![0-9])(20[0-9]{2}-[01][0-9]-[0-3][0-9](?:[ T][0-2][0-9]:[0-5][0-9])?)(?![0-9])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PLATE = re.compile(rf"[{_PLATE_HEADS}][A-Za-z][\s·•]?[A-Za-z0-9]{{5,6}}")
_HOUSE = re.compile(
    rf"(?<![{_DIGIT}A-Za-z])([A-Za-z]?(?:[{_DIGIT}]+|[{_CHINESE_DIGITS}]+)(?:[-—－之][{_DIGIT}]+)*)\s?"
    r"(号(?!线|台|令|预警|小时)|號|栋|幢|座|单元|室|房(?!屋))"
)
_SPOKEN_NAME = re.compile(
    rf"((?:我叫|名叫|叫做|姓名[:：]?|联系人[:：]?|报警人[:：]?|来电人[:：]?|户主|房东|租户|业主)\s?)([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
)
_TITLED = re.compile(rf"([{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?)({_HONORIFICS})")
_ROLE = re.compile(
    r"[\s0-9０-９一二三四五六七八九十号组队席甲乙丙丁]*(?:网格员|网格长|值班员|值班长|指挥长|导调员|评估员|观察员|应急队|巡查员|市民来电|Caller|"
    r"处置员|管理员|班长|worker|duty|officer|unit|trainer|observer)[\s\w号组队席]{0,6}",
    re.IGNORECASE,
)
_CODE = re.compile(r"[a-z]*[0-9]*", re.IGNORECASE)


class Masker:
    """`names` are the record's own, each with what it is called from now on; more are found in words by how people are
    spoken of, and known everywhere from then on."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {name: said for name, said in names.items() if is_name(name)}
        self._found: dict[tuple[str, str], str] = {}
        self._pattern = _any_of(self._names)

    @classmethod
    def keeping(cls) -> "KeepingMasker":
        """Of whoever may know who it was."""
        return KeepingMasker({})

    @property
    def names(self) -> tuple[str, ...]:
        """All that are masked."""
        return tuple(self._names)

    def learn(self, words: Iterable[str]) -> None:
        """Names that are told in these: to be masked in all others, too."""
        for text in words:
            for pattern in (_SPOKEN_NAME, _TITLED):
                for found in pattern.finditer(text):
                    name = found[2] if pattern is _SPOKEN_NAME else found[1]
                    if len(name) > 1 and name not in self._names:
                        self._names[name] = self._called("person", name)
        self._pattern = _any_of(self._names)

    def text(self, words: str) -> str:
        """Without names and numbers of people. Days and hours stay."""
        parts = _DATE.split(unicodedata.normalize("NFC", words))
        return "".join(part if at % 2 else self._masked(part) for at, part in enumerate(parts))

    def _masked(self, words: str) -> str:
        if self._pattern is not None:
            words = self._pattern.sub(lambda found: self._names[found[0]], words)
        words = _MAIL.sub(lambda found: self._called("mail", found[0]), words)
        for kind, pattern in (("id", _ID), ("id", _OLD_ID), ("phone", _NUMBER), ("phone", _SPOKEN), ("plate", _PLATE)):
            words = pattern.sub(self._by(kind), words)
        words = _HOUSE.sub(lambda found: self._called("house", found[1]) + found[2], words)
        words = _SPOKEN_NAME.sub(lambda found: found[1] + self._called("person", found[2]), words)
        return _TITLED.sub(lambda found: self._called("person", found[1]) + found[2], words)

    def everything(self, value: Any) -> Any:
        """The same of all words in plain values; keys stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.everything(part) for part in value]
        return {key: self.everything(part) for key, part in value.items()} if isinstance(value, dict) else value

    def _by(self, kind: str) -> Callable[["re.Match[str]"], str]:
        return lambda found: self._called(kind, found[0])

    def _called(self, kind: str, said: str) -> str:
        """Numbers are the same however they are written."""
        plain = re.sub(r"[\s\-—－·•.]", "", unicodedata.normalize("NFKC", said)).upper()
        key = (kind, plain)
        if key not in self._found:
            self._found[key] = _LABELS[kind].format(stem(sum(held == kind for held, _ in self._found)))
        return self._found[key]


class KeepingMasker(Masker):
    """Changes nothing."""

    def learn(self, words: Iterable[str]) -> None:
        pass

    def text(self, words: str) -> str:
        return words


_LABELS = {
    "person": "某{}",
    "id": "〔证件号{}〕",
    "phone": "〔号码{}〕",
    "plate": "〔车牌{}〕",
    "mail": "〔邮箱{}〕",
    "house": "{}",
}


def stem(count: int) -> str:
    """甲, 乙 … 癸, 甲甲 …: never a digit."""
    word = STEMS[count % len(STEMS)]
    return word if count < len(STEMS) else stem(count // len(STEMS) - 1) + word


def is_name(words: str) -> bool:
    """Somebody's, and not only what he is there for."""
    plain = words.strip()
    return len(plain) > 1 and _ROLE.fullmatch(plain) is None and _CODE.fullmatch(plain) is None


def _any_of(names: Iterable[str]) -> "re.Pattern[str] | None":
    """The longest first."""
    known = sorted(names, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known))) if known else None
