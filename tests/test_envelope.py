"""The JSON of a search: its shape, its links, and that nothing in a highlight can break out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from search import jalali
from search.article import Article
from search.envelope import Links, article_record, envelope, jalali_text, marked_html, to_json
from search.request import SearchRequest
from search.result import Bucket, Facet, FacetValue, Histogram, Hit, Marked, SearchResult, Suggestion

ARTICLE = Article(
    title="مجلس <بودجه>",
    body=("متن",),
    agency="برنا",
    code="12",
    section="سیاسی",
    published=datetime(2021, 7, 15, 14, 27, 27, tzinfo=jalali.tehran()),
    url="https://example.org/12",
    source="/home/secret/12.txt",
    notes=("بدون لید",),
)

RESULT = SearchResult(
    request=SearchRequest(query="مجلس", section=("سیاسی",), page=2, size=1),
    hits=(Hit(ARTICLE, 3.25, Marked(ARTICLE.title, ((0, 4),)), (Marked("متن"),), 2),),
    total=3,
    articles=5,
    facets=(
        Facet(
            "section",
            "بخش",
            (FacetValue("سیاسی", "سیاسی", 3, True), FacetValue("ورزشی", "ورزشی", 1, False)),
            other=4,
            missing=5,
        ),
    ),
    histogram=Histogram("year", (Bucket(date(2021, 3, 21), date(2022, 3, 20), "1400", "۱۴۰۰", 3),)),
    suggestion=Suggestion("مجلسی", "spelling", False),
    relaxed=False,
    hints=("راهنما",),
    complete=True,
    took_ms=1.23456,
    generation=7,
)

EXPECTED = {
    "query": "مجلس",
    "total": 3,
    "articles": 5,
    "page": 2,
    "size": 1,
    "pages": 3,
    "next": "S q=مجلس section=سیاسی page=3 size=1",
    "previous": "S q=مجلس section=سیاسی size=1",
    "took_ms": 1.235,
    "generation": 7,
    "complete": True,
    "relaxed": False,
    "hints": ["راهنما"],
    "results": [
        {
            "key": "برنا/12",
            "agency": "برنا",
            "code": "12",
            "title": "مجلس <بودجه>",
            "kicker": "",
            "lead": "",
            "section": "سیاسی",
            "tags": [],
            "author": "",
            "published": "2021-07-15T14:27:27+04:30",
            "published_jalali": "1400-04-24 14:27:27",
            "source_url": "https://example.org/12",
            "url": "A برنا/12",
            "score": 3.25,
            "similar": 2,
            "similar_url": "D برنا/12",
            "highlights": {"title": "<mark>مجلس</mark> &lt;بودجه&gt;", "snippets": ["متن"]},
        }
    ],
    "facets": {
        "section": {
            "label": "بخش",
            "values": [
                {"value": "سیاسی", "label": "سیاسی", "count": 3, "selected": True, "url": "S q=مجلس size=1"},
                {
                    "value": "ورزشی",
                    "label": "ورزشی",
                    "count": 1,
                    "selected": False,
                    "url": "S q=مجلس section=سیاسی section=ورزشی size=1",
                },
            ],
            "other": 4,
            "missing": 5,
        }
    },
    "histogram": {
        "interval": "year",
        "buckets": [
            {
                "from": "2021-03-21",
                "to": "2022-03-20",
                "value": "1400",
                "label": "۱۴۰۰",
                "count": 3,
                "url": "S q=مجلس section=سیاسی year=1400 size=1",
            }
        ],
    },
    "suggestion": {
        "query": "مجلسی",
        "kind": "spelling",
        "applied": False,
        "url": "S q=مجلسی section=سیاسی size=1",
    },
}


def spoken(request: SearchRequest) -> str:
    """A link that can be read: the parameters of the request."""
    return " ".join(["S", *(f"{name}={value}" for name, value in request.to_params())])


LINKS = Links(search=spoken, article=lambda article: f"A {article.key}", similar=lambda article: f"D {article.key}")


def test_the_whole_answer() -> None:
    """Every key of the envelope, with links that toggle, drill down, and turn pages; the path on disk is not told."""
    assert msgspec.json.decode(to_json(envelope(RESULT, LINKS))) == EXPECTED


@pytest.mark.parametrize(
    ("page", "total", "next_page", "previous_page"),
    [
        (1, 3, 2, None),
        (2, 3, 3, 1),
        (3, 3, None, 2),
        (1, 1, None, None),
        (1, 0, None, None),
        (9, 3, None, 3),
        (9, 0, None, None),
    ],
)
def test_pages_end(page: int, total: int, next_page: int | None, previous_page: int | None) -> None:
    """`next` and `previous` are null at the ends, and lead back to results from beyond them."""
    request = SearchRequest(page=page, size=1)
    links = Links(search=lambda request: str(request.page))
    answer = envelope(replace(RESULT, request=request, total=total, hits=()), links)
    assert (answer.next, answer.previous) == tuple(
        None if wanted is None else str(wanted) for wanted in (next_page, previous_page)
    )


def test_absent_parts_are_null() -> None:
    """No histogram, no suggestion and no date are null, not missing keys."""
    hit = replace(RESULT.hits[0], article=Article(title="بی‌تاریخ"))
    answer = msgspec.to_builtins(envelope(replace(RESULT, hits=(hit,), histogram=None, suggestion=None), LINKS))
    assert answer["histogram"] is None
    assert answer["suggestion"] is None
    assert answer["results"][0]["published"] is None
    assert answer["results"][0]["published_jalali"] is None


def test_without_a_web_server() -> None:
    """The command line prints the same records with relative links: parameters of a search, keys of articles."""
    answer = envelope(RESULT)
    assert answer.next == "?q=%D9%85%D8%AC%D9%84%D8%B3&section=%D8%B3%DB%8C%D8%A7%D8%B3%DB%8C&page=3&size=1"
    assert answer.results[0].url == "برنا/12"


def test_an_article_is_whole() -> None:
    """An article comes with its paragraphs and notes, and without the path of its source."""
    record = msgspec.json.decode(to_json(article_record(ARTICLE, LINKS)))
    assert record["body"] == ["متن"]
    assert record["notes"] == ["بدون لید"]
    assert (record["captured"], record["captured_jalali"]) == (None, None)
    assert "secret" not in str(record)


def test_an_article_tells_when_its_page_was_saved() -> None:
    """The moment in UTC as it is kept, and in the Jalali calendar of Tehran, where it is another day already."""
    saved = replace(ARTICLE, captured=datetime(2021, 7, 15, 21, 0, 5, tzinfo=UTC))
    record = msgspec.json.decode(to_json(article_record(saved, LINKS)))
    assert (record["captured"], record["captured_jalali"]) == ("2021-07-15T21:00:05+00:00", "1400-04-25 01:30:05")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (date(2021, 7, 15), "1400-04-24"),
        (datetime(2021, 7, 15, 14, 27, 27, tzinfo=jalali.tehran()), "1400-04-24 14:27:27"),
        (datetime.fromisoformat("2021-07-15T23:00:00+00:00"), "1400-04-25 03:30:00"),
    ],
)
def test_jalali_text(moment: datetime | date, text: str) -> None:
    """A moment is told in Tehran's calendar and clock."""
    assert jalali_text(moment) == text


@st.composite
def marked_texts(draw: st.DrawFn) -> Marked:
    """Any text that HTML can hold, with marks that ascend and do not overlap."""
    letters = st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("<>&\"'")
    text = draw(st.text(letters, min_size=1, max_size=40))
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    return Marked(text, tuple(zip(places[::2], places[1::2], strict=False)))


@given(marked_texts())
def test_highlights_say_the_text_and_nothing_else(marked: Marked) -> None:
    """Read as HTML, a highlight is the text itself, holds no element but <mark>, and marks exactly the places."""
    # The brackets keep the parser from dropping white space at the ends.
    tree = html.fragment_fromstring(f"<p>[{marked_html(marked)}]</p>")
    assert tree.text_content() == f"[{marked.text}]"
    assert [element.tag for element in tree] == ["mark"] * len(marked.marks)
    assert [element.text or "" for element in tree] == [marked.text[start:end] for start, end in marked.marks]
