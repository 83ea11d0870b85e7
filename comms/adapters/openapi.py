"""The integration port as an OpenAPI 3.1 document, made from the very types that answer.

`python -m comms.adapters.openapi > resources/help/openapi.json`; a test holds that the kept file is current.
"""

import json
import sys
from typing import Any

import msgspec

from comms.adapters.open311 import PostedRequest, Problem, Service, ServiceRequest
from comms.adapters.replies import BatchReply, ErrorReply, StatusReply, TakenReply
from comms.adapters.sheet import CSV_TYPE, XLSX_TYPE
from comms.protocol.version import PROTOCOL_VERSION

_SCHEMAS = "#/components/schemas"
_TYPES = (TakenReply, BatchReply, StatusReply, ErrorReply, Service, PostedRequest, ServiceRequest, Problem)
_JSON, _XML, _FORM = "application/json", "application/xml", "application/x-www-form-urlencoded"
_WORK_ORDER: dict[str, Any] = {
    "type": "object",
    "description": "A record as the source writes it. Where its fields stand is set up with the source; a field that "
    "is not set up stands under its own name.",
    "properties": {
        "source_id": {"type": ["string", "integer"], "description": "The source's own number; up to 100 characters."},
        "kind": {"type": "string", "maxLength": 60},
        "text": {"type": "string", "maxLength": 4000},
        "priority": {"type": "string"},
        "lat": {"type": ["number", "string"], "description": "Degrees, in the datum that the source is set up with."},
        "lon": {"type": ["number", "string"]},
        "grid_code": {"type": "string"},
        "address": {"type": "string", "maxLength": 200},
        "occurred_at": {"type": ["string", "number"], "description": "ISO 8601, or Unix seconds or milliseconds."},
    },
    "example": {
        "source_id": "HX-2026-000123",
        "kind": "井盖缺失",
        "text": "人行道中间，行人绕行。",
        "lat": 23.0207,
        "lon": 113.7518,
        "occurred_at": "2026-01-01T08:00:00+08:00",
    },
}
_REQUEST: dict[str, Any] = {
    "type": "object",
    "properties": {
        "source_id": {"type": "string", "description": "Our addition: the sender's own number."},
        "service_code": {"type": "string", "maxLength": 60},
        "description": {"type": "string", "maxLength": 3000},
        "lat": {"type": ["number", "string"]},
        "long": {"type": ["number", "string"]},
        "address_string": {"type": "string", "maxLength": 200},
        "address_id": {"type": "string", "description": "The code of a grid."},
        "media_url": {"type": "string", "maxLength": 500},
        "requested_datetime": {"type": "string"},
    },
}
_ERRORS = {
    "400": "The HTTP request itself is broken.",
    "401": "No key.",
    "403": "The key is not valid.",
    "413": "Too large, or too many at once.",
    "429": "Too fast; send the same again after `Retry-After` seconds.",
    "503": "It could not be stored and was not taken; send the same again.",
}
_ASKED_BY = (
    "service_request_id",
    "service_code",
    "status",
    "start_date",
    "end_date",
    "updated_after",
    "updated_before",
    "page",
    "page_size",
)
_PROBLEMS = {"type": "array", "items": {"$ref": f"{_SCHEMAS}/Problem"}}
_QUARANTINED = "It cannot be taken as it is and waits in quarantine for an officer; it need not be sent again."


def document() -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(_TYPES, ref_template=_SCHEMAS + "/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wangge Desk integration port",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": "Work orders and warnings of outside systems. Every record has the source's own number: the "
            "same sent again answers the same `incident_id` and does nothing; a changed one changes the incident. An "
            "answer comes only when the record is durable; without an answer send the same again.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"header": []}],
        "paths": _paths(),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
            },
        },
    }


