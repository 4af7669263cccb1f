"""What a line of a saved page is: navigation, a date line, the end of the article, a sentence.

The rules look at words that every Iranian news site uses, at the shape of the line and at what it holds beside
dates and codes; none is the template of one agency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from search.jalali import MONTHS, WEEKDAYS, ascii_digits
from search.sources.names import name_key
from search.sources.sections import known_sections

# Labels of menus, beside the names of sections.
_NAVIGATION = (
    "صفحه نخست", "صفحه اصلی", "صفحه اول", "خانه", "نخست", "اخبار", "خبر", "خبرها", "آخرین اخبار", "آخرین خبرها",
    "تازه‌ها", "تازه‌ترین اخبار", "همه اخبار", "اخبار ویژه", "سرخط خبرها", "تیتر یک", "فیلم", "عکس", "ویدئو", "ویدیو",
    "تصویر", "صوت", "پادکست", "گالری", "آلبوم", "فیلم و صوت", "عکس و فیلم", "چندرسانه‌ای", "گرافیک", "کاریکاتور",
    "آرشیو", "بایگانی", "جستجو", "جست‌وجو", "جستجوی پیشرفته", "تماس با ما", "ارتباط با ما", "درباره ما", "پیوندها",
    "آب و هوا", "اوقات شرعی", "نسخه موبایل", "نسخه قدیمی", "خبرخوان", "ورود", "ثبت نام", "عضویت", "خبرنامه",
    "صفحات داخلی", "نیازمندی‌ها", "تبلیغات", "روزنامه", "نظرسنجی", "نقشه سایت", "منو", "English", "العربیه", "عربی",
    "RSS", "تلگرام", "اینستاگرام", "توییتر", "روبیکا", "ایتا", "بله", "سروش", "آپارات", "فیسبوک", "واتساپ", "لینکدین",
    "چاپ", "پرینت", "ذخیره", "ارسال", "ایمیل", "کپی لینک", "ارسال به دوستان", "نسخه چاپی", "اشتراک گذاری", "بیشتر",
    "ادامه", "بازگشت", "اندازه متن", "اندازه قلم", "بخش خبری", "سرویس‌ها", "سرویس ها", "گروه‌ها", "یادداشت", "گفت‌وگو",
    "پیشخوان", "بازار", "دانلود", "PDF", "A A", "کد آمارگیر", "کانال تلگرام", "شهروند خبرنگار", "صفحه ویژه",
)  # fmt: skip
# Where the article is over: what starts with one of these, if the line is short or the phrase is a long one.
_ENDINGS = (
    "انتهای پیام", "انتهای خبر", "انتهای گزارش", "پایان پیام", "پایان خبر", "نظر شما", "نظرات", "نظرات کاربران",
    "نظرات بینندگان", "ارسال نظر", "ثبت نظر", "دیدگاه شما", "دیدگاه‌ها", "دیدگاه کاربران", "نظر بدهید", "نظر خود را",
    "افزودن دیدگاه", "اخبار مرتبط", "خبرهای مرتبط", "خبر مرتبط", "مطالب مرتبط", "مطلب مرتبط", "اخبار مشابه",
    "مطالب مشابه", "مرتبط با این خبر", "مطالب پیشنهادی", "پیشنهاد سردبیر", "پربازدیدترین", "پربازدیدها", "پربیننده",
    "پربحث", "پرمخاطب", "داغ‌ترین", "برچسب‌ها", "برچسب", "کلیدواژه", "کلمات کلیدی", "لینک کوتاه", "لینک مطلب",
    "نشانی کوتاه", "آدرس کوتاه", "به اشتراک بگذارید", "گزارش خطا", "بازگشت به بالا", "عضویت در خبرنامه",
    "تمامی حقوق", "کلیه حقوق", "تمام حقوق", "همه حقوق", "کپی رایت", "استفاده از مطالب", "نقل مطالب", "نام شما",
    "ایمیل شما", "نام و نام خانوادگی", "اخبار روز", "آخرین اخبار", "تازه‌ترین خبرها", "خبرهای بیشتر", "تعداد نظرات",
)  # fmt: skip
_ENDING_WORDS = 8  # a longer line is text that happens to begin so, unless it speaks of rights
# The notice at the foot of a page; not `تمام حقوق کارگران پرداخت شد`, or news of the law of copyright.
_RIGHTS = re.compile(
    r"(?:(?:تمامی|کلیه|تمام|همه)\s*(?:ی\s)?حقوق|کپی\s?رایت)\b.{0,80}"
    r"\b(?:محفوظ|متعلق|مادی|معنوی|قانونی|سایت|وبسایت|پایگاه|پرتال|پورتال)"
    r"|copyright\W{0,3}(?:©|\d{4}|by\b)|©|all rights reserved",
    re.I,
)
_TRAILER = re.compile(r"(?:انتهای|پایان)\s?(?:پیام|خبر|گزارش)\b\s*[/.]?[\s/\w.]{0,20}$")

TAG_LABELS = frozenset(map(name_key, ("برچسب‌ها", "برچسب", "کلیدواژه‌ها", "کلید واژه ها", "کلیدواژه", "کلمات کلیدی")))

# Labels of values in the head and foot of a page, by the field that the value is for.
_VALUES = {
    "section": "سرویس خبری|سرویس|گروه خبری|گروه|بخش خبری|بخش|دسته ?بندی|دسته|حوزه",
    "author": "خبرنگار|نویسنده|گزارشگر|تهیه کننده",
    "tags": "برچسب ?ها|برچسب|کلید ?واژه ?ها|کلید ?واژه|کلمات کلیدی",
    "other": "تعداد بازدید|بازدید|تعداد نظرات|نظرات|زمان مطالعه|مدت مطالعه|لینک کوتاه|کد کوتاه|اندازه متن|منبع|عکاس",
}
_LABELS = "|".join(f"(?P<{field}>{labels})" for field, labels in _VALUES.items())
_NEXT = (
    rf"[|•·]|(?<!\w)(?:{'|'.join(_VALUES.values())}|تاریخ(?: \w+)?|زمان(?: \w+)?|ساعت|کد(?: خبر)?|شناسه(?: خبر)?)\s?:"
)
_VALUE = re.compile(rf"(?<!\w)(?:{_LABELS})\s?:\s*(?P<value>.*?)(?=\s*(?:{_NEXT}|$))")
_VALUE_WORDS = 6  # a longer value is text: «خبرنگار: آقای وزیر، نظر شما درباره ... چیست؟»
_CODE = re.compile(r"(?<!\w)(?:(?:کد|شناسه|شماره)\s?(?:خبر|مطلب)\s?:?|(?:کد|شناسه|شماره)\s?:)\s?(\d{3,})(?!\d)")
_MONTH = "|".join((*MONTHS, "امرداد"))
_DATE = re.compile(
    rf"(?<!\d)(?:\d{{4}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?\d{{1,2}}|\d{{1,2}}\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?\d{{4}}"
    rf"|\d\d/\d\d?/\d\d?|\d{{1,2}}\s(?:{_MONTH})(?:\s?ماه)?\s\d{{2,4}})(?!\d)"
)
_TIME = re.compile(r"(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?!\d)")
_WEEKDAY = "|".join(name.replace("\u200c", " ?") for name in WEEKDAYS)
_DATE_WORDS = re.compile(
    rf"(?<!\w)(?:شماره ?:? ?\d+|تاریخ|زمان|انتشار|مخابره|ارسال|درج|ثبت|نشر|خبر|ساعت|مورخ|روز|ماه|در|{_WEEKDAY}"
    r"|published|updated|date|time|on|at)(?!\w)",
    re.I,
)
_LETTER = re.compile(r"[^\W\d_]")
_WORD = re.compile(r"[^\W_]")
_LONGEST_KEYED = 400  # characters of a line that is compared with others, or may be the notice of rights
_LONGEST_TRAILER = 80  # characters
_LONGEST_HEAD = 160  # characters of a line of dates, codes and the like
_SENTENCE_END = re.compile(r"[.!؟?:؛»”\"…]\s*$")
_INNER_END = re.compile(r"[.؟](?:\s|$)")
_BREADCRUMB = re.compile(r"\s*(?:[>»›/\\←|·•]|::)\s*")
_MENU = re.compile(r"[|·•]")  # these stand between the labels of a menu, not on the way to an article
_LONGEST_WAY = 5  # labels
_MOST_SECTIONS = 2  # on the way to an article; a row with more is a menu
# One character for one, so that what is found in the plain text can be cut from the original.
_PLAIN = str.maketrans("يىكةۀ\u200c\u200f\u200e\xa0", "ییکهه    ")


@dataclass(slots=True)
class Facts:
    """What lines of dates, codes and the like say of an article; texts as written, "" where they are silent."""

    date: str = ""
    code: str = ""
    section: str = ""
    author: str = ""
    tags: str = ""

    def add(self, other: Facts) -> None:
        """Takes from another what is still missing here."""
        for name in self.__slots__:
            if not getattr(self, name):
                setattr(self, name, getattr(other, name))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page and what it is.

    Attributes:
        text: as written, without white space around it.
        key: its letters and digits, folded; "" for a line that is too long to be compared with others.
        words: how many it has.
        facts: what it says, if it is a line of dates, codes and the like, and of nothing else.
        label: whether it is a label of the site's navigation, or a breadcrumb.
        ends: whether the article is over where it stands.
        sentence: whether it ends as a sentence does.
    """

    text: str
    key: str
    words: int
    facts: Facts | None
    label: bool
    ends: bool
    sentence: bool

    @property
    def head(self) -> bool:
        """Whether it is a line of facts, such as the date line."""
        return self.facts is not None

    @property
    def other(self) -> bool:
        """Whether it is text: of the article, or a headline of another one."""
        return not (self.head or self.label or self.ends)

    @property
    def prose(self) -> bool:
        """Whether it can only be text of an article: a long line, or a sentence."""
        return self.other and (
            self.words >= 22
            or (self.words >= 14 and self.sentence)
            or (self.words >= 9 and _INNER_END.search(self.text) is not None)
            or (self.words >= 4 and self.text.endswith("."))
        )


