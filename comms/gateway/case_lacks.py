"""What a step of a case lacks by the item it is under: a condition nobody ticked, evidence nobody has. Pure."""

from comms.domain.case import CaseMoved, CaseState
from comms.domain.case_conditions import asked, shown, unshown, unticked
from comms.domain.item import Evidence
from comms.domain.picture import Picture
from comms.gateway.context import Refusal
from comms.protocol.errors import Locale, RefusalCode

EVIDENCE = {
    Evidence.PHOTO_BEFORE: {Locale.ZH_CN: "处置前照片", Locale.EN: "photo before"},
    Evidence.PHOTO_AFTER: {Locale.ZH_CN: "处置后照片", Locale.EN: "photo after"},
    Evidence.VIDEO: {Locale.ZH_CN: "视频", Locale.EN: "video"},
    Evidence.VOICE: {Locale.ZH_CN: "录音", Locale.EN: "voice recording"},
    Evidence.POSITION: {Locale.ZH_CN: "现场定位", Locale.EN: "position on the spot"},
}
_BETWEEN = {Locale.ZH_CN: "、", Locale.EN: ", "}


def lack_of(move: CaseMoved, case: CaseState, picture: Picture, *, now: float) -> Refusal | None:
    """Why an officer's move is not enough for its item, naming what is missing; None when it is."""
    wanted = asked(picture, case, move.step, move.item_id, now=now)
    condition = unticked(wanted, move.ticked)
    if condition is not None:
        return Refusal(RefusalCode.CONDITION_UNTICKED, lacking=dict.fromkeys(Locale, condition))
    if not wanted.evidence:
        return None
    missing = unshown(wanted, shown(picture, case.incident_id, step=move.step, photos=move.photos))
    if not missing:
        return None
    names = {locale: between.join(EVIDENCE[each][locale] for each in missing) for locale, between in _BETWEEN.items()}
    return Refusal(RefusalCode.EVIDENCE_MISSING, lacking=names)
