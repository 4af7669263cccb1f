"""Names of news agencies and newspapers: one for all ways of writing it, and where a text says it."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from search.persian.letters import fold
from search.sources.names import name_key

# Name -> hosts of its site. The names are those that the agencies' own articles use: «به گزارش برنا».
KNOWN = {
    "برنا": "borna.news bornanews.ir",
    "فارس": "farsnews.ir farsnews.com",
    "ایرنا": "irna.ir",
    "ایسنا": "isna.ir",
    "مهر": "mehrnews.com",
    "تسنیم": "tasnimnews.com tasnimnews.ir",
    "ایلنا": "ilna.ir ilna.news",
    "میزان": "mizan.news mizanonline.ir",
    "ایکنا": "iqna.ir iqna.news",
    "ایبنا": "ibna.ir",
    "شبستان": "shabestan.ir shabestan.news",
    "حوزه": "hawzahnews.com",
    "خانه ملت": "icana.ir",
    "پانا": "pana.ir",
    "دانا": "dana.ir",
    "ایسکانیوز": "iscanews.ir",
    "آنا": "ana.ir ana.press",
    "باشگاه خبرنگاران جوان": "yjc.ir yjc.news",
    "صدا و سیما": "iribnews.ir",
    "همشهری آنلاین": "hamshahrionline.ir",
    "همشهری": "hamshahri.org hamshahri.net",
    "خبرآنلاین": "khabaronline.ir",
    "ورزش سه": "varzesh3.com",
    "تابناک": "tabnak.ir",
    "مشرق": "mashreghnews.ir",
    "عصر ایران": "asriran.com",
    "جماران": "jamaran.news jamaran.ir",
    "اعتماد آنلاین": "etemadonline.com",
    "دنیای اقتصاد": "donya-e-eqtesad.com",
    "اقتصادنیوز": "eghtesadnews.com",
    "خبرگزاری موج": "mojnews.com",
    "رکنا": "rokna.net",
    "انتخاب": "entekhab.ir",
    "فرارو": "fararu.com",
    "ایمنا": "imna.ir",
}
_KINDS = "خبرگزاری|پایگاه خبری تحلیلی|پایگاه خبری|پایگاه اطلاع رسانی|سایت خبری|وب سایت|سایت|روزنامه"
_OPENING = 200  # characters
_PARTS = re.compile(r"[|»:]|\s[-–—]\s|^[-–—]|[-–—]$")
_KIND = re.compile(rf"^(?:{_KINDS})\s+")
# How a text names its source: «به گزارش خبرنگار گروه ورزشی خبرگزاری برنا، ...», «خبرگزاری فارس: ...»,
# «تهران - ایرنا - ...». In «به گزارش خبرنگار ما در فارس» it is a place.
_SIGNATURES = (
    rf"به گزارش (?:(?:خبرنگاران|خبرنگار|سرویس|گروه)(?: (?!در |از |به |با )\w+){{{{0,4}}}}? )?"
    rf"(?:(?:{_KINDS}) )?[«\"]?(?P<name>{{names}})(?!\w)",
    rf"(?:{_KINDS}) (?P<name>{{names}}) ?[:_\-–،(]",
    r"\w+(?: \w+)? ?[-–،/] ?(?P<name>{names}) ?[-–:]",
)


@cache
def _names() -> dict[str, str]:
    return {name_key(name.removeprefix("خبرگزاری ")): name for name in KNOWN}


@cache
def _signatures() -> tuple[re.Pattern[str], ...]:
    bare = (_plain(name).removeprefix("خبرگزاری ") for name in KNOWN)
    names = "|".join(re.escape(name) for name in sorted(bare, key=len, reverse=True))
    return tuple(re.compile(signature.format(names=names)) for signature in _SIGNATURES)


def _plain(text: str) -> str:
    """The folded text with single spaces, also for half-spaces."""
    return " ".join(fold(text).replace("\u200c", " ").split())


@cache
def _hosts() -> dict[str, str]:
    return {host: name for name, hosts in KNOWN.items() for host in hosts.split()}


def canonical_agency(name: str) -> str:
    """The name without `خبرگزاری` and the like where it is a known one; as written otherwise."""
    bare = _KIND.sub("", _plain(name))
    return _names().get(name_key(bare), name)


def agency_of_name(name: str) -> str:
    """The known agency that a name means, alone or in one of its parts (`خبرگزاری مهر | اخبار ایران`), or ""."""
    found = (canonical_agency(part.strip()) for part in _PARTS.split(name))
    return next((agency for agency in found if agency in KNOWN), "")


def agency_of_url(url: str) -> str:
    """The known agency whose site a URL belongs to, or ""."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # such as an unclosed bracket of IPv6
        return ""
    parts = host.split(".")
    return next((name for i in range(len(parts)) if (name := _hosts().get(".".join(parts[i:])))), "")


def agency_in(paragraph: str) -> str:
    """The known agency that the opening of a paragraph names as its own source, or ""."""
    text = _plain(paragraph[:_OPENING])
    match = next(filter(None, (signature.match(text) for signature in _signatures())), None)
    return _names()[name_key(match["name"])] if match else ""