def _paths() -> dict[str, Any]:
    taken, batch = _ref("TakenReply"), _ref("BatchReply")
    both = {"oneOf": [taken, batch]}
    record_or_list = {"oneOf": [_WORK_ORDER, {"type": "array", "items": _WORK_ORDER, "maxItems": 200}]}
    return {
        **_open_paths(),
        "/v1/work-orders": {
            "post": {
                "summary": "One work order, or up to 200.",
                "requestBody": {"required": True, "content": {_JSON: {"schema": record_or_list}}},
                "responses": {
                    "200": _answer("Known before or changed; of a list, what became of each.", both),
                    "201": _answer("It is an incident now.", taken),
                    "422": _answer(_QUARANTINED, both),
                    **_errors("400", "413", "415", "503"),
                },
            }
        },
        "/v1/work-orders/{source_id}": {
            "get": {
                "summary": "Where one of your own stands.",
                "parameters": [_parameter("source_id")],
                "responses": {"200": _answer("It stands so.", _ref("StatusReply")), **_errors("400", "404", "405")},
            }
        },
        "/cap/v1/alerts": {
            "post": {
                "summary": "One CAP 1.2 message. Exercises, tests and drafts are kept and are never an incident.",
                "requestBody": {"required": True, "content": {_XML: {"schema": {"type": "string"}}}},
                "responses": {
                    "200": _answer("Known before, set aside, or the end of an alert.", taken),
                    "201": _answer("It is a weather alert or an incident now.", taken),
                    "422": _answer(_QUARANTINED, taken),
                    **_errors("400", "413", "415", "503"),
                },
            }
        },
        "/v1/sheets": {"post": _sheet_post()},
        **_open311_paths(),
    }


def _open311_paths() -> dict[str, Any]:
    request = {"type": "array", "items": _ref("ServiceRequest")}
    unknown = {"anyOf": [_PROBLEMS, _ref("ErrorReply")]}
    format_ = {**_parameter("format"), "schema": {"enum": ["json", "xml"]}}
    query = [_parameter(name, where="query") for name in _ASKED_BY]
    return {
        "/open311/v2/services.{format}": {
            "get": {
                "summary": "The kinds that are set up for you.",
                "parameters": [format_],
                "responses": {
                    "200": _either("The kinds.", {"type": "array", "items": _ref("Service")}),
                    **_errors("404"),
                },
            }
        },
        "/open311/v2/requests.{format}": {
            "get": {
                "summary": "Your own requests, the newest first.",
                "parameters": [format_, *query],
                "responses": {
                    "200": _either("The requests.", request),
                    "400": _either("A page or a time makes no sense.", _PROBLEMS),
                    **_errors("404"),
                },
            },
            "post": _open311_post(format_),
        },
        "/open311/v2/requests/{service_request_id}.{format}": {
            "get": {
                "summary": "One of your own requests.",
                "parameters": [_parameter("service_request_id"), format_],
                "responses": {"200": _either("The request.", request), "404": _either("It is not known.", unknown)}
                | _errors(),
            }
        },
    }


def _open_paths() -> dict[str, Any]:
    return {
        "/openapi.json": {"get": {"summary": "This document.", "security": [], "responses": {"200": _said("This.")}}},
        "/health": {"get": {"summary": "Does it listen?", "security": [], "responses": {"200": _said("Yes.")}}},
    }


def _sheet_post() -> dict[str, Any]:
    binary = {"schema": {"type": "string"}}
    return {
        "summary": "A sheet of up to 5,000 work orders; the first row names the columns.",
        "requestBody": {"required": True, "content": {CSV_TYPE: binary, XLSX_TYPE: binary}},
        "responses": {
            "200": _answer("What became of each row.", _ref("BatchReply")),
            **_errors("400", "413", "415", "422", "503"),
        },
    }


def _open311_post(format_: dict[str, Any]) -> dict[str, Any]:
    posted = {"type": "array", "items": _ref("PostedRequest")}
    body = {_FORM: {"schema": _REQUEST}, _JSON: {"schema": _REQUEST}}
    return {
        "summary": "A service request, as GeoReport v2 has it.",
        "parameters": [format_],
        "requestBody": {"required": True, "content": body},
        "responses": {
            "200": _either("Known before or changed.", posted),
            "201": _either("It is an incident now.", posted),
            "415": _either("Neither form nor JSON.", _PROBLEMS),
            "422": _either(_QUARANTINED, _PROBLEMS),
            **_errors("400", "404", "413", "503"),
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"{_SCHEMAS}/{name}"}


def _parameter(name: str, *, where: str = "path") -> dict[str, Any]:
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": "string"}}


def _said(text: str) -> dict[str, Any]:
    return {"description": text, "content": {_JSON: {"schema": {"type": "object"}}}}


def _answer(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {_JSON: {"schema": schema}}}


def _either(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {_JSON: {"schema": schema}, _XML: {"schema": {}}}}


def _errors(*more: str) -> dict[str, Any]:
    told = {"404": "There is no such thing of yours.", "405": "Not with this method.", "415": "Not this content type."}
    told["422"] = "It is no sheet, or too large."
    codes = sorted({"401", "403", "429", *more})
    return {code: _answer((_ERRORS | told)[code], _ref("ErrorReply")) for code in codes}


def rendered() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rendered())
