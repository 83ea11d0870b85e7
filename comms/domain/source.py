"""Sources: the outside systems that send work orders, and how each of them writes. All of it is data, not code."""

from enum import StrEnum

import msgspec

from comms.domain.datum import Datum
from comms.domain.ids import JurisdictionId, SourceId
from comms.domain.order import OrderPriority

UTC_OFFSET_H = 8.0
"""China's one time zone: of times that a source writes without theirs."""


class WorkOrderField(StrEnum):
    """What is read from a source's record."""

    SOURCE_ID = "source_id"
    KIND = "kind"
    TEXT = "text"
    PRIORITY = "priority"
    LAT = "lat"
    LON = "lon"
    GRID_CODE = "grid_code"
    ADDRESS = "address"
    OCCURRED_AT = "occurred_at"


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One key, one source, one jurisdiction. Its address for answers and their secret stay out of the picture."""

    id: SourceId
    name: str
    jurisdiction_id: JurisdictionId
    """What it sends has to lie in here."""
    datum: Datum = Datum.WGS84
    """Of the coordinates it sends."""
    fields: dict[WorkOrderField, tuple[str, ...]] = {}
    """Where a field stands in its records: names of columns, or ways into JSON (`case.place.lat`). Of several the first
    that has something counts; texts are put together. A field that is not named here stands under its own name."""
    kinds: dict[str, str] = {}
    """Its codes of kinds, as the site's words. Empty: its own words are taken as they are."""
    priorities: dict[str, OrderPriority] = {}
    utc_offset_h: float = UTC_OFFSET_H
    is_answered: bool = False
    """Whether it is told what becomes of its work orders."""
    is_polled: bool = False
    """Whether we ask it for its work orders. Where, and with which key, stays out of the picture."""

    def names_of(self, field: WorkOrderField) -> tuple[str, ...]:
        return self.fields.get(field, (field.value,))


class SourceDefined(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="source.defined"):
    """New, or as it is from now on."""

    source: Source
