"""Page profiles: what they find on the pages of the agencies that ship, and what a profile may say."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from search.article import Article
from search.errors import InvalidSettings, UsageError
from search.sources import Profile, read
from search.sources.html import PROFILE, read_page
from search.sources.page_profile import PageProfile
from search.sources.page_profiles import PageProfiles, shipped_profiles, toml_of
from tests.sources.golden import FIXTURES, plain

PAGES = sorted((FIXTURES / "profiles").glob("*.html"))
BODY = (
    "<p>رئیس شرکت آب گفت: پل تازه شهر از فردا به روی مردم باز می‌شود.</p>"
    "<p>وی افزود: ساخت این پل دو سال به درازا کشید و اکنون پایان یافته است.</p>"
)


def profile_of(toml: str, name: str = "site") -> Profile:
    """An archive's profile with one page profile of its own."""
    return Profile(pages=PageProfiles((PageProfile.from_toml(tomllib.loads(toml), name, f"{name}.toml"),)))


def article(tmp_path: Path, html: str, profile: Profile) -> Article:
    """The article of a page."""
    page = tmp_path / "page.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", encoding="utf-8")
    (found,) = read(page, profile)
    assert isinstance(found, Article)
    return found


def site(toml: str, host: str = "site.ir") -> Profile:
    """A profile of site.ir that says this of it."""
    return profile_of(f'hosts = ["{host}"]\n{toml}')


def page(body: str, address: str = "https://www.site.ir/news/1") -> str:
    """A page of site.ir with a headline and these elements."""
    return f'<link rel=canonical href="{address}"><h1>پل تازه شهر باز شد</h1>{body}<div class=text>{BODY}</div>'


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_shipped_profile_gives_every_field(file: Path) -> None:
    """On a page in the shape of its agency's, the profile itself finds all that the page has, and nothing else."""
    expected = json.loads(file.with_suffix(".html.json").read_text(encoding="utf-8"))
    assert [plain(one) for one in read(file, Profile())] == [expected]
    found = read_page(file.read_bytes(), str(file), Profile())
    assert found.choice is not None
    assert found.choice.profile.name == file.stem
    assert {name for name, witness in found.witnesses.items() if witness != PROFILE} <= {"url"}


def test_every_shipped_profile_has_a_page() -> None:
    """No profile ships without a page that proves it."""
    assert [profile.name for profile in shipped_profiles()] == [file.stem for file in PAGES]
    assert all("[fields]" in toml_of(profile) and not profile.file for profile in shipped_profiles())


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_general_reader_finds_the_text_without_the_profile(file: Path) -> None:
    """A profile sharpens what is found; without one the page is still an article with its headline and first words."""
    text = file.read_text(encoding="utf-8").replace("news.ir", "example.ir").replace("og:site_name", "x")
    for host in ("borna.news", "farsnews", "hamshahrionline", "irna.ir", "isna.ir", "mehrnews", "tasnimnews"):
        text = text.replace(host, "agency.example")
    found = read_page(text.encode(), str(file), Profile())
    expected = json.loads(file.with_suffix(".html.json").read_text(encoding="utf-8"))
    assert found.choice is None
    assert found.draft.title == expected["title"]
    assert expected["body"][0] in found.draft.body


def test_a_mark_tells_the_site_where_no_address_does(tmp_path: Path) -> None:
    """A page without an address is known by an element that only that site has; the host goes before it."""
    one = PageProfile.from_toml({"agency": "یکم", "marks": ["#logo.one"]}, "one", "one.toml")
    two = PageProfile.from_toml({"agency": "دوم", "hosts": ["www.two.ir"]}, "two", "two.toml")
    profile = Profile(pages=PageProfiles((one, two)))
    logo = "<img id=logo class=one>"
    assert article(tmp_path, page(logo, "/news/1"), profile).agency == "یکم"
    assert article(tmp_path, page(logo, "https://m.two.ir/news/1"), profile).agency == "دوم"
    assert article(tmp_path, page("", "https://nottwo.ir/news/1"), profile).agency == ""


def test_address_that_the_page_was_saved_from(tmp_path: Path) -> None:
    """Where the page is silent, the address of whoever saved it tells the site, and becomes the article's."""
    html = f"<meta charset=utf-8><h1>پل تازه شهر باز شد</h1>{BODY}".encode()
    found = read_page(html, "page", site('agency = "شهر"'), url="https://site.ir/a/5566")
    assert (found.draft.agency, found.draft.url) == ("شهر", "https://site.ir/a/5566")
    stated = b"<link rel=canonical href='https://other.ir/1'>" + html
    found = read_page(stated, "page", site('agency = "شهر"'), url="https://site.ir/a/5566")
    assert (found.draft.agency, found.draft.url) == ("", "https://other.ir/1")


