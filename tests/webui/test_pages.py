"""The pages that readers see, through the app on a real archive."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml import html

from tests.webui.newsroom import ARTICLES, BARE, BUDGET, MATCHES


def page(client: FlaskClient, url: str, status: int = 200) -> html.HtmlElement:
    """The page at a URL, read as a browser reads it."""
    response = client.get(url)
    assert (response.status_code, response.mimetype) == (status, "text/html")
    return html.document_fromstring(response.text)


def text(element: html.HtmlElement) -> str:
    """The text of an element, with single spaces."""
    return " ".join(element.text_content().split())


def texts(root: html.HtmlElement, selector: str) -> list[str]:
    """The texts of all elements of a selector."""
    return [text(element) for element in root.cssselect(selector)]


def link(root: html.HtmlElement, selector: str, words: str) -> str:
    """The address of the first link under a selector whose text holds the words."""
    found = next(element for element in root.cssselect(f"{selector} a") if words in text(element))
    return str(found.get("href"))


def titles(root: html.HtmlElement) -> list[str]:
    """The titles of the results."""
    return texts(root, ".hit h2")


def test_every_page_is_persian_and_right_to_left(client: FlaskClient) -> None:
    """Language, direction, one main landmark, one first heading, and a skip link that leads somewhere."""
    for url in ("/", "/?q=بودجه", "/?q=ناموجودترین", "/help", "/about", "/articles/برنا/1207254"):
        root = page(client, url)
        assert (root.get("lang"), root.get("dir")) == ("fa", "rtl")
        assert len(root.cssselect("main#content")) == 1
        assert len(root.cssselect("h1")) == 1
        assert root.cssselect("a.skip")[0].get("href") == "#content"


def test_front_page(client: FlaskClient) -> None:
    """It names the archive and its extent, shows the newest articles, all years, and ways in by section and agency."""
    root = page(client, "/")
    assert text(root.cssselect("h1")[0]) == "بایگانی آزمون"
    assert f"{len(ARTICLES)}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) in text(root.cssselect(".hero p")[0])
    assert titles(root)[0] == BUDGET.title
    assert root.cssselect(".chart svg a")
    assert "/?section=" in link(root, ".tiles", "سیاسی")


def test_a_result_shows_what_a_reader_needs(client: FlaskClient) -> None:
    """Title and snippet with what matched, Jalali date, section, agency, and a link that remembers the words."""
    root = page(client, "/?q=بودجه")
    assert titles(root)[0] == BUDGET.title
    hit = root.cssselect(".hit")[0]
    assert "بودجه" in texts(hit, "h2 mark")
    assert texts(hit, ".snippet mark")
    assert texts(hit, ".facts li") == ["۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷", "سیاسی", "برنا"]
    target = urlsplit(hit.cssselect("h2 a")[0].get("href"))
    assert dict(parse_qsl(target.query)) == {"q": "بودجه"}
    assert root.cssselect("input[name=q]")[0].get("value") == "بودجه"


@pytest.mark.parametrize("spelling", ["کتاب‌ها", "کتاب ها", "کتابها", "كتابها"])
def test_every_spelling_finds_all(client: FlaskClient, spelling: str) -> None:
    """However the half-space and the letters are typed, all three articles are found, and marked."""
    root = page(client, f"/?q={spelling}")
    assert len(titles(root)) == 3
    assert len(root.cssselect(".hit h2 mark")) >= 3


def test_facets_are_combined_and_removed(client: FlaskClient) -> None:
    """Values of one facet add up, facets narrow, chips take them off; links lead there, not scripts."""
    root = page(client, "/?q=تیم")
    assert text(root.cssselect(".tally h1")[0]).startswith("۳۰ خبر")
    root = page(client, link(root, ".facet", "برنا"))
    assert text(root.cssselect(".tally h1")[0]).startswith("۱۰ خبر")
    root = page(client, link(root, ".facet", "ایسنا"))
    assert text(root.cssselect(".tally h1")[0]).startswith("۲۰ خبر")
    assert len(root.cssselect(".chips li a:not(.clear)")) == 2
    assert set(texts(root, ".facet a[aria-current=true] bdi")) == {"برنا", "ایسنا"}
    root = page(client, link(root, ".chips", "برنا"))
    assert text(root.cssselect(".tally h1")[0]).startswith("۱۰ خبر")
    root = page(client, link(root, ".facet", "ایسنا"))
    assert text(root.cssselect(".tally h1")[0]).startswith("۳۰ خبر")
    assert not root.cssselect(".chips")


def test_histogram_leads_from_year_to_month_to_day_and_back(client: FlaskClient) -> None:
    """Each bar holds exactly the articles that its label counts."""
    root = page(client, "/?q=تیم&year=1399")
    total = text(root.cssselect(".tally h1")[0]).split()[0]
    bar = root.cssselect(".chart svg a")[0]
    assert bar.get("aria-label").endswith(" خبر")
    root = page(client, bar.get("href"))
    assert text(root.cssselect(".tally h1")[0]).split()[0] == bar.get("aria-label").split()[-2]
    bar = root.cssselect(".chart svg a")[0]
    root = page(client, bar.get("href"))
    assert len(titles(root)) == 1
    assert len(texts(root, ".crumbs li")) == 4
    root = page(client, link(root, ".crumbs", "۱۳۹۹"))
    assert text(root.cssselect(".tally h1")[0]).split()[0] == total


def test_pages_hold_every_result_once(client: FlaskClient) -> None:
    """Following «next» from the first page shows each of the thirty articles once, and then ends."""
    seen: list[str] = []
    url: str | None = "/?q=تیم&sort=oldest"
    while url:
        root = page(client, url)
        seen += titles(root)
        following = root.cssselect(".pages a[rel=next]")
        url = following[0].get("href") if following else None
    assert seen == [match.title for match in MATCHES]


def test_sorting(client: FlaskClient) -> None:
    """The orders are links, and the current one is marked."""
    root = page(client, link(page(client, "/?q=تیم"), ".sort", "تازه‌ترین"))
    assert titles(root)[0] == MATCHES[-1].title
    assert texts(root, ".sort a[aria-current]") == ["تازه‌ترین"]


def test_forms_keep_the_search(client: FlaskClient) -> None:
    """New words keep the filters; a new range keeps the words and the other filters."""
    root = page(client, "/?q=تیم&agency=برنا&sort=oldest&from=1399&page=2")
    kept = {(field.get("name"), field.get("value")) for field in root.cssselect("form.search input[type=hidden]")}
    assert kept == {("agency", "برنا"), ("from", "1399-01-01"), ("sort", "oldest")}
    ranged = {(field.get("name"), field.get("value")) for field in root.cssselect("form.range input")}
    assert ranged == {("q", "تیم"), ("agency", "برنا"), ("sort", "oldest"), ("from", "۱۳۹۹/۰۱/۰۱"), ("to", "")}


def test_a_typed_range_is_understood(client: FlaskClient) -> None:
    """Persian digits and names of months work in the form as everywhere."""
    root = page(client, "/?q=&from=تیر ۱۴۰۰&to=۱۴۰۰/۰۴/۳۱")
    assert titles(root) == [BUDGET.title]


def test_nothing_found_helps(client: FlaskClient) -> None:
    """It says so, and offers the same words without the filters."""
    root = page(client, "/?q=بودجه&section=ورزشی")
    assert "پیدا نشد" in text(root.cssselect("h1")[0])
    assert titles(page(client, link(root, ".empty", "بدون پالایه‌ها")))[0] == BUDGET.title


def test_beyond_the_last_page(client: FlaskClient) -> None:
    """An empty page says how many there are, and leads to the last one."""
    root = page(client, "/?q=تیم&page=99")
    assert "۳ صفحه" in text(root.cssselect(".empty")[0])
    assert len(titles(page(client, link(root, ".empty", "آخرین صفحه")))) == 10


def test_words_that_never_meet(client: FlaskClient) -> None:
    """When no article has all the words, those with some of them are shown, and it is said."""
    root = page(client, "/?q=بودجه ورزشگاه تماشاگران")
    assert titles(root)
    assert any("همهٔ این واژه‌ها" in notice for notice in texts(root, ".notice p"))


def test_a_misspelled_query_is_helped(client: FlaskClient) -> None:
    """A word that no article has leads to the word that was meant, with a link to it."""
    root = page(client, "/?q=تماشاگرانن")
    assert "تماشاگران" in link_texts(root, ".notice.offer")


def link_texts(root: html.HtmlElement, selector: str) -> list[str]:
    """The texts of the links under a selector."""
    return texts(root, f"{selector} a")


def test_article(client: FlaskClient) -> None:
    """The article whole, what matched marked, its metadata with ways to more, and the address it came from."""
    root = page(client, "/articles/برنا/1207254?q=بودجه")
    assert texts(root, "article h1") == [BUDGET.title]
    assert texts(root, ".kicker") == [BUDGET.kicker]
    assert texts(root, ".lead") == [BUDGET.lead]
    assert texts(root, ".text p") == list(BUDGET.body)
    assert texts(root, "article mark") == ["بودجه", "بودجه", "بودجه"]
    record = dict(zip(texts(root, "dt"), texts(root, "dd"), strict=True))
    assert record == {
        "تاریخ": "پنجشنبه ۲۴ تیر ۱۴۰۰، ساعت ۱۴:۲۷",
        "تاریخ میلادی": "2021-07-15 14:27",
        "بخش": "سیاسی",
        "خبرگزاری": "برنا",
        "کد خبر": "1207254",
        "نویسنده": "سارا رضایی",
        "نشانی": "https://example.org/news/1207254",
        "تاریخ ذخیرهٔ صفحه": "۲۶ تیر ۱۴۰۰، ساعت ۰۱:۱۵",
    }
    assert BUDGET.title in titles(page(client, link(root, "dd", "پنجشنبه")))
    assert BUDGET.title in titles(page(client, link(root, ".tiles", "مجلس")))
    assert BUDGET.title in titles(page(client, link(root, ".back", "بودجه")))


def test_article_without_agency_and_date(client: FlaskClient) -> None:
    """It is reached through its key, and says that its date is unknown."""
    root = page(client, "/?q=بی‌نشان")
    root = page(client, root.cssselect(".hit h2 a")[0].get("href"))
    assert texts(root, "article h1") == [BARE.title]
    assert texts(root, "dd") == ["نامعلوم"]


@pytest.mark.parametrize("url", ["/articles/برنا/0", "/article?key=none", "/article", "/nowhere"])
def test_what_is_not_there(client: FlaskClient, url: str) -> None:
    """A page that is missing is a 404 that offers a search box and the way home."""
    root = page(client, url, status=404)
    assert root.cssselect("form.search")
    assert link(root, "main", "صفحهٔ نخست") == "/"


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("/?page=0", "page"),
        ("/?size=100000", "size"),
        ("/?from=abc", "from"),
        ("/?q=" + "آ" * 10_000, "q"),
        ("/?month=1400-13", "month"),
    ],
)
def test_a_request_that_cannot_be(client: FlaskClient, url: str, parameter: str) -> None:
    """The page names the parameter at fault, in Persian, and keeps what was typed."""
    root = page(client, url, status=400)
    assert texts(root, "main code") == [parameter]
    assert root.cssselect("form.search input[name=q]")[0].get("value") == ("آ" * 10_000 if parameter == "q" else "")


@pytest.mark.parametrize("query", ['"بودجه', "*", "()", "بودجه )(", "عنوان:", "-", '""~', "||", "از:چیزی بودجه"])
def test_malformed_queries_are_words(client: FlaskClient, query: str) -> None:
    """Whatever is typed, there is a page of results or of help, never an error."""
    response = client.get("/", query_string={"q": query})
    assert response.status_code == 200


def test_status_page(client: FlaskClient) -> None:
    """What the archive holds, in Persian digits."""
    root = page(client, "/about")
    record = dict(zip(texts(root, "dt"), texts(root, "dd"), strict=True))
    assert record["خبرها"] == "۳۶"
    assert record["تاریخ"] == "از ۱۱ دی ۱۳۹۶ تا ۲۴ تیر ۱۴۰۰"


def test_examples_of_the_help_page_work(client: FlaskClient) -> None:
    """Every example is a link to a search that is understood without a hint."""
    examples = page(client, "/help").cssselect("main td a")
    assert len(examples) > 10
    for example in examples:
        root = page(client, example.get("href"))
        assert not [notice for notice in texts(root, ".notice:not(.offer) p") if "همهٔ این واژه‌ها" not in notice]


@pytest.mark.parametrize("url", ["/", "/?q=بودجه", "/articles/برنا/1207254", "/api/v1/search", "/feed.atom"])
def test_head(client: FlaskClient, url: str) -> None:
    """HEAD has the headers of GET and no body."""
    head, get = client.head(url), client.get(url)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_type == get.content_type


def test_nothing_can_be_written(client: FlaskClient) -> None:
    """Other methods are refused, and told which ones are allowed."""
    response = client.post("/")
    assert response.status_code == 405
    assert {"GET", "HEAD"} <= response.allow
