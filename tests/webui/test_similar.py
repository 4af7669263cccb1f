"""Near-duplicates as readers and programs meet them: collapsed results, the switch, the list beside an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from lxml import html

from search import cli
from search.archive import Archive
from search.article import Article
from tests.webui import newsroom
from webui import create_app

SENTENCES = (
    "رئیس سازمان هواشناسی کشور گفت از فردا سامانهٔ بارشی تازه‌ای از شمال‌غرب وارد کشور می‌شود.",
    "در استان‌های گیلان، مازندران و گلستان باران شدید همراه با رعد و برق پیش‌بینی می‌شود.",
    "کشاورزان باید برداشت محصول خود را تا پایان هفته به تأخیر بیندازند و از آبیاری مزارع خودداری کنند.",
    "رانندگان نیز بهتر است از سفرهای غیرضروری در جاده‌های کوهستانی پرهیز و زنجیر چرخ همراه داشته باشند.",
    "دمای هوای تهران تا ده درجه کاهش می‌یابد و در ارتفاعات البرز نخستین برف پاییزی خواهد بارید.",
)
STORY = Article(
    title="سامانهٔ بارشی تازه در راه است",
    lead=SENTENCES[0],
    body=SENTENCES[1:],
    agency="ایرنا",
    code="100",
    published=date(2021, 11, 2),
)
#: Published in this order: the story; then by others, reordered, respelled and cut; one of them of an unknown day.
COPIES = (
    replace(STORY, agency="ایسنا", code="7", body=STORY.body[::-1], published=date(2021, 11, 3)),
    replace(
        STORY, agency="فارس", code="8", title="برف و باران در کشور", published=date(2021, 11, 4),
        body=tuple(text.replace("\u200c", " ").replace("ی", "ي") for text in STORY.body),
    ),
    replace(STORY, agency="مهر", code="9", body=STORY.body[:2], published=date(2021, 11, 5)),
    replace(STORY, agency="<b>", code="a/b", title="<script>x</script>", published=None),
)  # fmt: skip
OTHERS = tuple(
    Article(
        title=f"باران {number}", agency="ایرنا", code=str(200 + number), published=date(2021, 10, 1 + number),
        body=(" ".join(f"باران موضوع{number}{word} جداگانه{word * number}" for word in range(40)),),
    )
    for number in range(1, 13)
)  # fmt: skip
CLUSTER = (STORY, *COPIES)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A story that four agencies took over, and a dozen others that have a word in common with it."""
    return newsroom.write(tmp_path_factory.mktemp("similar"), (*OTHERS[:6], *COPIES[::-1], STORY, *OTHERS[6:]))


@pytest.fixture
def client(archive: Archive) -> FlaskClient:
    """A client of the app over it."""
    return create_app({"ARCHIVE": archive, "TESTING": True}).test_client()


def get(client: FlaskClient, url: str, **parameters: Any) -> dict[str, Any]:
    """The JSON at a URL, which must be there."""
    response = client.get(url, query_string=parameters or None)
    assert response.status_code == 200
    found: dict[str, Any] = response.json
    return found


def page(client: FlaskClient, url: str) -> html.HtmlElement:
    """The page at a URL, which must be there."""
    response = client.get(url)
    assert response.status_code == 200
    return html.fromstring(response.data)


