"""How well rules do in the officers' own judgement: alarms of the last seven days, and how many of them were false."""

import msgspec

from comms.domain.alarm import Alarm, AlarmKind

SLICE_S = 6 * 3600.0
SLICES = 28
"""Seven days, to within six hours."""


def rule_of(alarm: Alarm) -> str:
    """The rule behind an alarm: of a warning, or what a fence looks for. Empty for what the gateway itself sees."""
    if alarm.fence_id is not None:
        return fence_rule(alarm.fence_id, alarm.kind)
    return alarm.rule_id if alarm.kind is AlarmKind.WARNING else ""


def fence_rule(fence_id: str, kind: AlarmKind) -> str:
    return f"{kind.value}:{fence_id}"


def slice_of(at: float) -> int:
    return int(at // SLICE_S)


class RuleSlice(msgspec.Struct, kw_only=True):
    """Alarms raised within one slice of time, and those of them that were said to be false, then or later."""

    number: int
    raised: int = 0
    false: int = 0


class RuleScore(msgspec.Struct, kw_only=True):
    """`slices` are those with alarms, oldest first; what is older than the window is dropped as new ones come."""

    slices: list[RuleSlice] = []

    def count(self, at: float) -> None:
        """An alarm of the rule was raised."""
        number = slice_of(at)
        if not self.slices or self.slices[-1].number < number:
            self.slices.append(RuleSlice(number=number))
        self.slices[-1].raised += 1
        self.slices = _within(self.slices, number)

    def mark(self, raised_at: float, change: int) -> None:
        """An alarm raised then is false (1), or is not after all (-1); one from before the window changes nothing."""
        for each in self.slices:
            if each.number == slice_of(raised_at):
                each.false += change

    def figures(self, now: float) -> tuple[int, int]:
        """Raised and false, of the last seven days."""
        counted = _within(self.slices, slice_of(now))
        return sum(each.raised for each in counted), sum(each.false for each in counted)


def _within(slices: list[RuleSlice], newest: int) -> list[RuleSlice]:
    return [each for each in slices if each.number > newest - SLICES]
