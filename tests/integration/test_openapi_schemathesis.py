"""Requests made from the OpenAPI document, right ones and wrong ones, at a real gateway: no 5xx, no accepted garbage,
and every answer is as the document says."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from unittest import SkipTest

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from comms.domain.source import Source
from tests.support.hub import HOTLINE, prepare_hub, source

CHOSEN = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


NEVER_WRONG = {"GET /health", "GET /v1/work-orders/{source_id}", "POST /cap/v1/alerts"}
"""Nothing to give, any text as an id, any bytes as XML: what is sent here cannot be wrong by the document, and it takes
hundreds of tries to find that out."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document as the port itself shows it, with a key for every request."""
    data = tmp_path_factory.mktemp("schemathesis") / "gateway"
    here: Source = source()
    key = asyncio.run(prepare_hub(data, here))[HOTLINE]
    words = ("comms.gateway", "--data", str(data), "--port", "0", "--integration-port", "0")
    with subprocess.Popen((sys.executable, "-m", *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        listening = json.loads(process.stdout.readline())["listening"]
        url = f"http://127.0.0.1:{listening['integration_port']}/openapi.json"
        schema = schemathesis.openapi.from_url(url)
        schema.config.update(headers={"Authorization": f"Bearer {key}"})
        yield schema
        process.terminate()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_the_document_allows_or_forbids(described: Any, mode: GenerationMode) -> None:
    looked_at = 0
    operations = [found.ok() for found in described.get_all_operations()]
    assert {operation.label for operation in operations} >= NEVER_WRONG
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and operation.label in NEVER_WRONG:
            continue
        try:
            cases = operation.as_strategy(generation_mode=mode)
            _try_all(cases)
        except (SkipTest, Unsatisfiable):
            continue  # an operation without anything that could be wrong
        looked_at += 1
    assert looked_at >= 4


def _try_all(cases: st.SearchStrategy[Any]) -> None:
    @settings(
        max_examples=2,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def try_one(case: Any) -> None:
        case.call_and_validate(checks=CHOSEN)

    try_one()
