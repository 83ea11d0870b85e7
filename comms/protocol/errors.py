"""Refusals: each has a code for programs and one sentence for people, saying what to do."""

from comms.protocol.account_words import ACCOUNT_SENTENCES
from comms.protocol.refusal_code import Locale as Locale
from comms.protocol.refusal_code import RefusalCode as RefusalCode

SENTENCES: dict[RefusalCode, tuple[str, str]] = {
    RefusalCode.MALFORMED: (
        "消息格式不对，网关没有执行；请升级终端或席位程序。",
        "The message could not be read and was not carried out; update the terminal or desk program.",
    ),
    RefusalCode.TOO_LARGE: (
        "内容太大，网关没有接收；请缩小照片或文字后再发。",
        "The content is too large and was not taken; shrink the photo or text and send it again.",
    ),
    RefusalCode.UNKNOWN_KIND: (
        "网关不认识这种消息；请把席位、终端和网关升级到同一版本。",
        "The gateway does not know this kind of message; bring desk, terminal and gateway to one version.",
    ),
    RefusalCode.WRONG_VERSION: (
        "协议版本不同，无法登录；请升级后再登录。",
        "The protocol version differs; update this program and sign in again.",
    ),
    RefusalCode.NOT_SIGNED_IN: ("尚未登录；请先登录。", "Not signed in; sign in first."),
    RefusalCode.WRONG_CREDENTIALS: (
        "账号、口令或注册码不正确；请核对后重试。",
        "The name, password or code is wrong; check it and try again.",
    ),
    RefusalCode.TOKEN_EXPIRED: ("登录已过期；请重新登录。", "The sign-in has expired; sign in again."),
    RefusalCode.TRY_LATER: (
        "操作太频繁；请稍等片刻再试。",
        "Too many attempts; wait a moment and try again.",
    ),
    RefusalCode.CROWDED: (
        "终端集中上线，正依次接入，稍后自动登录。",
        "Many come back at once; this one follows by itself.",
    ),
    RefusalCode.OTHER_REALM: (
        "演练与实战互不相通，此登录凭证属于另一边；请在其所属的网关登录。",
        "Drills and live operation are kept apart, and this sign-in belongs to the other; use it at its own gateway.",
    ),
    RefusalCode.NOT_ALLOWED: (
        "您的岗位没有这项权限；需要时请联系管理员。",
        "Your role may not do this; ask the administrator if you need it.",
    ),
    RefusalCode.OUT_OF_JURISDICTION: (
        "对象不在您的辖区内，指令未发出；请改选本辖区力量或请上级派单。",
        "The target is outside your jurisdiction and nothing was sent; choose your own units or ask the level above.",
    ),
    RefusalCode.NOT_FOUND: (
        "找不到该对象，可能已结束；请刷新后再试。",
        "It was not found and may have ended; look again and retry.",
    ),
    RefusalCode.NO_DRILL: ("本网关没有演练。", "No drill runs on this gateway."),
    RefusalCode.NO_UNITS: (
        "所选范围内没有网格员，指令未发出；请扩大范围或改选对象。",
        "No unit is in the chosen area and nothing was sent; widen the area or choose others.",
    ),
    RefusalCode.NOT_ON_LIST: (
        "该事项不在当地在用的入格事项清单内，指令未发出；请改选清单内事项，或在“事项清单”中申请入格，批准生效后再派。",
        "This is not on the item list in force there and nothing was sent; choose an item of the list, or apply for "
        "one in 'Item list' and send the order once it is in force.",
    ),
    RefusalCode.OWN_APPLICATION: (
        "本人申请的事项须由他人审批；请交由另一位值班员批准。",
        "Somebody else has to approve what you applied for; ask another officer.",
    ),
    RefusalCode.INCOMPLETE: (
        "事项不完整；请填写立案条件、结案条件、处置时限和责任部门。",
        "The item is not complete; give the conditions to open and to close, the time limit and the department.",
    ),
    RefusalCode.BAD_DATE: (
        "生效或停用日期无效；请选今天至一年内的日期。",
        "The date does not work; choose one from today to a year ahead.",
    ),
    RefusalCode.ALREADY_DONE: ("这一步已经完成，无需重复。", "This step is already done; nothing to repeat."),
    RefusalCode.WRONG_STATE: (
        "当前状态不能执行这一步；请按流程操作。",
        "This step is not possible in the present state; follow the order of steps.",
    ),
    RefusalCode.REASON_MISSING: ("请填写原因。", "Give a reason."),
    RefusalCode.SHELF_TIME: (
        "搁置最长 12 小时，且须晚于当前时间；请改选结束时间。",
        "An alarm may be shelved for 12 hours at most; choose another end.",
    ),
    RefusalCode.BAD_FENCE: (
        "围栏不完整或边界自相交，未保存；请检查名称、图形、规则限值和时段。",
        "The fence is incomplete or crosses itself and was not kept; check its name, shape, limits and hours.",
    ),
    RefusalCode.BAD_WEATHER: (
        "气象预警的范围或起止时间无效，未发布；请重画范围，结束须晚于开始和当前时间，最长 7 天。",
        "The alert's area or times do not work and it was not issued; redraw the area, and end it after it begins and "
        "after now, within 7 days.",
    ),
    RefusalCode.NO_OUTLINE: (
        "网关没有该辖区的边界，气象预警未发布；请在地图上画出范围。",
        "The gateway has no borders of this jurisdiction and nothing was issued; draw the area on the map.",
    ),
    RefusalCode.STILL_FAULTY: (
        "工单仍有问题，未放行；请补正类别、地点等后再放行，或填写原因作废。",
        "The work order still cannot be taken; correct its kind, place and the rest, or discard it with a reason.",
    ),
    RefusalCode.POSITION_NULL_ISLAND: (
        "定位为 0,0，未采用；请到室外打开定位后重试。",
        "The position 0,0 was not used; go outdoors, turn location on and try again.",
    ),
    RefusalCode.POSITION_IN_THE_FUTURE: (
        "定位时间晚于当前时间，未采用；请校准终端时间。",
        "The position lies in the future and was not used; correct the terminal's clock.",
    ),
    RefusalCode.POSITION_OUT_OF_RANGE: (
        "定位数值超出范围，未采用；请检查终端定位。",
        "The position is out of range and was not used; check the terminal's location.",
    ),
    RefusalCode.NOT_AFFILIATED: (
        "尚未附着该通话组，不能讲话；请先选择该通话组。",
        "Not affiliated to this talkgroup, so the floor cannot be requested; select the talkgroup first.",
    ),
    RefusalCode.UNREACHABLE: (
        "对方不在线；指令会在其上线后送达，通话请稍后再拨。",
        "The other side is offline; orders will be delivered later, call again in a while.",
    ),
    RefusalCode.BUSY: ("对方正在通话；请稍后再拨。", "The other side is in a call; try again shortly."),
    RefusalCode.NO_MEDIA: (
        "语音通道尚未接通；请检查网络，几秒后重试。",
        "The voice path is not up yet; check the network and try again in a few seconds.",
    ),
    RefusalCode.MEDIA_REFUSED: (
        "无法建立语音视频通道；请使用支持 Opus 的浏览器或终端。",
        "The voice and video path could not be set up; use a browser or terminal that has Opus.",
    ),
    RefusalCode.NO_SLOT: (
        "视频窗口已满；请先关闭一路视频再看。",
        "All video windows are in use; close one video and try again.",
    ),
    RefusalCode.SAFE_MODE: (
        "网关处于安全模式，不作记录，此操作没有执行；通话和定位照常，请通知管理员修复。",
        "Safe mode: nothing is recorded, so this was not done; calls go on, tell the administrator.",
    ),
    RefusalCode.STORE_FAILED: (
        "网关磁盘无法写入，指令未发出；通话不受影响，请通知系统管理员清理磁盘。",
        "The gateway cannot write to its disk and nothing was sent; calls go on, tell the administrator to free space.",
    ),
    RefusalCode.SLOW_CLIENT: (
        "网络太慢，连接已重置；将自动重新连接。",
        "The network is too slow and the connection was reset; it reconnects by itself.",
    ),
    RefusalCode.REPLACED: (
        "该账号已在别处登录，本处已退出。",
        "This account has signed in elsewhere; this one is signed out.",
    ),
    RefusalCode.STOPPING: (
        "网关正在停机；恢复后将自动重新连接。",
        "The gateway is shutting down; this reconnects by itself when it is back.",
    ),
    RefusalCode.TOO_MANY: (
        "数量已达上限；请先结束或删除不用的再试。",
        "The limit is reached; end or erase what is no longer needed and try again.",
    ),
    RefusalCode.OTHER_DEPARTMENT: (
        "案件不在您的部门办理；请由承办部门的处置员操作，或请派遣员改派。",
        "The case is with another department; its handler has to do this, or the dispatcher sends it to yours.",
    ),
    RefusalCode.SAME_PERSON: (
        "同一案件的发现、处置、核查须由不同的人办理，申请人也不能自批；请换人办理。",
        "Finder, handler and checker of a case are different people, and nobody decides what he asked for; let a "
        "colleague do this.",
    ),
    RefusalCode.DEADLINE_PASSED: (
        "时限已过，不能再申请延期或挂账；请尽快办结，有异议可在结案后申诉。",
        "The deadline has passed and no more time can be asked for; finish the case, and appeal after it is closed if "
        "you must.",
    ),
    RefusalCode.BAD_DEADLINE: (
        "时限或期限无效；办理时限须大于 0 且不超过 999，延期须晚于现有时限，挂账须晚于当前时间且不超过一年。",
        "The limit or date does not work; a limit is more than 0 and at most 999, more time ends after the present "
        "deadline, a suspension after now and within a year.",
    ),
    RefusalCode.DEPARTMENT_MISSING: ("请选择承办部门。", "Choose the department that has to deal with it."),
    RefusalCode.RATING_MISSING: ("请选择“满意”或“不满意”。", "Say whether the reporter is satisfied or not."),
    RefusalCode.NOTHING_ASKED: (
        "没有待审批的申请；可能已有人办理，请刷新后查看流转记录。",
        "Nothing waits to be decided; somebody may have done it, look at the flow record.",
    ),
    RefusalCode.ALREADY_APPEALED: (
        "该案件已经申诉过，每案只能申诉一次。",
        "This case has been appealed; a case is appealed once.",
    ),
    RefusalCode.CASE_REGISTERED: (
        "该事件已立案，不能直接办结；请按案件流程核查结案，或作废、强制结案。",
        "This incident has a registered case and cannot just be closed; check and close the case, or void it.",
    ),
    RefusalCode.INCIDENT_CLOSED: (
        "事件已办结，不能再合并、拆分、确认或启动预案；如仍需处置，请重新上报。",
        "The incident is closed; it can no longer be merged, taken out or acknowledged, and no plan started for it.",
    ),
    RefusalCode.INCIDENT_MERGED: (
        "该事件已并入另一事件；请在主事件上办理，或先拆分。",
        "The incident is merged into another; act on the main one, or take this one out first.",
    ),
    RefusalCode.SAME_INCIDENT: (
        "不能把事件并入它自己；请另选主事件。",
        "An incident cannot be merged into itself; choose another main incident.",
    ),
    RefusalCode.MERGES_OTHERS: (
        "该事件下已有并入的事件；请改以它为主事件，或先拆分。",
        "Other incidents are merged into this one; make it the main one, or take them out first.",
    ),
    RefusalCode.CASE_UNDER_WAY: (
        "承办部门已开始处置，该案件不能再并入或拆出；请按案件流程办理。",
        "A department has begun with its case, so it cannot be merged or taken out; follow the case's own steps.",
    ),
    RefusalCode.BAD_SHIFT: (
        "班次的名称或时间无效，排班未保存；班次须有名称，时长 15 分钟至 24 小时，且在所排时段内，岗位未停用。",
        "A shift's name or times do not work and nothing was planned; it has a name, lasts 15 minutes to 24 "
        "hours, lies within the span, and the post is open.",
    ),
    RefusalCode.UNKNOWN_OFFICER: (
        "值班员没有账号，或其辖区不含该岗位；请改选值班员。",
        "An officer of the roster has no account here, or the post lies outside his jurisdiction; choose another.",
    ),
    RefusalCode.SAME_OFFICER: (
        "交班人与接班人、值班员与副班、换班双方须是不同的人；请换人办理。",
        "Who goes and who comes, officer and deputy, and both sides of a swap are different people; let a "
        "colleague do this.",
    ),
    RefusalCode.SHIFT_OVERLAP: (
        "班次时间与已有班次重叠；同一岗位或同一人不能同时有两个班次，请调整时间或人员。",
        "The shift overlaps another; a post or an officer has one shift at a time, change the times or the officer.",
    ),
    RefusalCode.SHIFT_TIME: (
        "现在不是办理该班次的时间；签到从开班前 30 分钟到下班为止，换班须在开班以前。",
        "This is not the time for it; sign on from 30 minutes before a shift until its end, swap before it begins.",
    ),
    RefusalCode.NOT_ON_ROSTER: (
        "您不在该班次的排班上；代班签到请填写原因，接班请由下一班的值班员办理。",
        "You are not on the roster of this shift; say why you stand in, or let the officer of the next shift "
        "take over.",
    ),
    RefusalCode.NOT_ON_DUTY: (
        "您没有在该班次签到；请先签到，再办理交班。",
        "You have not signed on to this shift; sign on first, then hand over.",
    ),
    RefusalCode.HANDOVER_DUE: (
        "下一班由他人接班，不能直接离岗；请先制作交接班单，双方签字后离岗。",
        "Somebody takes over from you, so you cannot just leave; make the handover sheet and sign it with him.",
    ),
    RefusalCode.NOT_SIGNED: (
        "交班人还没有签字；请先由交班人签字。",
        "Who goes has not signed; let him sign first.",
    ),
    RefusalCode.OTHER_SHEET: (
        "交接班单已重新制作，与您签的不是同一份；请看新单后再签。",
        "The sheet was made anew and is not the one you signed; look at the new one and sign that.",
    ),
    RefusalCode.NOT_READ: (
        "还有栏目没有确认已阅；请逐栏阅读并勾选后再签字。",
        "Some sections are not ticked as read; read and tick each, then sign.",
    ),
    RefusalCode.CONDITION_UNTICKED: (
        "事项规定的条件须逐条核对并勾选，还有未勾选的。",
        "Every condition of the item has to be checked and ticked; one is not.",
    ),
    RefusalCode.EVIDENCE_MISSING: (
        "事项要求的取证材料不齐，请补齐后再办。",
        "Evidence that the item needs is missing; add it first.",
    ),
    RefusalCode.PLAN_RUNNING: (
        "该事件已在执行这个预案，不能重复启动；请打开预案面板，可提升响应级别。",
        "This plan is already running for the incident; open its board, where its level can be raised.",
    ),
    RefusalCode.BAD_CODE: (
        "二维码无效，可能是伪造、已更换或输错；请扫现场张贴的新码，仍不行请报告值班室。",
        "The code is not valid: forged, renewed or mistyped; scan the new one at the door, or tell the duty desk.",
    ),
    RefusalCode.NOTHING_DUE: (
        "此处当前没有待巡查的事项，可能本期已完成；请看待巡列表中的其他场所。",
        "Nothing is due here now, this period may be done; look at the other places of your list.",
    ),
    RefusalCode.NOT_YOUR_PLACE: (
        "此处不归您巡查，或需要您没有的技能；请报告值班室，由本格网格员前往。",
        "This place is not yours to visit, or asks for a skill you do not have; tell the duty desk.",
    ),
    RefusalCode.TOO_FAR: (
        "定位离该场所太远或没有定位，计划要求现场签到；请到现场打开定位后再扫。",
        "You are too far from the place or have no position, and the plan asks for both; go there and scan again.",
    ),
    RefusalCode.OUT_OF_HOURS: (
        "不在计划规定的巡查时段；请在规定时段内签到。",
        "It is outside the hours of the plan; sign in within them.",
    ),
    RefusalCode.BAD_FORM: (
        "表单还没填完或有无效的回答；请补齐必答项，数字项只填数字，再提交。",
        "The form is incomplete or an answer does not fit; fill in what is needed, numbers in figures, and send again.",
    ),
    RefusalCode.BAD_PLAN: (
        "计划或问题不完整；请选择已有的问题，选项至少两个，隐患须是可选的回答，风险等级为 1 至 4。",
        "The plan or question does not work; use known questions, at least two choices, findings that can be answered, "
        "and levels 1 to 4.",
    ),
    RefusalCode.QUESTION_NOT_ON_LIST: (
        "所依据的事项不在当地在用的入格事项清单内，不能要求网格员采集；请改选清单内事项，或先申请入格。",
        "Its item is not on the item list in force there, so no grid worker may be asked it; choose an item of the "
        "list, or apply for one first.",
    ),
    **ACCOUNT_SENTENCES,
    RefusalCode.INTERNAL: (
        "网关内部出错，操作未完成；请重试，仍不行请通知系统管理员。",
        "The gateway met an error and did not finish; try again, and tell the administrator if it persists.",
    ),
}


def sentence(code: RefusalCode, locale: Locale, lacking: str = "") -> str:
    """The plain sentence of a refusal in the reader's language; `lacking` names what is missing, in that language."""
    chinese, english = SENTENCES[code]
    if locale is Locale.ZH_CN:
        return f"{chinese.removesuffix('。')}：{lacking}。" if lacking else chinese
    return f"{english.removesuffix('.')}: {lacking}." if lacking else english
