"""`bayegan profile`: what somebody sees who teaches Bayegan the pages of a site."""

import gzip
import json

from tests.sources.golden import FIXTURES

MEHR = FIXTURES / "profiles" / "mehr.html"
UNKNOWN = FIXTURES / "html" / "table_cms.html"


def test_try_tells_value_rule_and_element(bayegan):
    """Each field with its value, the selector that found it and the element it stands in."""
    code, out, _ = bayegan("profile", "try", MEHR)
    assert code == 0
    assert out.startswith(
        "profile mehr (ships with Bayegan), chosen by the host of its address, www.mehrnews.com\n"
        "title      کاروان کتاب به روستاهای مرزی هرمزگان رسید\n"
        "             fields.title: .item-title h1\n"
        "             in article#item > div.item-title > h1.title\n"
    )
    assert "published  ۲۴ آبان ۱۴۰۰، ساعت ۹:۱۲ (2021-11-15T09:12:00+03:30)\n" in out.replace("۰۹:۱۲", "۹:۱۲")


def test_try_packed_page_and_address(bayegan, tmp_path):
    """A packed page is unpacked; where it was saved from can be told, as a web archive tells it."""
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(UNKNOWN.read_bytes()))
    code, out, _ = bayegan("profile", "try", packed, "--url", "https://www.irna.ir/news/84689012/")
    assert code == 0
    assert out.splitlines()[0].endswith("chosen by the host of its address, www.irna.ir")
    assert "code       1122\n" in out


def test_try_as_json(bayegan, tmp_path):
    """The same for programs: who found a field, which selectors were asked in vain, where it stands."""
    profile = tmp_path / "my.toml"
    profile.write_text('[fields]\ntitle = [".none", "div.sp_title"]\ncode = ".code"', encoding="utf-8")
    code, out, _ = bayegan("profile", "try", UNKNOWN, "--profile", profile, "--json")
    told = json.loads(out)
    assert (code, told["profile"]) == (0, {"name": "my", "file": str(profile), "chosen_by": "--profile"})
    assert told["fields"]["title"] == {
        "value": "صعود تیم فوتسال به نیمه نهایی", "from": "profile", "rule": "div.sp_title", "missed": [".none"],
        "elements": ["div.sp_title"],
    }  # fmt: skip
    assert told["fields"]["code"] == {
        "value": "1122", "from": "lines of the page", "rule": None, "missed": [".code"], "elements": ["div.sp_info"],
    }  # fmt: skip
    assert told["fields"]["published"]["value"] == "2018-05-22T22:40:00+04:30"
    assert told["fields"]["body"]["elements"] == ["div.sp_text"]
    assert told["notes"] == []


def test_general_witnesses_are_named(bayegan):
    """Without a profile, metadata and the page itself are told apart, with the element that says it."""
    _, out, _ = bayegan("profile", "try", FIXTURES / "html" / "open_graph.html", "--json")
    told = json.loads(out)
    assert told["profile"] is None
    found = {name: (field["from"], field["elements"]) for name, field in told["fields"].items() if field["value"]}
    assert found["title"] == ("meta elements", ['head > meta[property="og:title"]'])
    assert found["tags"] == ("meta elements", ['head > meta[name="keywords"]'])
    assert found["published"] == ("meta elements", ['head > meta[name="pubdate"]'])
    assert found["body"] == ("structure of the page", ["div#content"])
    assert found["code"] == ("address of the page", [])


def test_page_without_an_article(bayegan):
    """It is told as such, with exit code 3; what cannot be tried at all is an error of one line."""
    code, out, _ = bayegan("profile", "try", FIXTURES / "html" / "menu_only.html")
    assert (code, out.splitlines()[-1]) == (3, "note: rejected: no article text")
    code, _, err = bayegan("profile", "try", MEHR, "--profile", "nobody")
    assert (code, err.startswith("bayegan: no profile 'nobody'; there are borna, fars,")) == (2, True)
    code, _, err = bayegan("profile", "try", "no.html")
    assert (code, err) == (3, "bayegan: no.html: cannot be read: No such file or directory; check the file and its "
        "permissions\n")  # fmt: skip


def test_list_and_show(bayegan, tmp_path):
    """The archive's own profiles come first; any can be printed to begin a new one with."""
    (tmp_path / "archive.toml").write_text('profiles = "sites"')
    (tmp_path / "sites").mkdir()
    own = tmp_path / "sites" / "city.toml"
    own.write_text('agency = "شهر"\nhosts = ["city.ir"]\n', encoding="utf-8")
    code, out, _ = bayegan("profile", "list", "--archive", tmp_path)
    assert code == 0
    assert out.splitlines()[0].split() == ["city", "شهر", "city.ir", f"({own})"]
    assert len(out.splitlines()) == 8
    _, out, _ = bayegan("profile", "list", "--archive", tmp_path, "--json")
    assert json.loads(out)[0] == {"name": "city", "agency": "شهر", "hosts": ["city.ir"], "file": str(own)}
    assert bayegan("profile", "show", "city", "--archive", tmp_path)[1] == own.read_text(encoding="utf-8")
    assert 'hosts = ["isna.ir"]' in bayegan("profile", "show", "isna")[1]


def test_broken_profile_of_the_archive(bayegan, tmp_path):
    """A profile that cannot be used is told with its file and key, and nothing is tried."""
    (tmp_path / "archive.toml").write_text('profiles = ["bad.toml"]')
    (tmp_path / "bad.toml").write_text('[fields]\ntitel = "h1"')
    code, out, err = bayegan("profile", "try", MEHR, "--archive", tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith(f"bayegan: {tmp_path}/bad.toml: unknown key fields.titel; known are title, kicker,")
