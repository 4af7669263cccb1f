"""Article <-> stored record and engine document."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from search import jalali, stored
from search.article import Article

words = st.text(max_size=20)
moments = st.datetimes(datetime(1800, 1, 1), datetime(2200, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=jalali.tehran(), fold=0)
)
articles = st.builds(
    Article,
    title=words,
    body=st.lists(words, max_size=3).map(tuple),
    kicker=words,
    lead=words,
    agency=words,
    code=words,
    section=words,
    tags=st.lists(words, max_size=3).map(tuple),
    author=words,
    published=st.none() | st.dates() | moments,
    url=words,
    captured=st.none() | st.datetimes(datetime(1800, 1, 1), timezones=st.just(UTC)),
    source=words,
    notes=st.lists(words, max_size=2).map(tuple),
)


@given(articles)
def test_what_is_stored_comes_back_equal(article):
    """Any article survives storing, with the kind of its date (none, a day, a moment) and its fingerprint."""
    back = stored.from_bytes(stored.to_bytes(article))
    assert back == article
    assert type(back.published) is type(article.published)
    assert back.fingerprint == article.fingerprint


def test_a_document_has_the_text_parts_and_exact_values():
    """Kicker and lead share a field, paragraphs are lines, empty values are left out, periods are Jalali."""
    article = Article(
        title="عنوان",
        body=("یک", "دو"),
        kicker="روتیتر",
        lead="لید",
        agency="برنا",
        code="7",
        tags=("الف", "ب", "الف"),
        published=datetime(2021, 7, 15, 14, 27, 27, tzinfo=jalali.tehran()),
    )
    document = stored.to_document(article)
    assert (document.key, document.fingerprint) == ("برنا/7", article.fingerprint)
    assert (document.title, document.lead, document.body) == ("عنوان", "روتیتر\nلید", "یک\nدو")
    assert document.keywords == {
        "agency": ("برنا",),
        "code": ("7",),
        "tag": ("الف", "ب"),
        "year": ("1400",),
        "month": ("1400-04",),
    }
    assert document.day == date(2021, 7, 15).toordinal()
    assert document.published == 1626343047  # 09:57:27 UTC: Tehran kept daylight saving time, +04:30, until 1401


def test_an_unknown_date_stays_unknown():
    """No date gives no day, no moment and no period, rather than a wrong one."""
    document = stored.to_document(Article(title="عنوان"))
    assert (document.day, document.published, document.keywords) == (None, None, {})
    day = stored.to_document(Article(title="عنوان", published=date(2021, 3, 21)))
    assert (day.keywords["year"], day.keywords["month"]) == (("1400",), ("1400-01",))
    assert day.published == 1616272200  # the beginning of Nowruz 1400 in Tehran, 20:30 UTC
