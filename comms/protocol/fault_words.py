"""Why a work order could not be taken, in words: to who sent it, and to the officer who looks at it."""

from comms.domain.work_order import Fault, FaultCode
from comms.protocol.errors import Locale

SENTENCES: dict[FaultCode, tuple[str, str]] = {
    FaultCode.UNREADABLE: ("报文无法解析，请检查格式", "The record cannot be read; check its format"),
    FaultCode.NO_SOURCE_ID: ("没有来源单号，请补上单号", "It has no number of its own; give it one"),
    FaultCode.TOO_LONG: ("字段过长，请缩短", "A field is too long; shorten it"),
    FaultCode.NO_KIND: ("没有事件类别，请补上类别", "It has no kind; say what happened"),
    FaultCode.UNKNOWN_KIND: ("类别代码未登记，请改用已登记的代码", "Its kind is not set up; use one that is"),
    FaultCode.UNKNOWN_PRIORITY: ("优先级未登记，请改用已登记的级别", "Its priority is not set up; use one that is"),
    FaultCode.BAD_NUMBER: ("坐标不是有效数字，请改正", "A coordinate is no number; correct it"),
    FaultCode.BAD_TIME: ("时间无法识别或在未来，请改正", "Its time cannot be read or lies ahead; correct it"),
    FaultCode.NO_PLACE: (
        "没有地点，请补上坐标、网格编码或地址",
        "It has no place; give coordinates, grid code or address",
    ),
    FaultCode.HALF_A_PLACE: ("经纬度不全，请补全", "Latitude and longitude go together; give both"),
    FaultCode.PLACE_UNREAL: ("坐标超出范围或为 0,0，请改正", "The coordinates are out of range or 0,0; correct them"),
    FaultCode.PLACE_OUTSIDE: (
        "地点不在该来源的辖区内，请核对坐标和坐标系",
        "The place is outside the source's jurisdiction; check the coordinates and their datum",
    ),
    FaultCode.UNKNOWN_GRID: ("网格编码不存在或不唯一，请核对", "The grid code is not known or not unique; check it"),
    FaultCode.UNKNOWN_ADDRESS: (
        "地址里没有找到辖区内的地名，请补上坐标或网格编码",
        "No place of the area was found in the address; give coordinates or a grid code",
    ),
}


def fault_sentence(fault: Fault, locale: Locale) -> str:
    """One plain sentence, with what was found in brackets."""
    chinese, english = SENTENCES[fault.code]
    if locale is Locale.ZH_CN:
        return f"{chinese}（{fault.detail}）。" if fault.detail else f"{chinese}。"
    return f"{english} ({fault.detail})." if fault.detail else f"{english}."
