"""What simulated people say of their own accord, as workers do on the radio: who, what, where; short."""

from comms.fleet.work import Report

_WORDS: dict[str, dict[Report, str]] = {
    "zh_CN": {
        Report.REFUSED: "{name}报告，{reason}。",
        Report.ON_SCENE: "{name}报告，已到达现场，{place}，开始处置。",
        Report.ASTRAY: "{name}报告，我在指定地点附近，未见异常，请核实地点。",
        Report.COMPLETED: "{name}报告，现场处置完毕，请指示。",
    },
    "en": {
        Report.REFUSED: "{name} here: {reason}.",
        Report.ON_SCENE: "{name} here: on scene, {place}, starting work.",
        Report.ASTRAY: "{name} here: I am at the place, nothing to see; please check where it is.",
        Report.COMPLETED: "{name} here: done at the scene, awaiting instructions.",
    },
}
_GREETING = {"zh_CN": "你好，我是{name}，请讲。", "en": "{name} speaking, go ahead."}
_NO_PLACE = {"zh_CN": "位置已上报", "en": "position reported"}


def report_of(report: Report, *, name: str, place: str, reason: str, locale: str) -> str:
    """`reason` is of a refusal; without words for the place its position is on the map."""
    words = _WORDS.get(locale, _WORDS["en"])[report]
    return words.format(name=name, place=place or _NO_PLACE.get(locale, _NO_PLACE["en"]), reason=reason.rstrip("。."))


def greeting_of(name: str, *, locale: str) -> str:
    """To whoever calls."""
    return _GREETING.get(locale, _GREETING["en"]).format(name=name)
