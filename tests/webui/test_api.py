"""The JSON API on a real archive: answers, links that can be followed, and errors as problem+json."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.webui.newsroom import ARTICLES, BARE, BUDGET, MATCHES
from webui import create_app

ENVELOPE = {
    "query", "total", "page", "size", "pages", "next", "previous", "took_ms", "generation", "complete", "relaxed",
    "hints", "results", "facets", "histogram", "suggestion", "articles",
}  # fmt: skip


def get(client: FlaskClient, url: str, **parameters: Any) -> dict[str, Any]:
    """The JSON at a URL, which must be there."""
    response = client.get(url, query_string=parameters or None)
    assert (response.status_code, response.content_type) == (200, "application/json")
    found: dict[str, Any] = response.json
    return found


def test_search(client: FlaskClient) -> None:
    """The envelope has the promised keys, and the best article first with its date in both calendars."""
    answer = get(client, "/api/v1/search", q="بودجه")
    assert set(answer) == ENVELOPE
    first = answer["results"][0]
    assert (first["agency"], first["code"], first["title"]) == ("برنا", "1207254", BUDGET.title)
    assert first["published"] == "2021-07-15T14:27:27+04:30"
    assert first["published_jalali"] == "1400-04-24 14:27:27"
    assert "<mark>بودجه</mark>" in first["highlights"]["title"]
    assert first["score"] > 0


def test_following_next_reads_everything_once(client: FlaskClient) -> None:
    """`next` is a whole URL, null at the end; following it gives each article once, and `previous` leads back."""
    url, seen, pages = "http://localhost/api/v1/search?q=تیم&sort=newest&size=7", [], []
    while url:
        answer = get(client, url)
        pages.append(answer)
        seen += [result["code"] for result in answer["results"]]
        url = answer["next"]
    assert seen == [match.code for match in reversed(MATCHES)]
    assert pages[0]["previous"] is None
    assert get(client, pages[1]["previous"])["results"] == pages[0]["results"]


def test_facet_links_toggle(client: FlaskClient) -> None:
    """The URL of a value selects it, with exactly its count of results; of a selected one, takes it off."""
    answer = get(client, "/api/v1/search", q="تیم")
    value = answer["facets"]["agency"]["values"][0]
    selected = get(client, value["url"])
    assert selected["total"] == value["count"] == 10
    again = next(one for one in selected["facets"]["agency"]["values"] if one["selected"])
    assert again["value"] == value["value"]
    assert get(client, again["url"])["total"] == answer["total"] == 30


def test_histogram_counts_everything_with_a_date(client: FlaskClient) -> None:
    """The buckets are whole Jalali years without gaps; their sum is the number of dated articles; each is a link."""
    answer = get(client, "/api/v1/search", interval="year")
    buckets = answer["histogram"]["buckets"]
    assert [bucket["value"] for bucket in buckets] == ["1396", "1397", "1398", "1399", "1400"]
    assert sum(bucket["count"] for bucket in buckets) == sum(article.day is not None for article in ARTICLES)
    assert (buckets[-1]["from"], buckets[-1]["to"]) == ("2021-03-21", "2022-03-20")
    assert get(client, buckets[-1]["url"])["total"] == buckets[-1]["count"]


def test_repeated_parameters_are_or(client: FlaskClient) -> None:
    """Two sections give the articles of both."""
    assert get(client, "/api/v1/search?section=سیاسی&section=فرهنگی")["total"] == 3


def test_article(client: FlaskClient) -> None:
    """One article whole, by agency and code; its own URL leads to it again."""
    answer = get(client, "/api/v1/articles/برنا/1207254")
    assert answer["body"] == list(BUDGET.body)
    assert answer["tags"] == list(BUDGET.tags)
    assert "source" not in answer
    assert get(client, answer["url"]) == answer


def test_every_result_has_a_url_that_works(client: FlaskClient) -> None:
    """Also those without a code, or with one that no path can hold."""
    results = get(client, "/api/v1/search", size=100)["results"]
    assert len(results) == len(ARTICLES)
    for result in results:
        assert get(client, result["url"])["key"] == result["key"]
    assert get(client, "/api/v1/article", key=BARE.key)["title"] == BARE.title


def test_suggest(client: FlaskClient) -> None:
    """Completions begin with what was typed; nothing typed has none."""
    answer = get(client, "/api/v1/suggest", q="بود")
    assert answer["query"] == "بود"
    assert "بودجه" in [suggestion["query"] for suggestion in answer["suggestions"]]
    assert get(client, "/api/v1/suggest") == {"query": "", "suggestions": []}


def test_status(client: FlaskClient) -> None:
    """What the archive holds."""
    answer = get(client, "/api/v1/status")
    assert (answer["title"], answer["articles"], answer["generation"]) == ("بایگانی آزمون", len(ARTICLES), 1)
    assert {"value": "ورزشی", "count": 30} in answer["sections"]
    assert (answer["first_day"], answer["last_day"]) == ("2018-01-01", "2021-07-15")
    assert answer["size"] > 0


def test_problem_shape(client: FlaskClient) -> None:
    """The one shape of an error, in full."""
    response = client.get("/api/v1/search?page=0")
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert response.json == {
        "type": "urn:bayegan:problem:invalid-parameter",
        "title": "Bad Request",
        "status": 400,
        "detail": "page must be a whole number from 1 to 1000000",
        "title_fa": "این درخواست را نمی‌توان فهمید",
        "detail_fa": "مقدار page باید عددی از ۱ تا ۱۰۰۰۰۰۰ باشد.",
        "parameter": "page",
    }


@pytest.mark.parametrize(
    ("url", "status", "kind", "parameter"),
    [
        ("/api/v1/search?size=100000", 400, "invalid-parameter", "size"),
        ("/api/v1/search?from=abc", 400, "invalid-parameter", "from"),
        ("/api/v1/search?from=1400-13-01", 400, "invalid-parameter", "from"),
        ("/api/v1/search?from=1400&to=1399", 400, "invalid-parameter", "to"),
        ("/api/v1/search?sort=best", 400, "invalid-parameter", "sort"),
        ("/api/v1/search?q=" + "a" * 10_000, 400, "invalid-parameter", "q"),
        ("/api/v1/suggest?q=" + "a" * 10_000, 400, "invalid-parameter", "q"),
        ("/api/v1/articles/برنا/0", 404, "not-found", None),
        ("/api/v1/article?key=none", 404, "not-found", None),
        ("/api/v1/nothing", 404, "not-found", None),
    ],
)
def test_problems(client: FlaskClient, url: str, status: int, kind: str, parameter: str | None) -> None:
    """Each error has its status and kind, names the parameter at fault, and speaks both languages."""
    response = client.get(url)
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    problem = response.json
    assert (problem["status"], problem["type"]) == (status, f"urn:bayegan:problem:{kind}")
    assert problem.get("parameter") == parameter
    assert problem["detail"].replace("برنا", "").isascii()
    assert not problem["detail_fa"].isascii()


def test_other_methods_are_a_problem(client: FlaskClient) -> None:
    """405 keeps the header that says what is allowed."""
    response = client.delete("/api/v1/search")
    assert (response.status_code, response.content_type) == (405, "application/problem+json")
    assert {"GET", "HEAD"} <= response.allow


def test_an_archive_without_an_index(tmp_path: Any, caplog: pytest.LogCaptureFixture) -> None:
    """503, with what to do, and a line in the log; the help page is still there."""
    client = create_app({"ARCHIVE": tmp_path / "empty"}).test_client()
    response = client.get("/api/v1/search")
    assert (response.status_code, response.json["type"]) == (503, "urn:bayegan:problem:archive-not-found")
    assert "bayegan index" in response.json["detail"]
    assert "bayegan index" in caplog.text
    assert client.get("/").status_code == 503
    assert client.get("/help").status_code == 200


def test_a_fault_of_ours_tells_nothing(archive: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody foresaw is a 500 in the one shape, without a word of the exception."""
    app = create_app({"ARCHIVE": archive, "PROPAGATE_EXCEPTIONS": False})
    monkeypatch.setattr(type(archive.searcher()), "status", lambda _: 1 / 0)
    response = app.test_client().get("/api/v1/status")
    assert (response.status_code, response.content_type) == (500, "application/problem+json")
    assert "division" not in response.text
