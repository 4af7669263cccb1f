"""Names of agencies: one for each, and only where a text is sure to name its own."""

import pytest

from search.sources.agencies import KNOWN, agency_in, agency_of_name, agency_of_url, canonical_agency
from search.sources.names import name_key


@pytest.mark.parametrize(
    ("paragraph", "agency"),
    [
        ("به گزارش برنا، نشست امروز برگزار شد.", "برنا"),
        ("به گزارش خبرگزاري فارس از يزد، باران آمد.", "فارس"),
        ("به گزارش خبرنگار گروه ورزشی باشگاه خبرنگاران جوان، تیم ملی برد.", "باشگاه خبرنگاران جوان"),
        ('به گزارش "ورزش سه"، تیم ملی برد.', "ورزش سه"),
        ("به گزارش «همشهری آنلاین»، مترو باز شد.", "همشهری آنلاین"),
        ("خبرگزاري فارس: وزير نيرو گفت كه خاموشي ها كم مي شود.", "فارس"),
        ("تهران - ایرنا - وزیر نیرو گفت که خاموشی‌ها کم می‌شود.", "ایرنا"),
        ("کاشان- ایرنا- فرماندار کاشان گفت", "ایرنا"),
        ("به گزارش رویترز، نفت گران شد.", ""),
        ("به گزارش پلیس، جاده باز است.", ""),
        ("وی به گزارش فارس اشاره کرد.", ""),
        ("مهر ماه امسال مدارس باز می‌شوند.", ""),
        ("ایران - عراق - بازی دوستانه", ""),
        ("", ""),
    ],
)
def test_agency_that_signs_a_paragraph(paragraph: str, agency: str) -> None:
    """The opening of a paragraph names its source in a few fixed ways; a mention is no signature."""
    assert agency_in(paragraph) == agency


@pytest.mark.parametrize(
    ("url", "agency"),
    [
        ("https://www.borna.news/fa/news/1", "برنا"),
        ("http://khabar.isna.ir/x", "ایسنا"),
        ("https://notisna.ir/", ""),
        ("https://example.com/isna.ir", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_agency_of_an_address(url: str, agency: str) -> None:
    """The host decides, with any sub-domain; anything else in the address does not."""
    assert agency_of_url(url) == agency


def test_names_of_agencies() -> None:
    """`خبرگزاری` and the like are no part of a known name; unknown names stay as they are."""
    assert [canonical_agency(name) for name in ("خبرگزاري فارس", "ایسنا", "روزنامه همشهری", "خبرگزاری نمونه")] == [
        "فارس",
        "ایسنا",
        "همشهری",
        "خبرگزاری نمونه",
    ]
    assert [agency_of_name(name) for name in ("خبرگزاری مهر | اخبار ایران", "همشهری:", "– ایبنا", "نمونه")] == [
        "مهر",
        "همشهری",
        "ایبنا",
        "",
    ]


def test_known_names_and_hosts_are_unique() -> None:
    """No two agencies share a spelling or a host."""
    keys = [name_key(name) for name in KNOWN]
    hosts = [host for listed in KNOWN.values() for host in listed.split()]
    assert len(set(keys)) == len(keys)
    assert len(set(hosts)) == len(hosts)
