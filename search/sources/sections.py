"""Names of sections: one for all spellings of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from search.persian.letters import fold

# Sections of Iranian news sites, spelled as Persian orthography has them; only the spelling is settled here:
# `ورزش` and `ورزشی` stay two sections unless an archive maps one to the other.
KNOWN = (
    "سیاسی", "سیاست", "سیاست خارجی", "سیاست داخلی", "سیاسی و اجتماعی", "اقتصادی", "اقتصاد", "اقتصاد کلان",
    "اقتصاد جهان", "اجتماعی", "جامعه", "اجتماع", "فرهنگی", "فرهنگ", "فرهنگ و هنر", "فرهنگی و هنری", "هنر", "هنری",
    "ادب و هنر",
    "سینما", "سینما و تئاتر", "سینما و تلویزیون", "رادیو و تلویزیون", "موسیقی", "ادبیات", "ادبیات و کتاب", "کتاب",
    "دین و اندیشه", "اندیشه", "حوزه و دانشگاه", "ورزشی", "ورزش", "فوتبال", "فوتبال ایران", "فوتبال جهان",
    "توپ و تور", "ورزش ایران", "ورزش جهان", "ورزش بانوان", "بین‌الملل", "بین‌المللی", "جهان", "خارجی",
    "آسیای غربی", "آسیا و اقیانوسیه", "اروپا و آمریکا", "آمریکا و اروپا", "خاورمیانه", "استان‌ها", "شهرستان‌ها",
    "استانی", "علمی", "علم و فناوری", "علمی و فناوری", "علم و تکنولوژی", "علمی و آموزشی", "علمی و دانشگاهی",
    "فناوری", "فناوری اطلاعات", "دانش و فناوری", "دانشگاه", "دانشگاهی", "آموزش", "آموزش و پرورش", "بهداشت و درمان",
    "بهداشت", "سلامت", "پزشکی", "محیط زیست", "حوادث", "حقوقی و قضایی", "قضایی", "انتظامی", "دفاعی و امنیتی",
    "مجلس", "دولت", "رهبری", "انتخابات", "شهری", "شهر", "رفاه و تعاون", "زنان و خانواده", "خانواده", "زنان", "بانوان",
    "جوانان", "کودک و نوجوان", "گردشگری", "میراث فرهنگی", "سبک زندگی", "مذهبی", "دین", "رسانه", "رسانه‌ها",
    "رسانه‌های دیگر", "بازار", "بازار کار", "بورس", "بانک و بیمه", "بانک", "بیمه", "انرژی", "نفت و انرژی", "صنعت",
    "صنعت و معدن", "صنعت، معدن و تجارت", "کشاورزی", "مسکن", "راه و مسکن", "راه و شهرسازی", "خودرو", "کسب‌وکار",
    "کسب‌وکارها", "فضای مجازی", "ارتباطات", "ایثار و شهادت", "دفاع مقدس", "جهاد و مقاومت", "حماسه و مقاومت",
    "گفت‌وگو", "گزارش", "یادداشت", "مقاله", "دیدگاه", "تحلیل", "گزارش تصویری", "فیلم", "عکس", "چندرسانه‌ای",
    "گرافیک", "اینفوگرافیک", "طنز", "اخبار داغ", "خواندنی‌ها", "گوناگون", "صفحه اول", "صفحه آخر", "عمومی",
    "شبکه‌های اجتماعی", "تاریخ", "عاشورا", "قرآن", "قرآن و معارف", "مهدویت", "تهران", "ایران",
)  # fmt: skip


def section_key(name: str) -> str:
    """What all spellings of a name share: its folded letters and digits, without spaces and half-spaces."""
    return "".join(filter(str.isalnum, fold(name)))


@cache
def known_sections() -> dict[str, str]:
    """Key -> spelling of the well-known sections."""
    return {section_key(name): name for name in KNOWN}


class Sections:
    """Gives the canonical name of a section.

    It is the archive's own name where `archive.toml` maps the spelling, else the well-known spelling, else
    the spelling that was met first.

    Args:
        names: spelling -> canonical name, as in `archive.toml`; all spellings of the left side are meant.
        met: names that the archive has already, which keep their spelling.
    """

    def __init__(self, names: Mapping[str, str] | None = None, met: Iterable[str] = ()) -> None:
        self._names = {section_key(name): name for name in met} | known_sections()
        own = {section_key(left): right for left, right in (names or {}).items()}
        self._names.update({section_key(right): right for right in own.values()})
        self._names.update(own)
        self._spelled: dict[str, str] = {}

    def canonical(self, name: str) -> str:
        """The one name of a section, however it is spelled; "" for a name without letters."""
        known = self._spelled.get(name)
        if known is None:
            key = section_key(name)
            known = self._names.setdefault(key, " ".join(name.split())) if key else ""
            self._spelled[name] = known
        return known
