"""The OpenAPI document: valid, complete, and true of real answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from search.errors import InvalidParameter
from search.request import SearchRequest
from webui.openapi import search_parameters


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The document as it is served."""
    response = client.get("/api/v1/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    found: dict[str, Any] = response.json
    return found


def test_it_is_valid(document: dict[str, Any]) -> None:
    """It is OpenAPI 3.1."""
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_it_has_every_path(document: dict[str, Any], app: Flask) -> None:
    """Each route of the API, and no other, with the parameters of its path."""
    routes = {
        rule.rule.replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.endswith("openapi.json")
    }
    assert set(document["paths"]) == routes


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/api/v1/search", "/api/v1/search?q=بودجه"),
        ("/api/v1/search", "/api/v1/search?size=100"),
        ("/api/v1/search", "/api/v1/search?q=تماشاگرانن&interval=day&year=1400"),
        ("/api/v1/search", "/api/v1/search?collapse=duplicates"),
        ("/api/v1/search", "/api/v1/search?page=0"),
        ("/api/v1/articles/{agency}/{code}/similar", "/api/v1/articles/برنا/1207254/similar"),
        ("/api/v1/articles/{agency}/{code}/similar", "/api/v1/articles/برنا/0/similar"),
        ("/api/v1/articles/{agency}/{code}", "/api/v1/articles/برنا/1207254"),
        ("/api/v1/articles/{agency}/{code}", "/api/v1/articles/برنا/0"),
        ("/api/v1/suggest", "/api/v1/suggest?q=بود"),
        ("/api/v1/status", "/api/v1/status"),
    ],
)
def test_real_answers_fit(document: dict[str, Any], client: FlaskClient, path: str, url: str) -> None:
    """An answer has the described status, media type and shape, and no key that is not described."""
    response = client.get(url)
    described = document["paths"][path]["get"]["responses"][str(response.status_code)]
    schema = described["content"][response.mimetype]["schema"]
    closed = {name: {**component, "additionalProperties": component.get("additionalProperties", False)}
              for name, component in document["components"]["schemas"].items()}  # fmt: skip
    Draft202012Validator({**schema, "components": {"schemas": closed}}).validate(response.json)


def test_the_parameters_are_those_that_are_read() -> None:
    """Every documented parameter is read, under that name, and no other is."""
    names = {parameter["name"] for parameter in search_parameters()}
    full = SearchRequest(
        query="q", section=("a",), agency=("a",), tag=("a",), year=("1400",), month=("1400-04",),
        since=date(2021, 7, 1), until=date(2021, 7, 15),
        sort="oldest", collapse="duplicates", page=2, size=20, facet=("tag",), interval="day", match="any",
            recency=True, feedback=True,
    )  # fmt: skip
    assert {name for name, _ in full.to_params()} == names


@pytest.mark.parametrize("parameter", search_parameters(), ids=lambda parameter: parameter["name"])
def test_the_limits_are_those_that_are_kept(parameter: dict[str, Any]) -> None:
    """What the schema allows at its edges is read; one step beyond is refused."""
    schema = parameter["schema"].get("items", parameter["schema"])
    inside, outside = list(map(str, schema.get("enum", []))), ["nonsense"] if "enum" in schema else []
    if "maximum" in schema:
        inside += [str(schema["minimum"]), str(schema["maximum"])]
        outside += [str(schema["minimum"] - 1), str(schema["maximum"] + 1)]
    if "maxLength" in schema:
        inside, outside = ["a" * schema["maxLength"]], ["a" * (schema["maxLength"] + 1)]
    for value in inside:
        SearchRequest.from_params({parameter["name"]: [value]})
    for value in outside:
        with pytest.raises(InvalidParameter):
            SearchRequest.from_params({parameter["name"]: [value]})