def followed(client: FlaskClient, **parameters: Any) -> Iterator[dict[str, Any]]:
    """The answers of all pages."""
    answer = get(client, "/api/v1/search", **parameters)
    yield answer
    while answer["next"]:
        answer = get(client, answer["next"])
        yield answer


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
def test_pages_hold_every_group_once(client: FlaskClient, sort: str) -> None:
    """Collapsed, the pages have one article of the cluster and each of the others, in every order; counts stay."""
    answers = list(followed(client, q="باران", sort=sort, collapse="duplicates", size=4))
    codes = [result["code"] for answer in answers for result in answer["results"]]
    assert len(codes) == len(set(codes)) == 13
    assert len(set(codes) & {article.code for article in CLUSTER}) == 1
    for answer in answers:
        assert (answer["total"], answer["articles"], answer["pages"]) == (13, 17, 4)
    plain = get(client, "/api/v1/search", q="باران", sort=sort)
    assert (plain["total"], plain["articles"]) == (17, 17)
    assert {name: one["count"] for one in plain["facets"]["agency"]["values"] for name in [one["value"]]} == {
        "ایرنا": 13, "ایسنا": 1, "فارس": 1, "مهر": 1, "<b>": 1,
    }  # fmt: skip
    assert [one["count"] for one in answers[0]["facets"]["agency"]["values"]] == [13, 1, 1, 1, 1]
    assert [b["count"] for b in answers[0]["histogram"]["buckets"]] == [
        b["count"] for b in plain["histogram"]["buckets"]
    ]


def test_the_first_in_the_order_stands_for_all(client: FlaskClient) -> None:
    """By date it is the newest or the oldest, of those that the filters leave; `similar` counts the whole cluster."""
    for parameters, wanted in (
        ({"sort": "oldest"}, "100"),
        ({"sort": "newest"}, "9"),
        ({"sort": "newest", "agency": ["فارس", "ایسنا"]}, "8"),
    ):
        results = get(client, "/api/v1/search", q="باران", collapse="duplicates", size=20, **parameters)["results"]
        (found,) = [result for result in results if result["similar"]]
        assert (found["code"], found["similar"]) == (wanted, 4)
        listed = get(client, found["similar_url"])
        assert (listed["key"], listed["total"]) == (found["key"], 4)
        assert [result["similar_url"] for result in results if not result["similar"]] == [None] * (len(results) - 1)


def test_plain_results_do_not_count(client: FlaskClient) -> None:
    """Without collapsing there is no number of similar articles, and no link to them."""
    results = get(client, "/api/v1/search", q="باران")["results"]
    assert {(result["similar"], result["similar_url"]) for result in results} == {(None, None)}


@pytest.mark.parametrize("article", CLUSTER, ids=lambda article: article.key)
def test_similar_articles(client: FlaskClient, article: Article) -> None:
    """Each member lists the others, first published first, an unknown day last; by key where a path cannot hold it."""
    if article.agency == "<b>":
        found = get(client, "/api/v1/article/similar", key=article.key)
    else:
        found = get(client, f"/api/v1/articles/{article.agency}/{article.code}/similar")
    assert found["total"] == 4
    assert [one["key"] for one in found["articles"]] == [one.key for one in CLUSTER if one.key != article.key]
    assert get(client, found["url"])["key"] == article.key
    assert "body" not in found["articles"][0]


def test_nothing_similar(client: FlaskClient) -> None:
    """An article of its own has an empty list; one that is not there is not found."""
    assert get(client, "/api/v1/articles/ایرنا/201/similar")["articles"] == []
    assert client.get("/api/v1/articles/ایرنا/0/similar").status_code == 404
    assert client.get("/api/v1/article/similar").status_code == 404
    assert client.get("/api/v1/search?collapse=everything").status_code == 400


def test_the_switch(client: FlaskClient) -> None:
    """Results are not collapsed unless asked; the switch collapses them, is kept by every link, and undoes."""
    plain = page(client, "/?q=باران&sort=newest")
    (switch,) = plain.xpath("//a[@class='switch']")
    assert switch.get("aria-current") is None
    assert "۱۷ خبر" in plain.xpath("string(//h1)")
    assert not plain.xpath("//details[@class='similar']")
    collapsed = page(client, switch.get("href"))
    (again,) = collapsed.xpath("//a[@class='switch']")
    assert again.get("aria-current") == "true"
    heading = " ".join(collapsed.xpath("string(//h1)").split())
    assert heading.startswith("۱۳ خبر برای «باران» (با همانندها ۱۷ خبر، ")
    assert collapsed.xpath("//input[@name='collapse']/@value")
    for link in collapsed.xpath("//nav[@class='pages']//a/@href | //section//a/@href"):
        assert "collapse=duplicates" in link
    assert "collapse" not in again.get("href")
    assert unquote(again.get("href")) == "/?q=باران&sort=newest"


