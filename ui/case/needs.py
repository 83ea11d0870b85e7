"""What a step needs beside an opinion, as values: which fields of the form it opens."""

from comms.domain.case import REASON_NEEDED, REQUESTS, CaseStep
from comms.domain.case_conditions import ASKING

FIELDS: dict[CaseStep, frozenset[str]] = {
    CaseStep.REGISTER: frozenset({"item", "conditions", "photos"}),
    CaseStep.DISPATCH: frozenset({"department", "limit"}),
    CaseStep.HAND_BACK: frozenset({"photos"}),
    CaseStep.RECEIVE: frozenset({"photos"}),
    CaseStep.CLOSE: frozenset({"conditions", "photos"}),
    CaseStep.REWORK: frozenset({"photos"}),
    **dict.fromkeys(REQUESTS, frozenset({"until"})),
}
assert all("conditions" in FIELDS[step] for step in ASKING)


def fields_of(step: CaseStep | None) -> frozenset[str]:
    if step is None:
        return frozenset()
    return FIELDS.get(step, frozenset()) | {"opinion"}


def needs_reason(step: CaseStep | None) -> bool:
    return step in REASON_NEEDED
