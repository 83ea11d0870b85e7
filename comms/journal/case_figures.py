"""Figures of cases as `comms.domain.assessment` defines them, counted by the store from what cases were, and the cases
behind each. SQLite lets go of the interpreter while it counts, so that nobody's voice waits for it."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.engine.row import RowMapping

from comms.domain.assessment import LEVELS, Dimension, Figure, Figures, Period, Tree, total
from comms.domain.case import CaseStage
from comms.domain.case_record import CaseRecord
from comms.domain.ids import IncidentId, JurisdictionId, PartyId
from comms.domain.jurisdiction import at_level

SETBACKS = {Figure.REWORKED: "rework", Figure.RETURNED: "return"}
_KEYS = {
    Dimension.WHOLE: "''",
    Dimension.DEPARTMENT: "one.department",
    Dimension.COLLECTOR: "one.collector",
    Dimension.HANDLER: "one.handler",
    Dimension.ITEM: "CASE WHEN one.item = '' THEN one.kind ELSE one.item END",
    Dimension.SOURCE: "one.source",
}
_PLACE = "one.jurisdiction"
"""Of towns, villages and grids; the first two are sums."""
_DUE = "(one.due_at >= :from_at AND one.due_at < :until_at AND one.stage != 'void' AND NOT one.is_granted)"
_LATE = "(one.was_late OR (one.runs AND one.due_at < :until_at))"
_CLOSED = "one.stage IN ('closed', 'force_closed')"
_RATED = "(one.rated_at >= :from_at AND NOT one.is_granted)"
_IS = {
    Figure.ACCEPTED: "one.reported_at >= :from_at",
    Figure.REGISTERED: "one.registered_at >= :from_at",
    Figure.DUE: _DUE,
    Figure.CLOSED: f"({_DUE} AND {_CLOSED})",
    Figure.ON_TIME: f"({_DUE} AND {_CLOSED} AND NOT {_LATE})",
    Figure.LATE: f"({_DUE} AND {_LATE})",
    Figure.RATED: _RATED,
    Figure.SATISFIED: f"({_RATED} AND one.is_satisfied)",
}
_AT = "one.ended_at >= :until_at AND one.began_at < :until_at"
_MATTERS = (
    " AND (one.reported_at >= :from_at OR one.due_at >= :from_at OR one.registered_at >= :from_at "
    "OR one.rated_at >= :from_at)"
)
"""What none of these holds for counts in nothing; that is found out faster than eight sums."""
_WITHIN = " AND (one.jurisdiction = :within OR (one.jurisdiction >= :below AND one.jurisdiction < :beyond))"
_STEPS = (
    "FROM case_version AS step JOIN case_version AS one ON one.case_id = step.case_id WHERE step.step {steps} "
    "AND step.began_at >= :from_at AND step.began_at < :until_at AND NOT one.is_granted AND " + _AT
)


def count_figures(
    connection: Connection, period: Period, by: Dimension, *, tree: Tree, within: JurisdictionId | None = None
) -> dict[str, Figures]:
    """Figures by key, as `assess` has them, but for rows of nothing, which are left out."""
    bounds = _bounds(period, within)
    where = _AT + _MATTERS + (_WITHIN if within is not None else "")
    key = _KEYS.get(by, _PLACE)
    sums = ", ".join(f"coalesce(sum({is_it}), 0) AS {figure.value}" for figure, is_it in _IS.items())
    counts = connection.execute(
        # Put together of our own words; values are bound.
        text(f"SELECT {key} AS key, {sums} FROM case_version AS one WHERE {where} GROUP BY 1"),  # nosec B608
        bounds,
    )
    found = {row[0]: Figures(**dict(zip(_IS, row[1:], strict=True))) for row in counts if row[0] is not None}
    steps = _STEPS.format(steps="IN ('rework', 'return')") + (_WITHIN if within is not None else "")
    key = _step_key(by)
    for row in connection.execute(
        text(f"SELECT {key}, sum(step.step = 'rework'), sum(step.step = 'return') {steps} GROUP BY 1"), bounds
    ):
        own = found.setdefault(row[0], Figures())
        own.reworked, own.returned = row[1], row[2]
    nothing = Figures()
    return {key: figures for key, figures in _summed(found, by, tree).items() if figures != nothing}


def _summed(found: dict[str, Figures], by: Dimension, tree: Tree) -> dict[str, Figures]:
    if by not in LEVELS:
        return found
    groups: dict[str, list[Figures]] = {}
    for key, figures in found.items():
        groups.setdefault(at_level(JurisdictionId(key), LEVELS[by], tree), []).append(figures)
    return {key: total(group) for key, group in groups.items()}


def _step_key(by: Dimension) -> str:
    return "step.department_before" if by is Dimension.DEPARTMENT else _KEYS.get(by, _PLACE)


def read_cases(
    connection: Connection,
    period: Period,
    by: Dimension,
    key: str,
    figure: Figure,
    *,
    tree: Tree,
    within: JurisdictionId | None = None,
    first: int = 0,
    limit: int = 100,
) -> tuple[CaseRecord, ...]:
    """Those a figure counts, newest report first, from the `first` on; one returned twice stands there twice."""
    bounds: dict[str, object] = _bounds(period, within) | {"key": key, "first": first, "limit": limit}
    if figure in SETBACKS:
        source = _STEPS.format(steps=f"= '{SETBACKS[figure]}'")
        at, name = "step.began_at", _step_key(by)
    else:
        source, at, name = (
            f"FROM case_version AS one WHERE {_AT} AND {_IS[figure]}",
            "one.reported_at",
            _KEYS.get(by, _PLACE),
        )
    if within is not None:
        source += _WITHIN
    source += _at_key(name, by, key, bounds, tree)
    rows = connection.execute(
        text(f"SELECT one.*, {at} AS counted_at {source} ORDER BY counted_at DESC, one.seq LIMIT :limit OFFSET :first"),
        bounds,
    )
    return tuple(_record(row) for row in rows.mappings())


def _at_key(name: str, by: Dimension, key: str, bounds: dict[str, object], tree: Tree) -> str:
    """All that lies in a town, where the key is a town; what lies in none has itself as its key."""
    node = tree.get(JurisdictionId(key))
    if by not in LEVELS or node is None or node.level is not LEVELS[by]:
        return f" AND {name} = :key"
    bounds |= _range("key", key)
    return " AND (one.jurisdiction = :key OR (one.jurisdiction >= :key_below AND one.jurisdiction < :key_beyond))"


def _range(prefix: str, key: str) -> dict[str, object]:
    return {f"{prefix}_below": f"{key}/", f"{prefix}_beyond": f"{key}0"}


def _bounds(period: Period, within: JurisdictionId | None) -> dict[str, object]:
    """Every id below another begins with it and a slash; "0" is what comes after the slash."""
    bounds: dict[str, object] = {"from_at": period.from_at, "until_at": period.until_at}
    return bounds if within is None else bounds | {"within": within, "below": f"{within}/", "beyond": f"{within}0"}


def _record(row: RowMapping) -> CaseRecord:
    return CaseRecord(
        id=IncidentId(row["case_id"]),
        kind=row["kind"],
        stage=CaseStage(row["stage"]),
        jurisdiction_id=JurisdictionId(row["jurisdiction"]),
        source=row["source"],
        department=row["department"],
        handler=PartyId(row["handler"]),
        reported_at=row["reported_at"],
        due_at=row["due_at"],
        counted_at=row["counted_at"],
    )


def figures_of(
    connection: Connection, periods: Iterable[Period], by: Dimension, *, tree: Tree, within: JurisdictionId | None
) -> dict[str, list[Figures]]:
    """One for each period, by key."""
    counted = [count_figures(connection, period, by, tree=tree, within=within) for period in periods]
    keys = {key for found in counted for key in found}
    return {key: [found.get(key, Figures()) for found in counted] for key in sorted(keys)}
