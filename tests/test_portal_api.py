"""The portal keeps to its own description, whatever is asked of it (OpenAPI, by schemathesis)."""

from __future__ import annotations

import warnings
from typing import Any

from hypothesis import HealthCheck, settings

from xinyong.portal.app import create_app
from xinyong.portal.guard import HEADERS
from xinyong.portal.site import Limits, Site

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

app = create_app(Site(limits=Limits(per_second=1e6, burst=10**6)))

# What begins a run is asked in tests of its own: here it would begin many.
schema = schemathesis.openapi.from_asgi("/openapi.json", app).exclude(
    path="/{lang}/run", method="POST"
)


@schema.parametrize()
@settings(
    max_examples=8,  # besides those at the edges of what is described: six thousand in all
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: Any) -> None:
    response = case.call()
    case.validate_response(
        response,
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )
    for name, value in HEADERS.items():
        assert response.headers[name.lower()] == [value]


def test_every_operation_documents_its_refusals() -> None:
    for path, operations in app.openapi()["paths"].items():
        for method, operation in operations.items():
            documented = set(operation["responses"])
            assert {"400", "413", "422", "429", "503"} <= documented, f"{method} {path}"
            assert operation.get("summary"), f"{method} {path}"
