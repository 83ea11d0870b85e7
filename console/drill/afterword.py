"""Ratings, notes and improvement actions that are agreed on when a drill is over: events of its own journal."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from comms.domain.drill_events import DrillNoted, DrillRated, ImprovementRaised, ImprovementSettled
from comms.domain.ids import PartyId
from comms.journal.afterwards import append_afterwards
from comms.journal.errors import JournalDamagedError, JournalError, JournalInUseError

Afterword = DrillNoted | DrillRated | ImprovementRaised | ImprovementSettled


class NotKept(StrEnum):
    """Why nothing was written down; the record is as it was."""

    IN_USE = "in_use"
    """A gateway still runs the drill: it is said at a desk that is signed in to it."""
    DAMAGED = "damaged"
    FAILED = "failed"


class Unkept(msgspec.Struct, frozen=True):
    why: NotKept
    detail: str


def keep_afterwords(data: Path, by: PartyId, events: Sequence[Afterword]) -> Unkept | None:
    """Durable when it returns None. Blocks for a moment: call it on a thread."""
    try:
        asyncio.run(append_afterwards(data, by, events))
    except JournalInUseError as error:
        return Unkept(NotKept.IN_USE, str(error))
    except JournalDamagedError as error:
        return Unkept(NotKept.DAMAGED, str(error))
    except (JournalError, OSError) as error:
        return Unkept(NotKept.FAILED, str(error))
    return None
