"""The Atom feed of a search, and the OpenSearch description."""

from __future__ import annotations

from flask.testing import FlaskClient
from lxml import etree

from tests.webui.newsroom import BUDGET, MATCHES

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_a_feed_has_the_newest_first(client: FlaskClient) -> None:
    """Whatever order is asked, the entries are the newest, each with id, link, date, author and summary."""
    response = client.get("/feed.atom?q=تیم&sort=oldest&page=2")
    assert (response.status_code, response.mimetype) == (200, "application/atom+xml")
    feed = etree.fromstring(response.data)
    assert feed.xpath("a:entry/a:title/text()", namespaces=ATOM) == [match.title for match in reversed(MATCHES)]
    for name in ("id", "updated", "author/a:name", "summary"):
        assert len(feed.xpath(f"a:entry/a:{name}", namespaces=ATOM)) == len(MATCHES)


def test_times_are_rfc_3339(client: FlaskClient) -> None:
    """A time has its offset, a date alone is midnight in Tehran, and the feed is as new as its newest entry."""
    feed = etree.fromstring(client.get("/feed.atom").data)
    updated = feed.xpath("a:entry/a:updated/text()", namespaces=ATOM)
    assert updated[0] == feed.xpath("string(a:updated)", namespaces=ATOM) == "2021-07-15T14:27:27+04:30"
    assert all(len(moment) == len("2021-07-15T14:27:27+04:30") for moment in updated)


def test_entries_lead_to_the_articles(client: FlaskClient) -> None:
    """The link of an entry is a whole URL of the page of its article."""
    feed = etree.fromstring(client.get("/feed.atom?q=بودجه").data)
    url = feed.xpath("string(a:entry/a:link/@href)", namespaces=ATOM)
    assert BUDGET.title in client.get(url).text


def test_a_feed_of_nothing_is_a_feed(client: FlaskClient) -> None:
    """Without results it is still valid: id, title, updated."""
    feed = etree.fromstring(client.get("/feed.atom?section=ناموجود").data)
    assert feed.xpath("string(a:updated)", namespaces=ATOM)
    assert not feed.xpath("a:entry", namespaces=ATOM)


def test_browsers_can_add_the_search(client: FlaskClient) -> None:
    """The description has the template of a search."""
    response = client.get("/opensearch.xml")
    root = etree.fromstring(response.data)
    assert root.xpath("string(//@template)") == "http://localhost/?q={searchTerms}"