def test_what_the_profile_leaves_open_the_general_reader_fills(tmp_path: Path) -> None:
    """Each field by itself: a selector that finds nothing costs no other field."""
    toml = 'agency = "شهر"\n[fields]\nlead = ".none"\nsection = ".desk"\nbody = ".none"'
    html = page("<p class=lead>پل تازه پس از دو سال باز شد.</p><b class=desk>شهری</b><p>کد خبر: 7788</p>")
    found = article(tmp_path, html, site(toml))
    assert (found.agency, found.section, found.code) == ("شهر", "شهری", "7788")
    assert (found.title, found.lead, len(found.body)) == ("پل تازه شهر باز شد", "پل تازه پس از دو سال باز شد.", 2)


def test_false_says_that_a_site_has_no_such_field(tmp_path: Path) -> None:
    """What the general reader would take for a kicker or a section is left out."""
    html = page("<div class=rutitr>پل‌های شهر در پاییز</div><span class=section>شهری</span>")
    assert (article(tmp_path, html, Profile()).kicker, article(tmp_path, html, Profile()).section) == (
        "پل‌های شهر در پاییز",
        "شهری",
    )
    found = article(tmp_path, html, site("[fields]\nkicker = false\nsection = false\ntags = false\npublished = false"))
    assert (found.kicker, found.section, found.tags, found.published) == ("", "", (), None)


def test_rules(tmp_path: Path) -> None:
    """Alternatives, attributes, patterns, and which of the elements count."""
    toml = r"""
        [fields]
        title = [".none", { select = "h2", take = "last" }]
        code = { select = "[data-id]", attribute = "data-id", pattern = "n-(\\d+)" }
        published = { select = ".day, .hour", take = "all" }
        author = ".who b"
        tags = { select = ".keys", pattern = ": (.*)" }
        section = { select = ".way a", take = "last" }
        [sections]
        city = "شهری"
    """
    html = page(
        "<h2>الف</h2><h2>عنوان خبر</h2><i data-id='n-۴۵۶'></i><i class=hour>۱۰:۱۵</i><i class=day>۲۴ تیر ۱۴۰۰</i>"
        "<p class=who><b>مریم رضایی</b> و <b>امید کریمی</b> و <b>مریم رضایی</b></p><p class=keys>برچسب‌ها: پل، شهر</p>"
        "<p class=way><a>خانه</a> <a>City</a></p>"
    )
    found = article(tmp_path, html, site(toml))
    assert (found.title, found.code, found.section) == ("عنوان خبر", "456", "شهری")
    assert (found.author, found.tags) == ("مریم رضایی، امید کریمی", ("پل", "شهر"))
    assert found.published is not None
    assert found.published.isoformat() == "2021-07-15T10:15:00+04:30"


def test_form_of_the_date(tmp_path: Path) -> None:
    """Groups of a pattern are the parts of a date; one that no calendar has gives way to the next rule."""
    rules = (
        '{ select = ".d", pattern = "(?P<day>\\\\d+)-(?P<month>\\\\d+)-(?P<year>\\\\d+)" }, { select = "time", '
        'attribute = "datetime" }'
    )
    profile = site(f"[fields]\npublished = [{rules}]")
    for written, day in (("5-2-99", "2020-04-24"), ("5-13-99", "2020-01-01"), ("ندارد", "2020-01-01")):
        html = page(f"<i class=d>{written}</i><time datetime='2020-01-01'></time>")
        assert str(article(tmp_path, html, profile).published) == day


def test_body_is_read_as_ever(tmp_path: Path) -> None:
    """Elements inside one another count once; link lists, captions and the trailer go; what is dropped goes."""
    inner = (
        "<figure><figcaption>نمایی از پل تازه</figcaption></figure><ul><li><a href=1>خبر دیگری از پل‌های شهر</a></ul>"
        f"{BODY}<div class=ad>آگهی: آپارتمان در شهر تازه با وام بلندمدت.</div>پایان کار<p>انتهای پیام/</p><p>دنباله</p>"
    )
    toml = 'drop = [".ad"]\n[fields]\nbody = ".story, .story .inner"'
    html = page(f"<div class=story><div class=inner>{inner}</div></div>")
    assert article(tmp_path, html, site(toml)).body == (
        "رئیس شرکت آب گفت: پل تازه شهر از فردا به روی مردم باز می‌شود.",
        "وی افزود: ساخت این پل دو سال به درازا کشید و اکنون پایان یافته است.",
        "پایان کار",
    )


def test_body_in_an_element_with_a_misleading_name(tmp_path: Path) -> None:
    """An element that the general reader would pass over is the body, if the profile says so."""
    html = page("<div class='print comment'><p>این متن اصلی خبر است.</p></div>")
    assert article(tmp_path, html, site('[fields]\nbody = ".print"')).body == ("این متن اصلی خبر است.",)


