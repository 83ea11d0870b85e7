"""What a simulated worker does on patrol: asks what is due, walks there, scans the code, fills in the form."""

import asyncio
from collections.abc import Mapping

from comms.domain.ids import BlobId, PatrolPlaceId, VisitId
from comms.domain.order import Place
from comms.domain.patrol import Answer, AnswerKind, Question, is_finding
from comms.fleet.behaviour import Span
from comms.fleet.work import LOOKS_EVERY_S, Work
from comms.fleet.worker import Worker
from comms.link.line import LinkLostError
from comms.link.pause import pause
from comms.protocol.commands import BlobPut
from comms.protocol.patrol_commands import VisitBegin, VisitDue, VisitFinish
from comms.protocol.patrol_pushes import VisitDueList, VisitOpened
from comms.protocol.pushes import Done

Doors = Mapping[PatrolPlaceId, str]
"""What the codes at the doors of places say."""
BETWEEN_S: Span = (240.0, 1200.0)
"""A worker with nothing else to do goes to the next place after so long."""
FILLS_IN_S: Span = (20.0, 60.0)
FINDS_CHANCE = 0.03


class Visiting:
    """Of who has `work`: an order in hand comes first."""

    def __init__(self, worker: Worker, work: Work, doors: Doors) -> None:
        self.done = 0
        self.between_s, self.fills_in_s = BETWEEN_S, FILLS_IN_S
        self._worker = worker
        self._asking = worker.asking
        self._work = work
        self._legs, self._row = work.legs, work.row
        self._doors = doors
        self._forms: dict[VisitId, asyncio.Future[VisitOpened]] = {}

    def take(self, push: VisitOpened) -> None:
        """The form of a visit; of one that nobody waits for any more it is dropped."""
        waiting = self._forms.pop(push.visit.id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(push)

    async def go_round(self) -> None:
        """For as long as the fleet runs."""
        while True:
            await self._worker.take_time(self.between_s)
            if not self._work.is_busy:
                try:
                    await self.visit_next()
                except LinkLostError:
                    continue  # the next time, when the network is back

    async def visit_next(self) -> bool:
        """One visit, if anything is due. Raises LinkLostError."""
        answer = await self._asking.request(VisitDue(id=self._asking.new_id(), here=self._here()))
        places = answer.places if isinstance(answer, VisitDueList) else ()
        target = next((each.place for each in places if each.place.id in self._doors), None)
        if target is None:
            return False
        self._legs.send(self._row, lat=target.lat, lon=target.lon)
        while not self._legs.has_arrived(self._row):
            await pause(self._worker.clock, LOOKS_EVERY_S)
        self._legs.hold(self._row)
        try:
            return await self._sign_in(self._doors[target.id], Place(lat=target.lat, lon=target.lon))
        finally:
            self._legs.release(self._row)

    async def _sign_in(self, code: str, at_door: Place) -> bool:
        command = VisitBegin(id=self._asking.new_id(), code=code, here=at_door, occurred_at=self._worker.clock.now())
        form: asyncio.Future[VisitOpened] = asyncio.get_running_loop().create_future()
        self._forms[VisitId(command.id)] = form
        if not isinstance(await self._asking.request_durable(command), Done):
            self._forms.pop(VisitId(command.id), None)
            return False
        opened = await form
        await self._worker.take_time(self.fills_in_s)
        answers = [await self._answer(question) for question in opened.questions]
        finish = VisitFinish(
            id=self._asking.new_id(),
            visit_id=opened.visit.id,
            answers=tuple(answers),
            occurred_at=self._worker.clock.now(),
        )
        is_done = isinstance(await self._asking.request_durable(finish), Done)
        self.done += is_done
        return is_done

    def _here(self) -> Place:
        lat, lon = self._legs.at(self._row)
        return Place(lat=lat, lon=lon)

    async def _answer(self, question: Question) -> Answer:
        if question.kind is AnswerKind.PHOTO:
            return Answer(question_id=question.id, photos=await self._photos())
        said = [Answer(question_id=question.id, value=value) for value in _possible(question)]
        wants_finding = self._worker.person.agrees(FINDS_CHANCE)
        fitting = [answer for answer in said if is_finding(question, answer) is wants_finding] or said
        return fitting[self._worker.person.dice.randrange(len(fitting))]

    async def _photos(self) -> tuple[BlobId, ...]:
        command = BlobPut(id=self._asking.new_id(), media_type="image/png", data=self._work.take_photo())
        answer = await self._asking.request_durable(command)
        return (BlobId(answer.subject),) if isinstance(answer, Done) and answer.subject else ()


def _possible(question: Question) -> list[str]:
    match question.kind:
        case AnswerKind.YES_NO:
            return ["yes", "no"]
        case AnswerKind.CHOICE:
            return list(question.choices)
        case AnswerKind.NUMBER:
            return [str(number) for number in range(13)]
        case _:
            return ["正常"]
