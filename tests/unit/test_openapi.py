"""The integration port's document is the one the port is made of, and every route of the port is in it."""

import json
import re
import runpy
from pathlib import Path

import pytest

from comms.adapters import cap_routes, open311_routes, openapi, sheet_routes, work_order_routes

KEPT = Path(__file__).parents[2] / "resources" / "help" / "openapi.json"


def test_the_kept_document_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    text = "run: python -m comms.adapters.openapi > resources/help/openapi.json"
    assert KEPT.read_text(encoding="utf-8") == openapi.rendered(), text
    assert openapi.__file__ is not None
    runpy.run_path(openapi.__file__, run_name="__main__")
    assert capsys.readouterr().out == openapi.rendered()


def test_every_route_is_described_and_every_reference_leads_somewhere() -> None:
    document = openapi.document()
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    routes = (*work_order_routes.ROUTES, *open311_routes.ROUTES, *cap_routes.ROUTES, *sheet_routes.ROUTES)
    served = {(re.sub(r":[^{}]+}", "}", route.path), route.method.lower()) for route in routes}
    assert served <= described
    assert described - served == {("/openapi.json", "get"), ("/health", "get")}
    for reference in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)):
        assert reference in document["components"]["schemas"]
