"""How the people behind simulated terminals act, as data: how soon, how likely, in which words."""

import random
from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.decoding import UNREADABLE
from comms.domain.unit import VideoConsent

Span = tuple[float, float]
"""At least and at most, in seconds; anything between is as likely."""
Chance = Annotated[float, Meta(ge=0.0, le=1.0)]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answer_call_s: Span = (1.0, 3.0)
    answer_chance: Chance = 1.0
    """Else the call is rejected."""
    hang_up_s: Span | None = None
    """How long into a call the unit hangs up; None leaves it to the other side."""
    read_s: Span = (1.0, 4.0)
    decide_s: Span = (1.0, 5.0)
    accept_chance: Chance = 1.0
    refusal_reasons: tuple[str, ...] = ("正在处置其他事项，请改派", "电动车故障，无法及时到达")
    set_out_s: Span = (1.0, 4.0)
    misunderstand_chance: Chance = 0.0
    """Goes to a wrong place first, notices there, and asks nobody."""
    wrong_by_m: Span = (200.0, 600.0)
    notice_s: Span = (20.0, 60.0)
    work_s: Span = (20.0, 60.0)
    photo_chance: Chance = 1.0
    reports_status: bool = True
    """Sets the unit's own status along with its orders."""
    video_consent: VideoConsent = VideoConsent.ASK
    consent_s: Span = (1.0, 3.0)
    consent_chance: Chance = 1.0


PRESETS: dict[str, Behaviour] = {
    "good": Behaviour(),
    "quick": Behaviour(
        answer_call_s=(0.0, 0.0),
        read_s=(0.0, 0.0),
        decide_s=(0.0, 0.0),
        set_out_s=(0.0, 0.0),
        work_s=(0.0, 0.0),
        consent_s=(0.0, 0.0),
    ),
    "slow": Behaviour(
        answer_call_s=(8.0, 25.0),
        read_s=(20.0, 90.0),
        decide_s=(10.0, 60.0),
        set_out_s=(30.0, 120.0),
        work_s=(120.0, 600.0),
        consent_s=(8.0, 25.0),
        photo_chance=0.6,
    ),
    "confused": Behaviour(read_s=(5.0, 20.0), decide_s=(5.0, 20.0), misunderstand_chance=0.7),
    "refusing": Behaviour(answer_chance=0.2, accept_chance=0.1, consent_chance=0.1),
}


class UnknownBehaviourError(ValueError):
    """No preset of that name and no readable behaviour."""


def behaviour(words: str) -> Behaviour:
    """A preset's name, or a behaviour as JSON. Raises UnknownBehaviourError."""
    if words in PRESETS:
        return PRESETS[words]
    try:
        return msgspec.json.decode(words, type=Behaviour)
    except UNREADABLE as error:
        names = ", ".join(PRESETS)
        raise UnknownBehaviourError(f"{words!r} is none of {names}, and no behaviour in JSON: {error}") from error


@dataclass(slots=True)
class Person:
    """One person's rolls of the dice on a behaviour, which may change in the course of a day."""

    behaviour: Behaviour
    dice: random.Random

    def takes(self, span: Span) -> float:
        return self.dice.uniform(*span)

    def agrees(self, chance: float) -> bool:
        return self.dice.random() < chance

    def reason(self) -> str:
        return self.dice.choice(self.behaviour.refusal_reasons)
