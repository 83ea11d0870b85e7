"""What the duty's sheet sets off. Each method is one step; the sheet changes when the gateway has said so."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from comms.domain.duty import DutyPost, Shift, ShiftDraft, ShiftState
from comms.domain.duty_rules import PlanFault, plan
from comms.domain.handover import HandoverState, SectionKind
from comms.domain.ids import CommandId, JurisdictionId, OfficerId, PostId, ShiftId, SwapId, party_officer
from comms.domain.jurisdiction import contains
from comms.domain.states import OfficerState
from comms.protocol.pushes import Done, Refused
from console.actions.requester import Outcome
from console.actions.rota import Rota
from console.store.store import Store
from ui.acting import Acting
from ui.text import Texts
from ui.words import clock_minute, day


class DutyControls(QObject):
    refused = Signal(str)
    """The sentence of a refusal, for the sheet."""
    done = Signal()

    def __init__(self, *, store: Store, rota: Rota, acting: Acting, text: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._rota = rota
        self._acting = acting
        self._text = text

    # --- what is so -----------------------------------------------------------------------------------------

    @property
    def me(self) -> OfficerId | None:
        session = self._store.session
        return party_officer(session.party) if session is not None else None

    @property
    def own(self) -> JurisdictionId:
        session = self._store.session
        return session.jurisdiction_id if session is not None else JurisdictionId("")

    def posts(self) -> list[DutyPost]:
        """Open ones of this officer's jurisdiction, by name."""
        posts = self._store.picture.duty.posts.values()
        near = [post for post in posts if not post.is_closed and contains(self.own, post.jurisdiction_id)]
        return sorted(near, key=lambda post: post.name)

    def officers(self, post: DutyPost) -> list[OfficerState]:
        """Who can be on duty there, by name."""
        known = self._store.picture.officers.values()
        return sorted(
            (officer for officer in known if contains(officer.jurisdiction_id, post.jurisdiction_id)),
            key=lambda officer: officer.name,
        )

    # --- the roster -----------------------------------------------------------------------------------------

    def define_post(self, name: str) -> None:
        self._start(self._rota.define_post(name, self.own), "duty.told.post")

    def add_shifts(self, post: DutyPost, drafts: tuple[ShiftDraft, ...]) -> None:
        """Beside what is planned; at the same beginning, in its place."""
        from_at, until_at = min(one.start_at for one in drafts), max(one.start_at for one in drafts) + 1
        starts = {draft.start_at for draft in drafts}
        held = [state.shift for state in self._store.picture.duty.of_post(post.id)]
        kept = tuple(
            _draft_of(shift)
            for shift in held
            if from_at <= shift.start_at < until_at
            and shift.start_at not in starts
            and shift.start_at > self._store.server_now()
        )
        self.plan(post, (*drafts, *kept), from_at=from_at, until_at=until_at)

    def plan(self, post: DutyPost, drafts: tuple[ShiftDraft, ...], *, from_at: float, until_at: float) -> None:
        fault = self.plan_fault(post, drafts, from_at=from_at, until_at=until_at)
        if fault is not None:
            draft = drafts[fault.index]
            self.refused.emit(self._text(f"duty.fault.{fault.fault.value}", shift=draft.name, at=_when(draft)))
            return
        work = self._rota.set_roster(post.id, drafts, from_at=from_at, until_at=until_at)
        self._start(work, "duty.told.roster")

    def plan_fault(
        self, post: DutyPost, drafts: tuple[ShiftDraft, ...], *, from_at: float, until_at: float
    ) -> PlanFault | None:
        """What the gateway would refuse, and which draft it is about."""
        found = plan(
            self._store.picture.duty,
            post,
            drafts,
            from_at=from_at,
            until_at=until_at,
            now=self._store.server_now(),
            officers={officer.id for officer in self.officers(post)},
            command_id=CommandId("desk"),
        )
        return found if isinstance(found, PlanFault) else None

    def remove(self, shift: Shift) -> None:
        work = self._rota.set_roster(shift.post_id, (), from_at=shift.start_at, until_at=shift.start_at + 1)
        self._start(work, "duty.told.roster")

    def sign_on(self, shift_id: ShiftId, reason: str) -> None:
        self._start(self._rota.sign_on(shift_id, reason=reason), "duty.told.on")

    def sign_off(self, shift_id: ShiftId) -> None:
        self._start(self._rota.sign_off(shift_id), "duty.told.off")

    def ask_swap(self, shift_id: ShiftId, to: OfficerId, other: ShiftId | None, reason: str) -> None:
        self._start(self._rota.ask_swap(shift_id, to, other_shift_id=other, reason=reason), "duty.told.swap")

    def settle_swap(self, swap_id: SwapId, *, is_agreed: bool) -> None:
        self._start(self._rota.settle_swap(swap_id, is_agreed=is_agreed), "duty.told.settled")

    # --- handing over ---------------------------------------------------------------------------------------

    def make(self, state: ShiftState, notes: tuple[str, ...]) -> None:
        self._start(self._rota.make_handover(state.shift.id, notes), "duty.told.made")

    def sign(self, state: HandoverState, password: str, words: str) -> None:
        work = self._rota.sign_handover(state.id, state.digest, password=password, words=words)
        self._start(work, "duty.told.signed")

    def accept(
        self, state: HandoverState, password: str, words: str, read: tuple[SectionKind, ...], *, keeps_shelved: bool
    ) -> None:
        work = self._rota.accept_handover(
            state.id, state.digest, password=password, read=read, words=words, keeps_shelved=keeps_shelved
        )
        self._start(work, "duty.told.accepted")

    # --- the log --------------------------------------------------------------------------------------------

    def note(self, words: str, about_seq: int | None, done: Callable[[Outcome], None]) -> None:
        self._acting.start(self._rota.note(words, about_seq=about_seq), done)

    def _start(self, work: Coroutine[Any, Any, Outcome], key: str) -> None:
        def answered(answer: Outcome) -> None:
            if isinstance(answer, Done):
                self._acting.tell("ok", self._text(key))
                self.done.emit()
            elif isinstance(answer, Refused):
                self.refused.emit(answer.text or self._text.refusal(answer.code))

        self._acting.start(work, answered)

    def shift_of(self, post_id: PostId | None) -> ShiftState | None:
        """The one that this officer hands over or takes: where he is on duty, else the one of now."""
        book, me, now = self._store.picture.duty, self.me, self._store.server_now()
        if post_id is None:
            return None
        there = [state for state in book.of_post(post_id) if me in state.on_duty and state.handed_over_at is None]
        waiting = [state for state in book.of_post(post_id) if book.open_handover(state.shift.id) is not None]
        return next(iter((*there, *waiting)), None) or book.now(post_id, now)


def _draft_of(shift: Shift) -> ShiftDraft:
    return ShiftDraft(
        name=shift.name,
        start_at=shift.start_at,
        end_at=shift.end_at,
        officer_id=shift.officer_id,
        deputy_id=shift.deputy_id,
    )


def _when(draft: ShiftDraft) -> str:
    return f"{day(draft.start_at)} {clock_minute(draft.start_at)}"