def plain(text: str) -> str:
    """The text with Persian letters, ASCII digits and spaces for half-spaces, of the same length."""
    return ascii_digits(text.translate(_PLAIN))


def classify(text: str) -> Line:
    """What a line is; see `Line`. A long one is text, or the end of the page, and nothing else."""
    if len(text) <= _LONGEST_HEAD:
        return _classify_short(text)
    words = len(text.split())
    return Line(
        text=text,
        key=name_key(text) if len(text) <= _LONGEST_KEYED else "",
        words=words,
        facts=None,
        label=False,
        ends=_is_ending(text, "", words),
        sentence=_SENTENCE_END.search(text) is not None,
    )


@lru_cache(maxsize=1 << 13)  # the menus of a site are the same on all its pages
def _classify_short(text: str) -> Line:
    key = name_key(text)
    words = len(text.split())
    facts = facts_of(text)
    return Line(
        text=text,
        key=key,
        words=words,
        facts=facts,
        label=facts is None and (not key or key in _navigation() or section_of_breadcrumb(text) is not None),
        ends=_is_ending(text, key, words),
        sentence=_SENTENCE_END.search(text) is not None,
    )


def without_trailer(text: str) -> str:
    """The text without «انتهای پیام/» and what follows it on the line."""
    start = max(0, len(text) - _LONGEST_TRAILER)
    match = _TRAILER.search(plain(text[start:]))
    return text[: start + match.start()].rstrip(" /\u200c") if match else text


