"""The same figures as `comms.domain.assessment`, counted directly by the store: a second opinion, not a second fold.

Written for SQLite's JSON functions."""

from sqlalchemy import text
from sqlalchemy.engine import Connection

from comms.domain.assessment import Dimension, Figures, Period
from comms.domain.ids import JurisdictionId

_KEYS = {
    Dimension.WHOLE: "''",
    Dimension.TOWN: "coalesce((SELECT max(id) FROM node WHERE level = 'town' AND {above}), jurisdiction)",
    Dimension.VILLAGE: "coalesce((SELECT max(id) FROM node WHERE level = 'village' AND {above}), jurisdiction)",
    Dimension.COLLECTOR: "collector",
    Dimension.HANDLER: "coalesce(handler, '')",
    Dimension.DEPARTMENT: "coalesce(department, '')",
    Dimension.JURISDICTION: "jurisdiction",
    Dimension.ITEM: "coalesce(item, word)",
    Dimension.SOURCE: "coalesce(origin, source, '')",
}
_ABOVE = "instr(one.jurisdiction || '/', node.id || '/') = 1"
_CASES = """
WITH
node AS MATERIALIZED (
    SELECT body ->> '$.jurisdiction.id' AS id, body ->> '$.jurisdiction.level' AS level
    FROM (SELECT CAST(payload AS TEXT) AS body FROM event WHERE kind = 'jurisdiction.defined')
),
reported AS MATERIALIZED (
    SELECT body ->> '$.incident.id' AS id, at AS reported_at, actor AS collector, body ->> '$.incident.kind' AS word,
           body ->> '$.incident.jurisdiction_id' AS jurisdiction, body ->> '$.incident.source' AS source,
           body ->> '$.incident.origin.source' AS origin
    FROM (
        SELECT at, actor, CAST(payload AS TEXT) AS body FROM event WHERE kind = 'incident.reported' AND at < :until_at
    )
    WHERE instr((body ->> '$.incident.jurisdiction_id') || '/', :within || '/') = 1 OR :within = ''
),
moved AS MATERIALIZED (
    SELECT seq, at, body ->> '$.incident_id' AS id, body ->> '$.step' AS step, body ->> '$.stage' AS stage,
           body ->> '$.department_id' AS sent_to, body ->> '$.item_id' AS named,
           body ->> '$.clock.due_at' AS due_at, body ->> '$.clock.running_since' AS running_since,
           coalesce(body ->> '$.clock.is_late', 0) AS was_late, body ->> '$.is_satisfied' AS is_satisfied, actor
    FROM (SELECT seq, at, actor, CAST(payload AS TEXT) AS body FROM event WHERE kind = 'case.moved' AND at < :until_at)
),
newest AS (
    SELECT id, max(seq) AS seq, min(CASE WHEN step = 'register' THEN at END) AS registered_at,
           max(CASE WHEN sent_to IS NOT NULL THEN seq END) AS sent_seq,
           max(CASE WHEN named IS NOT NULL THEN seq END) AS named_seq,
           max(CASE WHEN due_at IS NOT NULL THEN seq END) AS clock_seq,
           max(CASE WHEN step IN ('receive', 'hand_back') THEN seq END) AS handler_seq,
           max(CASE WHEN is_satisfied IS NOT NULL THEN seq END) AS rated_seq,
           max(step = 'grant_appeal') AS is_granted
    FROM moved GROUP BY id
),
one AS MATERIALIZED (
    SELECT reported.*, newest.registered_at, coalesce(newest.is_granted, 0) AS is_granted,
           sending.sent_to AS department, naming.named AS item, handling.actor AS handler,
           rating.at AS rated_at, rating.is_satisfied AS is_satisfied,
           now.stage IN ('closed', 'force_closed') AS is_closed,
           clock.due_at >= :from_at AND clock.due_at < :until_at AND now.stage != 'void' AND NOT is_granted AS is_due,
           clock.was_late OR (clock.running_since IS NOT NULL AND clock.due_at < :until_at) AS is_late
    FROM reported
    LEFT JOIN newest ON newest.id = reported.id
    LEFT JOIN moved AS now ON now.seq = newest.seq
    LEFT JOIN moved AS sending ON sending.seq = newest.sent_seq
    LEFT JOIN moved AS naming ON naming.seq = newest.named_seq
    LEFT JOIN moved AS clock ON clock.seq = newest.clock_seq
    LEFT JOIN moved AS handling ON handling.seq = newest.handler_seq
    LEFT JOIN moved AS rating ON rating.seq = newest.rated_seq
)
"""
_COUNTS = """
SELECT {key} AS key,
    sum(reported_at >= :from_at) AS accepted,
    sum(coalesce(registered_at >= :from_at, 0)) AS registered,
    sum(coalesce(is_due, 0)) AS due,
    sum(coalesce(is_due AND is_closed, 0)) AS closed,
    sum(coalesce(is_due AND is_closed AND NOT is_late, 0)) AS on_time,
    sum(coalesce(is_due AND is_late, 0)) AS late,
    sum(coalesce(rated_at >= :from_at AND NOT is_granted, 0)) AS rated,
    sum(coalesce(rated_at >= :from_at AND is_satisfied AND NOT is_granted, 0)) AS satisfied
FROM one GROUP BY 1
"""
_SETBACKS = """
, steps AS (
    SELECT *, max(CASE WHEN sent_to IS NOT NULL THEN seq END) OVER (
        PARTITION BY id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS before_seq
    FROM moved
)
SELECT {key} AS key, sum(steps.step = 'rework') AS reworked, sum(steps.step = 'return') AS returned
FROM steps JOIN one ON one.id = steps.id LEFT JOIN moved AS before ON before.seq = steps.before_seq
WHERE steps.step IN ('rework', 'return') AND steps.at >= :from_at AND NOT one.is_granted
GROUP BY 1
"""
_DEPARTMENT_THEN = "coalesce(before.sent_to, '')"


def count_cases(
    connection: Connection, period: Period, by: Dimension, *, within: JurisdictionId | None = None
) -> dict[str, Figures]:
    """Figures by key, as `assess` has them."""
    bounds = {"from_at": period.from_at, "until_at": period.until_at, "within": within or ""}
    name = _KEYS[by].format(above=_ABOVE)
    counts = connection.execute(text(_CASES + _COUNTS.format(key=name)), bounds).mappings()
    found = {row["key"]: Figures(**{name: row[name] for name in row if name != "key"}) for row in counts}
    name = _DEPARTMENT_THEN if by is Dimension.DEPARTMENT else name
    for row in connection.execute(text(_CASES + _SETBACKS.format(key=name)), bounds).mappings():
        own = found.setdefault(row["key"], Figures())
        own.reworked, own.returned = row["reworked"], row["returned"]
    return found
