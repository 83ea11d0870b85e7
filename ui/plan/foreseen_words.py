"""What a step would do now, said in one line. Pure."""

from comms.domain.plan import CamerasStep, OrderStep, TalkgroupStep
from console.actions.nearby import Near
from console.store.store import Store
from ui.plan.preview import Foreseen
from ui.plan.words import who_words, whose_words
from ui.text import Texts

NAMED = 3


def foreseen_words(one: Foreseen, store: Store, text: Texts) -> tuple[str, str]:
    """The words, and the tone: nobody there is a warning."""
    step = one.step
    match step:
        case CamerasStep():
            return text("plan.foreseen.cameras", count=one.count), "" if one.count else "warn"
        case OrderStep() | TalkgroupStep():
            who = who_words(step.who, text)
            if one.near:
                return text("hub.dot").join((who, _names(one.near, store, text))), ""
            if one.count:
                return text("hub.dot").join((who, text("plan.units", count=one.count))), ""
            return text("hub.dot").join((who, text("plan.code.no_units"))), "warn"
        case _:
            return whose_words(step, text), ""


def _names(near: tuple[Near, ...], store: Store, text: Texts) -> str:
    units = store.picture.units
    said = [
        text("plan.foreseen.unit", name=units[one.unit_id].unit.name, minutes=max(1, round(one.ranked.seconds / 60)))
        for one in near[:NAMED]
        if one.unit_id in units
    ]
    more = len(near) - len(said)
    return text("list.separator").join(said) + (text("plan.foreseen.more", count=more) if more > 0 else "")