def test_own_profiles_come_first(tmp_path: Path) -> None:
    """A file or a folder beside archive.toml; one with the name of a shipped profile takes its place."""
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "mehr.toml").write_text('agency = "مهر من"\nhosts = ["mehrnews.com"]', encoding="utf-8")
    (tmp_path / "sites" / "note.txt").write_text("no profile")
    (tmp_path / "x.toml").write_text('hosts = ["irna.ir"]\nagency = "ایرنای من"', encoding="utf-8")
    pages = Profile.from_toml({"profiles": ["sites", "x.toml"]}, folder=tmp_path).pages
    names = [profile.name for profile in pages]
    assert names == ["mehr", "x", "borna", "fars", "hamshahrionline", "irna", "isna", "tasnim"]
    assert (pages.named("mehr").agency, pages.named("irna").agency) == ("مهر من", "ایرنا")
    assert pages.named(str(tmp_path / "x.toml")).agency == "ایرنای من"
    found = article(tmp_path, page("", "https://www.irna.ir/news/1"), Profile(pages=pages))
    assert found.agency == "ایرنای من"
    with pytest.raises(UsageError, match="no profile 'y'; there are mehr, x, borna,"):
        pages.named("y")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ('host = "a.ir"', "unknown key host; known are agency, hosts, marks, drop, fields, sections"),
        ("agency = 1", "agency must be a text, not 1"),
        ("hosts = [1]", "hosts must be the host of a site or a list of them, not [1]"),
        ('hosts = ["https://a.ir"]', "hosts must hold names of hosts such as `example.ir`, not 'https://a.ir'"),
        ('marks = "<a>"', "marks is no CSS selector: '<a>': Expected selector, got <DELIM '<' at 0>"),
        ('drop = [".a", ".b["]', "drop is no CSS selector: '.b[': Expected ident or '*', got <EOF at 3>"),
        ('fields = "h1"', "fields must be a table, [fields], not 'h1'"),
        ('[fields]\nheadline = "h1"', "unknown key fields.headline; known are title, kicker, lead, body, agency, "),
        (
            "[fields]\ntitle = 1",
            "fields.title must be a CSS selector, a table with `select`, a list of these, or false",
        ),
        (
            "[fields]\ntitle = []",
            "fields.title must be a CSS selector, a table with `select`, a list of these, or fals",
        ),
        ('[fields]\ntitle = "h1:hover("', "fields.title is no CSS selector: 'h1:hover('"),
        ('[fields]\ntitle = ["h1", true]', "fields.title[2] must be a CSS selector, a table"),
        ('[fields]\ncode = { attribute = "id" }', "fields.code lacks `select`, the CSS selector of its elements"),
        (
            '[fields]\ncode = { select = "i", from = "b" }',
            "unknown key fields.code.from; known are select, attribute, ",
        ),
        (
            '[fields]\ncode = ["i", { select = "i", pattern = "(" }]',
            "fields.code[2].pattern is no regular expression: ",
        ),
        (
            '[fields]\ncode = { select = "i", take = "any" }',
            "fields.code.take must be one of first, last, all, not 'any'",
        ),
        (
            '[fields]\npublished = { select = "i", pattern = "(.)(.)" }',
            "fields.published.pattern has 2 groups; it needs year, month and day, or one group for the whole date",
        ),
        ("[sections]\na = 1", "sections.a must be a text, not 1"),
        ("agency = ", "is not TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, toml: str, message: str) -> None:
    """Each mistake gives one line with the file, the key and what can stand there, when the profile is loaded."""
    file = tmp_path / "site.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(InvalidSettings) as caught:
        Profile.from_toml({"profiles": "site.toml"}, folder=tmp_path)
    assert str(caught.value).startswith(f"{file}: {message}" if "TOML" not in message else f"{file} {message}")


@pytest.mark.parametrize(
    ("profiles", "message"),
    [
        (3, "archive.toml: profiles must be the path of a TOML file, or of a folder of them, or a list of them, not 3"),
        ("no.toml", "archive.toml: profiles name {}/no.toml, which does not exist"),
        ("empty", "archive.toml: profiles name {}/empty, a folder without a TOML file"),
        (["a.toml", "b/a.toml"], "archive.toml: profiles name two profiles 'a': {0}/a.toml, {0}/b/a.toml"),
        ("latin.toml", "{}/latin.toml is not UTF-8: invalid continuation byte; save it in UTF-8"),
    ],
)
def test_paths_that_name_no_profile(tmp_path: Path, profiles: Any, message: str) -> None:
    """A path that is wrong is told with the file that names it."""
    for folder in ("empty", "b"):
        (tmp_path / folder).mkdir()
    (tmp_path / "latin.toml").write_bytes('agency = "é"'.encode("latin-1"))
    for file in ("a.toml", "b/a.toml"):
        (tmp_path / file).write_text("")
    with pytest.raises(InvalidSettings) as caught:
        Profile.from_toml({"profiles": profiles}, folder=tmp_path)
    assert str(caught.value) == message.format(tmp_path)