def test_from_a_result_to_those_like_it(client: FlaskClient) -> None:
    """A collapsed result opens to those like it, and so does its article: title, date, agency, in order, escaped."""
    (opened,) = page(client, "/?q=باران&sort=oldest&collapse=duplicates&size=20").xpath("//details[@class='similar']")
    assert opened.xpath("string(summary)") == "و ۴ خبر همانند"
    (section,) = page(client, "/articles/ایرنا/100").xpath("//section[@id='similar']")
    assert section.xpath("string(h2)") == "۴ خبر همانند"
    for shown in (opened, section):
        assert not shown.xpath("p")
        assert [" ".join(item.text_content().split()) for item in shown.xpath("ol/li")] == [
            "سامانهٔ بارشی تازه در راه است ۱۲ آبان ۱۴۰۰ ایسنا",
            "برف و باران در کشور ۱۳ آبان ۱۴۰۰ فارس",
            "سامانهٔ بارشی تازه در راه است ۱۴ آبان ۱۴۰۰ مهر",
            "<script>x</script> <b>",
        ]
    assert opened.xpath("ol/li/a/@href")[0].endswith("?q=" + quote("باران"))
    for place in section.xpath("ol/li/a/@href"):
        assert page(client, place).xpath("//section[@id='similar']")
    assert not page(client, "/articles/ایرنا/201").xpath("//section[@id='similar']")


def test_on_the_command_line(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    """`search --collapse duplicates` tells how many are like a result; `show --similar` lists them."""

    def bayegan(*arguments: str) -> str:
        with pytest.raises(SystemExit) as left:
            cli.main([*arguments, "--archive", str(archive.directory)])
        assert left.value.code == 0
        return capsys.readouterr().out

    out = bayegan("search", "باران", "--sort", "oldest", "--size", "20", "--collapse", "duplicates")
    assert out.count("و ۴ خبر همانند") == 1
    assert "۱۳ نتیجه (با همانندها ۱۷ خبر) در " in out
    out = bayegan("show", "--agency", "ایرنا", "100", "--similar")
    assert out.startswith("۴ خبر همانند «سامانهٔ بارشی تازه در راه است»\n")
    assert out.index("ایسنا · ۱۲ آبان") < out.index("فارس · ۱۳ آبان") < out.index("مهر · ۱۴ آبان")
    assert '"total":4' in bayegan("show", "--agency", "ایرنا", "100", "--similar", "--json").replace(" ", "")


def test_a_long_list_ends(tmp_path: Any) -> None:
    """Of hundreds of copies the first hundred are listed, beside a result the first five; the number of all is told."""
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(130)]
    articles = tuple(replace(STORY, code=str(number), published=day) for number, day in enumerate(days))
    client = create_app({"ARCHIVE": newsroom.write(tmp_path, articles), "TESTING": True}).test_client()
    found = get(client, "/api/v1/articles/ایرنا/50/similar")
    assert found["total"] == 129
    assert [one["code"] for one in found["articles"]] == [str(number) for number in range(101) if number != 50]
    (section,) = page(client, "/articles/ایرنا/50").xpath("//section[@id='similar']")
    assert len(section.xpath("ol/li")) == 100
    assert section.xpath("string(p)") == "و ۲۹ خبر دیگر"
    (opened,) = page(client, "/?q=باران&collapse=duplicates").xpath("//details[@class='similar']")
    assert len(opened.xpath("ol/li")) == 5
    (more,) = opened.xpath("p/a")
    assert (more.text_content(), more.get("href").endswith("#similar")) == ("و ۱۲۴ خبر دیگر", True)
