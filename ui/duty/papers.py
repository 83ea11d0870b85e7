"""The duty's papers in words: the handover sheet with both signatures, the log of a shift with its remarks."""

from collections import defaultdict
from collections.abc import Sequence

from comms.domain.handover import HandoverSection, HandoverState, Signature
from console.duty.paper import Paper, Part, SignatureBox, Table
from console.store.store import Store
from ui.duty.shift_log import LogEntry
from ui.duty.words import detail_of, difference_line, officers, span, state_of, title_of
from ui.sentence import Names
from ui.text import Texts
from ui.widgets.lines import Line
from ui.words import clock_minute, day

_DIGEST_SHOWN = 16


def handover_paper(state: HandoverState, store: Store, text: Texts) -> Paper:
    """Of a handover whose content is here. Raises ValueError without it."""
    sheet = state.sheet
    if sheet is None:
        raise ValueError(f"the content of {state.id} is not here")
    parts = [_section(number, section, sheet.made_at, text) for number, section in enumerate(sheet.sections, 1)]
    if state.changes:
        found = tuple((line.title, line.detail, line.figure) for line in _changes(state, text))
        heads = (text("handover.column.what"), text("handover.column.more"), text("handover.column.change"))
        parts.append(Part(text("handover.changes", count=len(found)), (), Table(heads, (6.0, 5.0, 2.0), found)))
    return Paper(
        title=text("handover.paper"),
        facts=(
            text("handover.fact.shift", shift=Names(store, text).shift(state.shift_id)),
            text("handover.fact.made", time=_moment(sheet.made_at), seq=sheet.seq),
            text("handover.fact.digest", digest=state.digest),
        ),
        parts=tuple(parts),
        signatures=(
            _box(text("handover.outgoing"), state.signed),
            _box(text("handover.incoming"), state.accepted),
        ),
        signed_heads=_signed_heads(text),
        foot=f"{text('product.name')}  {text('handover.paper')}  {state.digest[:_DIGEST_SHOWN]}",
    )


def _changes(state: HandoverState, text: Texts) -> list[Line]:
    return [difference_line(one, state.made_at, text) for one in state.changes]


def _section(number: int, section: HandoverSection, now: float, text: Texts) -> Part:
    title = f"{number}. {text(f'handover.section.{section.kind.value}')}（{section.total}）"
    if not section.lines:
        return Part(title, (text("handover.none"),))
    kind = section.kind
    rows = tuple(
        (title_of(kind, line, text), state_of(kind, line, text), detail_of(kind, line, now, text))
        for line in section.lines
    )
    heads = (text("handover.column.what"), text("handover.column.state"), text("handover.column.more"))
    left_out = section.total - len(section.lines)
    lines = (text("handover.left_out", count=left_out),) if left_out else ()
    return Part(title, lines, Table(heads, (6.0, 2.0, 6.0), rows))


def _box(caption: str, signature: Signature | None) -> SignatureBox:
    if signature is None:
        return SignatureBox(caption)
    return SignatureBox(caption, signature.name, _moment(signature.at), signature.words)


def log_paper(entries: Sequence[LogEntry], heading: tuple[str, ...], *, made_by: str, now: float, text: Texts) -> Paper:
    """Remarks stand with the entry they are about, where it is among these."""
    shown = {entry.seq for entry in entries}
    remarks: dict[int, list[LogEntry]] = defaultdict(list)
    for entry in entries:
        if entry.sentence.about_seq in shown:
            remarks[entry.sentence.about_seq or 0].append(entry)
    rows = []
    for entry in entries:
        if entry.sentence.about_seq in shown:
            continue
        told = (entry.words, *(f"  ※ {one.time[6:]} {one.words}" for one in remarks.get(entry.seq, ())))
        rows.append((str(entry.seq), entry.time, "\n".join(told)))
    heads = (text("duty.log.seq"), text("duty.log.time"), text("duty.log.what"))
    return Paper(
        title=text("duty.log.paper"),
        facts=(*heading, text("duty.log.made", name=made_by, time=_moment(now), count=len(rows))),
        parts=(Part("", (), Table(heads, (1.4, 2.6, 12.0), tuple(rows))),),
        signatures=(SignatureBox(text("duty.log.officer")),),
        signed_heads=_signed_heads(text),
        foot=f"{text('product.name')}  {text('duty.log.paper')}",
    )


def shift_heading(shift_id: str, store: Store, text: Texts) -> tuple[str, ...]:
    """Whose shift it was."""
    state = next((one for one in store.picture.duty.shifts.values() if one.shift.id == shift_id), None)
    if state is None:
        return ()
    there = tuple(dict.fromkeys(one.officer_id for one in state.attendance))
    return (
        text("handover.fact.shift", shift=f"{Names(store, text).post(state.shift.post_id)} {state.shift.name}"),
        f"{span(state.shift)}  {officers(state.shift.officers, store, text)}",
        text("duty.log.there", names=officers(there, store, text) or text("duty.nobody")),
    )


def _signed_heads(text: Texts) -> tuple[str, str, str]:
    return text("handover.column.as"), text("handover.column.signed"), text("handover.column.words")


def _moment(at: float) -> str:
    return f"{day(at)} {clock_minute(at)}"
