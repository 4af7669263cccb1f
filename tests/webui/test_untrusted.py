"""An archive is untrusted input: whatever it holds is shown as text, and nothing of it acts."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml import etree, html

from search.result import Marked
from tests.webui.newsroom import HOSTILE
from webui import links, present


def hostile_pages(client: FlaskClient) -> list[str]:
    """Every page on which the hostile article shows."""
    article = client.get("/api/v1/article", query_string={"key": HOSTILE.key})
    assert article.status_code == 200
    urls = ["/?q=حمله", "/?year=1396", "/about", "/"]
    pages = [client.get(url).text for url in urls]
    pages.append(client.get("/article", query_string={"key": HOSTILE.key, "q": "حمله"}).text)
    return pages


def test_no_element_comes_from_the_archive(client: FlaskClient) -> None:
    """Read as a browser reads them, the pages hold no element or handler of the article's."""
    for page in hostile_pages(client):
        root = html.document_fromstring(page)
        assert len(root.cssselect("script")) == 1
        for selector in ("iframe", "main img", "i", "u", "b", "[onerror]", "[onmouseover]"):
            assert not root.cssselect(selector)


def test_it_is_shown_as_it_is(client: FlaskClient) -> None:
    """The reader sees the very text, and template syntax in it is not run."""
    root = html.document_fromstring(hostile_pages(client)[-1])
    assert root.cssselect("h1")[0].text_content() == HOSTILE.title
    assert root.cssselect(".text p")[0].text_content() == HOSTILE.body[0]


def test_addresses_that_act_are_no_links(client: FlaskClient) -> None:
    """`javascript:` is shown, but leads nowhere."""
    for page in hostile_pages(client):
        for element, _, address, _ in html.document_fromstring(page).iterlinks():
            assert address.startswith(("/", "#")), element


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/1", "https://example.org/1"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG"),
        ("javascript:alert(1)", ""),
        (" javascript:alert(1)", ""),
        ("JaVaScRiPt:alert(1)", ""),
        ("data:text/html,<script>", ""),
        ("//evil.example", ""),
        ("", ""),
    ],
)
def test_only_addresses_of_the_web_are_links(address: str, link: str) -> None:
    """http and https, and nothing else."""
    assert links.web_address(address) == link


def test_titles_are_isolated(client: FlaskClient) -> None:
    """A direction override in a text ends with the element: each text of the archive is isolated."""
    root = html.document_fromstring(client.get("/?q=حمله").text)
    assert root.cssselect(".hit h2")[0].get("dir") == "auto"
    assert root.cssselect(".facts bdi")


def test_the_query_is_untrusted_too(client: FlaskClient) -> None:
    """What is typed comes back as text, in the box, the heading and the links."""
    attack = '"><script>alert(1)</script>'
    root = html.document_fromstring(client.get("/", query_string={"q": attack}).text)
    assert len(root.cssselect("script")) == 1
    assert root.cssselect("input[name=q]")[0].get("value") == attack


def test_json_highlights_are_safe_html(client: FlaskClient) -> None:
    """`highlights` can be put into a page as they are: nothing but <mark>."""
    answer = client.get("/api/v1/search", query_string={"q": "حمله"}).json
    highlights = answer["results"][0]["highlights"]
    for text in (highlights["title"], *highlights["snippets"]):
        assert {element.tag for element in html.fragment_fromstring(text, create_parent="p").iter()} <= {"p", "mark"}


def test_feeds_hold_what_xml_cannot(client: FlaskClient) -> None:
    """The feed of the hostile article is well-formed, and its title the very text."""
    feed = etree.fromstring(client.get("/feed.atom?year=1396").data)
    assert feed.findtext("{*}entry/{*}title") == HOSTILE.title


def test_marks_are_the_only_markup() -> None:
    """The filter escapes inside and outside of marks."""
    assert present.marked(Marked("<a>&<b>", ((3, 4),))) == "&lt;a&gt;<mark>&amp;</mark>&lt;b&gt;"
