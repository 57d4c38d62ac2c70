"""The OpenAPI document, and requests made from it."""

from __future__ import annotations

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

EXAMPLES = 2
"""For each route and for each way of making requests; more in the slow run."""

LEFT_OUT = (
    "/api/events",
    "/api/queue/pause",
    "/api/queue/resume",
    "/sdapi/v1/txt2img",
    "/sdapi/v1/img2img",
)
"""A stream without end, what would stop the other tests' work, calls that wait for pictures."""


def operations(studio):
    schema = schemathesis.openapi.from_dict(studio.get("/api/openapi.json").json())
    found = [result.ok() for result in schema.get_all_operations()]
    return [each for each in found if each.path not in LEFT_OUT]


def attack(operation, address, mode, examples):
    """Send requests made from a route's description; the statuses."""
    seen = set()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        answer = case.call(base_url=address)
        seen.add(answer.status_code)
        assert answer.status_code < 500 or answer.status_code == 501, (
            f"{case.as_curl_command()}: {answer.text}"
        )

    with suppress(Unsatisfiable):  # nothing is wrong for this route
        run()
    return seen


@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(200, marks=pytest.mark.slow)])
def test_no_request_made_from_the_document_makes_the_server_stumble(studio, examples):
    mode = schemathesis.GenerationMode
    routes = operations(studio)
    assert len(routes) > 40
    seen = set()
    for route in routes:
        seen |= attack(route, studio.address, mode.POSITIVE, examples)
        if route.body:
            seen |= attack(route, studio.address, mode.NEGATIVE, examples)
    assert {200, 404, 422} <= seen


def test_the_document_knows_every_kind_of_request(studio):
    schemas = studio.get("/api/openapi.json").json()["components"]["schemas"]
    assert {"Txt2Img", "Img2Img", "Inpaint", "Upscale", "Adjust", "Hires"} <= set(schemas)
    assert schemas["Txt2Img"]["properties"]["steps"]["maximum"] == 1000
    assert schemas["Txt2Img"]["properties"]["steps"]["description"]
