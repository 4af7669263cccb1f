"""Saved pages in the layouts of different agencies, each against the article that is in it."""

import json
from pathlib import Path

import pytest

from search.article import Article
from search.sources import Profile, read
from tests.sources.golden import FIXTURES, plain

PAGES = sorted(path for folder in ("text", "html") for path in (FIXTURES / folder).iterdir() if path.suffix != ".json")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_page_gives_exactly_the_article_in_it(page: Path) -> None:
    """Title, kicker, lead, body, date, code and the rest are found, and nothing of the site around them."""
    expected = json.loads(page.with_name(page.name + ".json").read_text(encoding="utf-8"))
    found = list(read(page, Profile()))
    assert [plain(one) for one in found] == [expected]
    assert found[0].source == str(page)


def test_every_layout_is_there() -> None:
    """At least twelve pages of text and twelve of HTML stand for the shapes of the agencies' sites."""
    assert len([page for page in PAGES if page.suffix == ".txt"]) >= 12
    assert len([page for page in PAGES if page.suffix == ".html"]) >= 12


def test_default_agency_is_used_only_where_the_page_names_none() -> None:
    """The profile's agency fills the gap, and keeps its own spelling where the page means the same one."""
    silent, signed = FIXTURES / "text" / "no_date.txt", FIXTURES / "text" / "menu_date_code.txt"
    agencies = []
    for page, default in ((silent, "جماران"), (signed, "جماران"), (signed, "خبرگزاری برنا")):
        (article,) = read(page, Profile(agency=default))
        assert isinstance(article, Article)
        agencies.append(article.agency)
    assert agencies == ["جماران", "برنا", "خبرگزاری برنا"]


def test_lead_is_not_repeated_in_the_body() -> None:
    """A page that prints its lead again as the first paragraph gives it once."""
    for page in PAGES:
        for article in read(page, Profile()):
            if isinstance(article, Article) and article.lead:
                assert article.lead not in article.body
