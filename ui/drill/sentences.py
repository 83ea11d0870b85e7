"""Sentences of the duty log about a drill itself: what everybody in it may read. Injects, private notes and ratings are
the trainer's and are told nobody here."""

from comms.domain import drill_events as dr
from comms.domain.ids import PartyId
from comms.domain.plan import said
from ui.sentence import Names, Sentence, Values


def tell_of_drill(event: dr.DrillEvent, actor: PartyId, names: Names) -> Sentence | None:
    values: Values = {"name": names.party(actor)}
    match event:
        case dr.DrillBegan(title=title, forked_from=forked_from):
            key = "log.drill_began_from" if forked_from else "log.drill_began"
            title_said = said(title, names.text.locale) or event.scenario_id
            return Sentence(key, "play", values | {"title": title_said, "source": forked_from}, "warn")
        case dr.DrillPaused(is_frozen=is_frozen):
            return Sentence("log.drill_frozen" if is_frozen else "log.drill_paused", "pause", values)
        case dr.DrillResumed():
            return Sentence("log.drill_resumed", "play", values)
        case dr.DrillSpeedSet(speed=speed):
            return Sentence("log.drill_speed", "faster", values | {"speed": f"{speed:g}"})
        case dr.DrillJumped(from_s=from_s, to_s=to_s):
            return Sentence("log.drill_jumped", "faster", values | {"minutes": f"{(to_s - from_s) / 60:.1f}"})
        case dr.DrillNoted(text=words, is_shown=True):
            return Sentence("log.drill_noted", "note", values | {"words": words}, "note")
        case dr.DrillEnded(is_early=is_early):
            return Sentence("log.drill_ended_early" if is_early else "log.drill_ended", "stop", values, "warn")
        case _:
            return None
