"""The sample town's item list: a case standard in the form cities publish theirs, invented for an invented town.

`python -m comms.fleet sheet --out FILE.xlsx` writes it as a workbook, which `comms.gateway items import` reads.
"""

from pathlib import Path

from comms.domain.ids import JurisdictionId
from comms.domain.item import Item
from comms.domain.item_sheet import KIND_OF_SHEET, Cell, Column, SheetReading, read_sheet

IN_FORCE_FROM = 1_767_196_800.0
"""2026-01-01 in China."""
_PHOTOS = "处置前照片、处置后照片、定位"
_FILM = "处置前照片、处置后照片、视频、定位"
_LOOK = "处置前照片、定位"
_FIRST_LOOK = ("现场核实", "情况不明，须先到现场核实")
"""Name and condition of what an order in a hurry falls back on."""
_Line = tuple[str, str, str, str, str]
"""小类, 处置单位, 立案条件, 结案条件, 处置时限; an empty cell says what the line above says."""

_COMPONENTS: dict[str, tuple[_Line, ...]] = {
    "公用设施": (
        ("井盖", "市政养护站", "缺失、移位或断裂，危及行人车辆", "补齐或复位，且围挡撤除", "2紧急工作时"),
        ("", "", "破损但未危及安全", "更换或修复", "3工作日"),
        ("雨水箅子", "市政养护站", "堵塞或缺失", "疏通或补齐", "4工作时"),
        ("路灯", "路灯管理所", "成片不亮", "恢复照明", "1工作日"),
        ("", "", "灯杆倾斜或漏电", "断电并扶正", "2紧急工作时"),
        ("消火栓", "消防救援站", "损坏、被圈占或无水", "恢复可用", "1紧急工作日"),
        ("配电箱", "供电所", "箱门敞开或线缆外露", "关闭、包扎并上锁", "4紧急工作时"),
    ),
    "道路交通设施": (
        ("交通信号灯", "交警中队", "不亮或灯色错误", "恢复正常", "2紧急工作时"),
        ("护栏", "市政养护站", "倒伏或占压车道", "扶正或清走", "4工作时"),
        ("公交站亭", "公交公司", "玻璃破碎或站牌脱落", "修复", "3工作日"),
        ("盲道", "市政养护站", "破损、断开或被占用", "修复或清退", "3工作日"),
    ),
    "园林绿化设施": (
        ("行道树", "园林所", "倒伏或断枝压占道路", "清走并补种", "4紧急工作时"),
        ("绿地护栏", "园林所", "缺损", "修复", "5工作日"),
    ),
}
_EVENTS: dict[str, tuple[_Line, ...]] = {
    "市容环境": (
        ("暴露垃圾", "环卫所", "公共场所散落或堆积生活垃圾", "清理干净", "4工作时"),
        ("道路积水", "市政养护站", "积水影响通行", "排干并设警示", "2紧急工作时"),
        ("乱堆物料", "城管分局", "占用公共场地堆放", "清走", "1工作日"),
        ("非法小广告", "城管分局", "张贴、喷涂或散发", "清除", "1工作日"),
        ("焚烧垃圾", "城管分局", "露天焚烧垃圾、树叶", "扑灭并清理", "1紧急工作时"),
        ("噪声扰民", "城管分局", "夜间施工或经营噪声", "停止", "2紧急工作时"),
    ),
    "街面秩序": (
        ("占道经营", "城管分局", "占用道路、人行道经营", "劝离并恢复通行", "2紧急工作时"),
        ("车辆乱停放", "交警中队", "机动车堵塞通道", "驶离", "2工作时"),
        ("", "", "非机动车、共享单车成片乱放", "归位", "4工作时"),
        ("聚集纠纷", "综治中心", "多人聚集争吵或围堵", "劝散并登记", "1紧急工作时"),
    ),
    "施工管理": (
        ("工地扬尘", "住建办", "未覆盖、未洒水", "覆盖并洒水", "2工作时"),
        ("无证施工", "住建办", "未取得许可擅自施工", "停工并补办", "1工作日"),
    ),
    "安全隐患": (
        ("消防通道堵塞", "消防救援站", "杂物或车辆占用消防通道", "清走", "1紧急工作时"),
        ("飞线充电", "消防救援站", "从楼上拉线给电动车充电", "拆除并教育", "1工作日"),
        ("电动车进楼", "消防救援站", "电动车停放在楼道、门厅", "移出", "2工作时"),
        ("出租屋隐患", "出租屋管理所", "未登记或隔断、逃生口不合要求", "登记并整改", "5工作日"),
        ("经营场所隐患", "应急管理分局", "三小场所住人、灭火器失效等", "整改", "3工作日"),
    ),
    "突发事件": (
        ("火情", "消防救援站", "有明火或浓烟", "扑灭，现场安全", "1紧急工作时"),
        ("管道破裂", "水务站", "供水、排水或燃气管道破裂外溢", "关闸并抢修", "1紧急工作时"),
        ("路面塌陷", "市政养护站", "路面下陷或空洞", "围挡并填补", "2紧急工作时"),
        ("线缆脱落", "供电所", "架空线缆垂落", "断电并清走", "2紧急工作时"),
        ("人员走失", "派出所", "老人、儿童走失", "找到并送回", "1紧急工作时"),
        ("高空坠物", "综治中心", "坠物或有坠落危险", "设警戒并排除", "1紧急工作时"),
    ),
    "巡查走访": (
        (_FIRST_LOOK[0], "综治中心", _FIRST_LOOK[1], "核实完毕并回报", "2工作时"),
        ("入户走访", "综治中心", "独居老人、困难家庭等须走访", "走访并登记", "3工作日"),
        ("重点场所巡查", "应急管理分局", "按计划巡查学校、市场、工地等", "巡查完毕并登记", "1工作日"),
        ("秩序维护", "综治中心", "活动、上下学等须有人值守", "活动结束", "1紧急工作日"),
    ),
}
_CLASSES = {"部件": _COMPONENTS, "事件": _EVENTS}
_FILMED = frozenset({"突发事件", "施工管理"})
_OVERSEEN_BY = "镇综合治理委员会"


def sheets() -> dict[str, list[list[Cell]]]:
    """The workbook's sheets as rows of cells: a title, the header, the items."""
    return {name: _sheet(name) for name in _CLASSES}


def _sheet(name: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = [[f"样例镇入格事项立案、处置和结案标准（{name}类）"], [column.value for column in Column]]
    for number, (major, lines) in enumerate(_CLASSES[name].items(), start=1):
        minor_no = 0
        for place, (minor, handled_by, opens, closes, limit) in enumerate(lines):
            minor_no += bool(minor)
            evidence = _FILM if major in _FILMED else _LOOK if minor == _FIRST_LOOK[0] else _PHOTOS
            head: list[Cell] = [f"{number:02d}", major] if place == 0 else [None, None]
            code = f"{minor_no:02d}" if minor else None
            general = "是" if minor == _FIRST_LOOK[0] else None
            oversight = _OVERSEEN_BY if minor else None
            rows.append(
                [*head, code, minor or None, handled_by or None, oversight, opens, closes, limit, evidence, general]
            )
    return rows


def town_items(jurisdiction_id: JurisdictionId) -> tuple[Item, ...]:
    """What the gateway would read from the workbook."""
    reading = SheetReading()
    for name, rows in sheets().items():
        read_sheet(reading, name, rows, kind=KIND_OF_SHEET[name], jurisdiction_id=jurisdiction_id)
    return tuple(each.item for each in reading.items)


def write_workbook(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets().items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(Column))
    book.save(path)
