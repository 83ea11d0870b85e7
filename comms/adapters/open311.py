"""Open311 GeoReport v2: service requests in, their status out, in JSON and in XML."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree  # to write with; what comes in is form or JSON

import msgspec

from comms.adapters.intake import Received, Standing, Status
from comms.adapters.record import clean, read_record
from comms.adapters.replies import written_time
from comms.domain.source import Source, WorkOrderField

FIELDS: dict[WorkOrderField, tuple[str, ...]] = {
    WorkOrderField.SOURCE_ID: ("source_id",),
    WorkOrderField.KIND: ("service_code",),
    WorkOrderField.TEXT: ("description", "attributes", "media_url"),
    WorkOrderField.PRIORITY: ("priority",),
    WorkOrderField.LAT: ("lat",),
    WorkOrderField.LON: ("long",),
    WorkOrderField.GRID_CODE: ("address_id",),
    WorkOrderField.ADDRESS: ("address_string",),
    WorkOrderField.OCCURRED_AT: ("requested_datetime",),
}
"""`source_id`, `priority` and `requested_datetime` of a request are our additions. One without a number of its own gets
one that follows from what it says."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    service_code: str
    service_name: str
    description: str
    metadata: bool = False
    type: str = "realtime"
    keywords: str = ""
    group: str = ""


class PostedRequest(msgspec.Struct, frozen=True, kw_only=True):
    service_request_id: str
    service_notice: str = ""
    account_id: str = ""


class ServiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    service_request_id: str
    status: str
    status_notes: str
    service_name: str
    service_code: str
    description: str
    requested_datetime: str
    updated_datetime: str
    address: str
    lat: float | None
    long: float | None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    code: int
    description: str


def read_request(fields: Mapping[str, Any], source: Source, *, body: bytes, media_type: str) -> Received:
    given = {key: value for key, value in fields.items() if isinstance(value, str | int | float)}
    attributes = [f"{key[10:-1]}: {value}" for key, value in given.items() if key.startswith("attribute[")]
    if attributes:
        given["attributes"] = "\n".join(attributes)
    named = msgspec.structs.replace(source, fields=FIELDS)
    return read_record(given, named, body=body, media_type=media_type, is_numbered=False)


def services(source: Source) -> list[Service]:
    """The kinds that are set up for this source; without any it may write what it likes."""
    return [Service(service_code=code, service_name=kind, description=kind) for code, kind in source.kinds.items()]


def service_request(status: Status, source: Source) -> ServiceRequest:
    incident = status.incident
    codes = {kind: code for code, kind in source.kinds.items()}
    kind = incident.kind if incident is not None else ""
    is_over = status.standing in (Standing.CLOSED, Standing.DISCARDED)
    notes = [word for word in (status.standing.value, status.outcome, status.note) if word]
    return ServiceRequest(
        service_request_id=status.incident_id,
        status="closed" if is_over else "open",
        status_notes=" · ".join(notes),
        service_name=kind,
        service_code=codes.get(kind, kind),
        description=incident.text if incident is not None else "",
        requested_datetime=written_time(status.reported_at),
        updated_datetime=written_time(status.changed_at or status.reported_at),
        address=incident.place.text if incident is not None else "",
        lat=incident.place.lat if incident is not None else None,
        long=incident.place.lon if incident is not None else None,
    )


def to_json(things: Iterable[msgspec.Struct]) -> bytes:
    return json.dumps([msgspec.to_builtins(thing) for thing in things], ensure_ascii=False).encode()


def to_xml(things: Iterable[msgspec.Struct], *, root: str, each: str) -> bytes:
    top = ElementTree.Element(root)
    for thing in things:
        element = ElementTree.SubElement(top, each)
        for name, value in msgspec.to_builtins(thing).items():
            written = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
            ElementTree.SubElement(element, name).text = clean(written)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True))
