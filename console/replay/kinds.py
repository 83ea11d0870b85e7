"""What one can jump to in a replay, and what is drawn on its time line."""

KINDS: dict[str, tuple[str, ...]] = {
    "any": (),
    "order": ("order.issued", "order.advanced", "order.overdue"),
    "alarm": ("alarm.raised",),
    "call": ("call.started",),
    "talk": ("talk.started",),
    "incident": ("incident.",),
    "case": ("case.",),
    "video": ("video.started",),
    "weather": ("weather.",),
    "plan": ("plan.started", "plan.step"),
    "note": ("note.added",),
    "duty": ("officer.signed_on", "officer.signed_off", "duty.", "handover."),
    "trouble": ("terminal.disconnected", "fault.noted"),
    "account": ("account.", "sign_in.", "enrolment.", "device."),
    "inject": ("drill.inject_fired",),
    "drill": ("drill.",),
}
"""Kinds of events by the key of their words; none: any."""