def section_of_breadcrumb(text: str) -> str | None:
    """The section that a line such as `صفحه نخست » سیاسی » مجلس` leads through.

    "" for a row of labels that leads nowhere, such as a menu; None for a line that is no row of labels.
    """
    if len(text) > _LONGEST_HEAD or not _BREADCRUMB.search(text):
        return None
    parts = [part for part in _BREADCRUMB.split(text) if part]
    keys = [name_key(part) for part in parts]
    known = sum(key in _navigation() for key in keys)
    if not known or (len(parts) > _LONGEST_WAY and known * 2 < len(parts)) or any(len(p.split()) > 4 for p in parts):
        return None
    on_the_way = [part for part, key in zip(parts, keys, strict=True) if key in known_sections()]
    leads = 1 <= len(on_the_way) <= _MOST_SECTIONS and not _MENU.search(text)
    return on_the_way[0] if leads else ""


def is_section(key: str) -> bool:
    """Whether a folded label is the name of a known section."""
    return key in known_sections()


def facts_of(text: str) -> Facts | None:
    """What a line of dates, codes and labelled values says; None for a line that says anything else."""
    if len(text) > _LONGEST_HEAD:
        return None
    rest = plain(text)
    facts = Facts()
    rest = _take_values(rest, text, facts)
    if match := _CODE.search(rest):
        facts.code = facts.code or match[1]
        rest = _blank(rest, match)
    rest = _take_date(rest, facts)
    rest = _DATE_WORDS.sub(" ", rest)
    says_something = len(rest.strip()) < len(text.strip())
    return facts if says_something and not _WORD.search(rest) else None


def _take_values(rest: str, text: str, facts: Facts) -> str:
    """Moves `label: value` pairs from the rest of a line into the facts."""
    for match in _VALUE.finditer(rest):
        field = next(name for name in _VALUES if match[name])
        value = text[match.start("value") : match.end("value")].strip(" -–،")
        if field != "tags" and (len(value.split()) > _VALUE_WORDS or _SENTENCE_END.search(value)):
            continue
        rest = _blank(rest, match)
        if field != "other" and _LETTER.search(value):
            facts.add(Facts(**{field: value}))
    return rest


def _take_date(rest: str, facts: Facts) -> str:
    """Moves a date and a time of day from the rest of a line into the facts."""
    date, time = _DATE.search(rest), _TIME.search(rest)
    if date:
        facts.date = f"{date[0]} {time[0]}" if time else date[0]
        rest = _blank(rest, date)
    return _blank(rest, time) if time else rest


def _blank(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]


def _is_ending(text: str, key: str, words: int) -> bool:
    if words > _ENDING_WORDS:
        return len(text) <= _LONGEST_KEYED and _RIGHTS.search(plain(text)) is not None
    return key.startswith(_endings())


@cache
def _navigation() -> frozenset[str]:
    return frozenset(map(name_key, _NAVIGATION)) | known_sections().keys()


@cache
def _endings() -> tuple[str, ...]:
    return tuple(map(name_key, _ENDINGS))
