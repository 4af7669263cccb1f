"""Feeds and sitemaps saved on disk: every item an article, or a rejection that says why."""

import json
from pathlib import Path

import pytest

from search.article import Article
from search.errors import RejectedInput
from search.sources import Profile, read
from tests.sources.golden import FIXTURES, plain

FEEDS = sorted(path for path in (FIXTURES / "feeds").iterdir() if path.suffix != ".json")
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


def found(tmp_path: Path, text: str, name: str = "feed") -> list[Article | RejectedInput]:
    """What a file with this text gives."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(read(path, Profile()))


def rss(items: str) -> str:
    """A feed of RSS with these items."""
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>سایت</title>{items}</channel></rss>"


@pytest.mark.parametrize("feed", FEEDS, ids=lambda path: path.name)
def test_feed_gives_exactly_its_items(feed: Path) -> None:
    """RSS 1.0 and 2.0, Atom, damaged and in windows-1256, and sitemaps: each item as it is, at its line."""
    expected = json.loads(feed.with_name(feed.name + ".json").read_text(encoding="utf-8"))
    articles = list(read(feed, Profile()))
    assert [plain(one) for one in articles] == expected
    lines = feed.read_bytes().splitlines()
    for one in articles:
        path, _, line = one.source.rpartition(":")
        if path == str(feed):
            assert lines[int(line) - 1].lstrip().startswith((b"<item", b"<entry"))


def test_one_section_and_the_rest_tags(tmp_path: Path) -> None:
    """A single category is the section; of several, the first that is a section's name, and the others are tags."""
    item = "<item><title>ت</title><description>متن خبر</description>{}</item>"
    labels = [["رویدادها"], ["شهر نو", "استانها", "سیاسی"], ["شهر نو", "باغ"]]
    items = "".join(item.format("".join(f"<category>{label}</category>" for label in row)) for row in labels)
    assert [(one.section, one.tags) for one in found(tmp_path, rss(items)) if isinstance(one, Article)] == [
        ("رویدادها", ()),
        ("استان‌ها", ("شهر نو", "سیاسی")),
        ("", ("شهر نو", "باغ")),
    ]


def test_summary_that_the_text_begins_with_is_no_lead(tmp_path: Path) -> None:
    """A description that is a part of the content, cut short or not, is not kept beside it."""
    text = "<p>نخستین بند خبر درباره باغ‌های شهر است.</p><p>بند دوم.</p>"
    item = "<item><title>ت</title><description>{}</description><content:encoded><![CDATA[{}]]></content:encoded></item>"
    cut, other = found(
        tmp_path, rss(item.format("نخستین بند خبر درباره [...]", text) + item.format("چکیده‌ای دیگر", text))
    )
    assert isinstance(cut, Article)
    assert isinstance(other, Article)
    assert (cut.lead, len(cut.body)) == ("", 2)
    assert (other.lead, len(other.body)) == ("چکیده‌ای دیگر", 2)


def test_entities_are_never_expanded_and_nothing_is_fetched(tmp_path: Path) -> None:
    """What a document type declares is not read: a bomb and a file stay the names they are."""
    secret = tmp_path / "secret"
    secret.write_text("راز")
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ها">{BOMB}<!ENTITY file SYSTEM "file://{secret}">]>'
    (one,) = found(tmp_path, doctype + rss("<item><title>ت</title><description>متن &e9; و &file;</description></item>"))
    assert isinstance(one, Article)
    assert one.lead == "متن &e9; و &file;"


def test_prefixed_atom_and_uppercase(tmp_path: Path) -> None:
    """A feed whose elements all have a prefix, and one in capitals, are read like others."""
    atom = "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>ت</a:title></a:entry></a:feed>"
    (one,) = found(tmp_path, atom)
    assert isinstance(one, RejectedInput)
    assert one.reason == "an item without text, neither content nor summary"
    (two,) = found(
        tmp_path, "<RSS><CHANNEL><ITEM><TITLE>ت</TITLE><DESCRIPTION>متن</DESCRIPTION></ITEM></CHANNEL></RSS>"
    )
    assert isinstance(two, Article)
    assert (two.title, two.lead) == ("ت", "متن")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rss(""), "a feed without items"),
        (
            "<sitemapindex><sitemap><loc>a</loc></sitemap></sitemapindex>",
            "an index of sitemaps (1), without the text of",
        ),
        (rss("<item>" + "ا" * (4 << 20) + "</item>"), "a record longer than 4 MB, the limit; split it"),
    ],
)
def test_what_is_no_feed_of_articles(tmp_path: Path, text: str, reason: str) -> None:
    """Each is one rejection that says what it is."""
    (one,) = found(tmp_path, text)
    assert isinstance(one, RejectedInput)
    assert one.reason.startswith(reason)


def test_too_long_an_item_costs_itself_only(tmp_path: Path) -> None:
    """The items around one that is over the limit are read, with their lines."""
    good = "<item><title>ت</title><description>متن</description></item>\n"
    items = f"\n{good}<item>\n{'ا' * (5 << 20)}\n</item>\n{good}"
    first, bad, last = found(tmp_path, rss(items))
    assert (type(first), type(bad), type(last)) == (Article, RejectedInput, Article)
    assert [one.source.rpartition(":")[2] for one in (first, bad, last)] == ["2", "3", "6"]


def test_other_xml_and_pages_are_no_feeds(tmp_path: Path) -> None:
    """A page that speaks of feeds is a page."""
    html = "<!DOCTYPE html><html><h1>عنوان خبر روز</h1><p>متن خبر درباره &lt;rss&gt; است و جمله دارد.</p></html>"
    (one,) = found(tmp_path, html)
    assert isinstance(one, Article)
    assert one.title == "عنوان خبر روز"
