"""The query language: what readers type, what of it reaches the index, and what becomes of malformed input."""

import re
from itertools import islice, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.query import AndNot, Every, FuzzyTerm, NumericRange, Or, Phrase, Prefix, SpanNear2, Term, Wildcard

from search import jalali
from search.engine.answer import EngineQuery
from search.engine.document import Document
from search.engine.index import Index
from search.engine.searching import SnapshotSearcher
from search.engine.writer import IndexWriter
from search.persian import Analyzer, Tables
from search.query import ParsedQuery, parse
from search.query.grammar import LONGEST_READ, MOST_PATTERNS

ZWNJ = "\u200c"


@pytest.fixture(scope="module")
def analyzer():
    """The analyzer of an archive that taught nothing yet."""
    return Analyzer(Tables.shipped())


@pytest.fixture(scope="module")
def read(analyzer):
    """Reads a query with that analyzer."""
    return lambda text, **options: parse(text, analyzer, **options)


def all_of(*trees):
    """Whoosh's And."""
    return query.And(list(trees))


def any_of(*trees):
    """Whoosh's Or."""
    return Or(list(trees))


def stem(text):
    """A word in any form."""
    return Term("stem", text)


def form(text):
    """A word as written."""
    return Term("form", text)


def days(first, last):
    """A range of days, by values of the Jalali calendar; "" leaves a side open."""
    return NumericRange(
        "day",
        jalali.bounds(first).first.toordinal() if first else None,
        jalali.bounds(last).last.toordinal() if last else None,
    )


near = SpanNear2([form("تحریم"), form("نفت")], slop=5, ordered=False)

# Every example of docs/query-language.md (a test says so), and what it asks the index for.
EXAMPLES = {
    "تحریم نفت": all_of(stem("تحریم"), stem("نفت")),
    "تحریم یا نفت": any_of(stem("تحریم"), stem("نفت")),
    "تحریم -نفت": AndNot(stem("تحریم"), stem("نفت")),
    "(تحریم یا توافق) نفت": all_of(any_of(stem("تحریم"), stem("توافق")), stem("نفت")),
    '"تحریم نفت"': Phrase("form", ["تحریم", "نفت"]),
    "«تحریم نفت»": Phrase("form", ["تحریم", "نفت"]),
    '"تحریم نفت"~5': near,
    "تحریم*": Prefix("form", "تحریم"),
    "*تحریم*": Wildcard("form", "*تحریم*"),
    "توافق~": FuzzyTerm("form", "توافق", maxdist=1, prefixlength=1),
    'تحریم -"نفت خام"': AndNot(stem("تحریم"), Phrase("form", ["نفت", "خام"])),
    "عنوان:تحریم": Term("title", "تحریم"),
    "title:تحریم": Term("title", "تحریم"),
    'عنوان:"تحریم نفت"': Phrase("title", ["تحریم", "نفت"]),
    "بخش:ورزشی": Term("section", "ورزشی"),
    "section:ورزشی": Term("section", "ورزشی"),
    'بخش:"بین الملل"': Term("section", "بین الملل"),
    "خبرگزاری:برنا": Term("agency", "برنا"),
    "agency:برنا": Term("agency", "برنا"),
    "برچسب:نفت": Term("tag", "نفت"),
    "tag:نفت": Term("tag", "نفت"),
    'نویسنده:"سارا رضایی"': Term("author", "سارا رضایی"),
    'author:"سارا رضایی"': Term("author", "سارا رضایی"),
    "کد:۱۲۰۷۲۵۴": Term("code", "1207254"),
    "code:1207254": Term("code", "1207254"),
    "بخش:ورزشی -خبرگزاری:برنا": AndNot(Term("section", "ورزشی"), Term("agency", "برنا")),
    "(بخش:ورزشی یا بخش:سیاسی) نفت": all_of(stem("نفت"), any_of(Term("section", "ورزشی"), Term("section", "سیاسی"))),
    "از:1400/04/24": days("1400-04-24", ""),
    "from:1400-04-24": days("1400-04-24", ""),
    "تا:۱۴۰۰": days("", "1400"),
    "to:1400": days("", "1400"),
    "از:تیر ۱۴۰۰ تا:مرداد ۱۴۰۰": all_of(days("1400-04", ""), days("", "1400-05")),
    "سال:۱۴۰۰": days("1400", "1400"),
    "year:1400": days("1400", "1400"),
    "ماه:1400-04": days("1400-04", "1400-04"),
    "month:1400-04": days("1400-04", "1400-04"),
    'تاریخ:"۲۴ تیر ۱۴۰۰"': days("1400-04-24", "1400-04-24"),
    "date:1400/04/24": days("1400-04-24", "1400-04-24"),
    "از:2021-07-15": days("1400-04-24", ""),
    '"تحریم نفت': all_of(stem("تحریم"), stem("نفت")),
    "(تحریم نفت": all_of(stem("تحریم"), stem("نفت")),
    "تحریم یا": stem("تحریم"),
    "عنوان:": stem("عنوان"),
    "سال:شانزده": all_of(stem("سال"), stem("شانزده")),
    "ab~": stem("ab"),
    "*": Every(),
}


@pytest.mark.parametrize(("text", "tree"), EXAMPLES.items())
def test_examples_of_the_documentation(read, text, tree):
    """Each example asks the index for what the documentation promises."""
    assert read(text).tree == tree


def test_every_documented_example_is_tested():
    """The left column of the tables in docs/query-language.md holds the examples above and no others."""
    page = (Path(__file__).parent.parent / "docs" / "query-language.md").read_text(encoding="utf-8")
    page = page.split("## Parameters of a search")[0]
    cells = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`([^`]+)`", "".join(cells))) == set(EXAMPLES)


MALFORMED = [text for text, _ in list(EXAMPLES.items())[-7:]]


@pytest.mark.parametrize("text", EXAMPLES)
def test_only_malformed_examples_give_a_hint(read, text):
    """A hint is given where, and only where, the query was not read as typed; it is a Persian sentence."""
    hints = read(text).hints
    assert bool(hints) == (text in MALFORMED)
    assert all(hint.endswith((".", '"')) and re.search("[آ-ی]", hint) for hint in hints)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("تحریم یا نفت", "تحریم OR نفت"),
        ("تحریم یا نفت", "تحریم | نفت"),
        ("تحریم یا نفت", "تحریم||نفت"),
        ("تحریم يا نفت", "تحریم یا نفت"),
        ("تحریم -نفت", "تحریم NOT نفت"),
        ("تحریم -نفت", "تحریم −نفت"),
        ("تحریم نفت", "تحریم AND نفت"),
        ("تحریم نفت", "تحريم، نفت!"),
        ("تحریم نفت", "((تحریم)) (نفت)"),
        ("تحریم نفت گاز یا برق آب", "(تحریم نفت گاز) یا (برق آب)"),
        ('"تحریم نفت"', "“تحریم نفت”"),
        ('"تحریم نفت"', "„تحریم نفت“"),
        ('"تحریم نفت"~5', '"تحریم نفت"~۵'),
        ('"تحریم نفت"~1', '"تحریم نفت"'),
        ('"تحریم نفت"~999', '"تحریم نفت"~50'),
        ("بخش:ورزشی", "بخش: ورزشی"),
        ("بخش:ورزشی", "Section:ورزشی"),
        ("بخش:ورزشی", "سرویس：ورزشی"),
        ("عنوان:تحریم", "تیتر:تحریم"),
        ('از:"۲۴ تیر ۱۴۰۰" نفت', "از: ۲۴ تیر ۱۴۰۰ نفت"),
        ("توافق~", "توافق~1"),
        ("توافق~", "(توافق~)"),
        ("تحریم*", "تحريم*،"),
        ("تحریم*", "تحریم**"),
        (f"کتاب{ZWNJ}ها", "کتاب ها"),
        (f"می{ZWNJ}رود یا کتابها", "می رود یا کتاب ها"),
        (f'"کتاب{ZWNJ}های خوب"', '"کتاب های خوب"'),
        ("گفت و گو -جنگ", "گفتگو -جنگ"),
        ("نفت ()", "نفت"),
        ("نفت (یا)", "نفت"),
        ('نفت ""', "نفت"),
    ],
)
def test_spellings_of_one_query(read, text, same):
    """Two ways of typing the same thing give the same tree."""
    assert read(text).tree == read(same).tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("یا", form("یا")),
        ("از به", all_of(form("از"), form("به"))),
        ("از ایران", stem("ایران")),
        ("(از) ایران", stem("ایران")),
        ("از یا ایران", any_of(form("از"), stem("ایران"))),
        ('"از"', form("از")),
        ('ایران -"از"', AndNot(stem("ایران"), form("از"))),
        ("عنوان:از", form("از")),
        ("NOT ایران", AndNot(Every(), stem("ایران"))),
        ("-(ایران عراق)", AndNot(Every(), all_of(stem("ایران"), stem("عراق")))),
        ("-ایران -عراق", AndNot(Every(), any_of(stem("ایران"), stem("عراق")))),
        ("ایران یا -عراق", any_of(stem("ایران"), AndNot(Every(), stem("عراق")))),
        ("ایران یا یا عراق", any_of(stem("ایران"), stem("عراق"))),
        ("نخستوزیر", all_of(stem("نخست"), stem("وزیر"))),
        ("نخستوز*", Prefix("form", "نخستوز")),
        ("ایران ایران", stem("ایران")),
        ("۱۴:۳۰", all_of(stem("14"), stem("30"))),
        ("یادداشت: ایران", all_of(stem("یادداشت"), stem("ایران"))),
        ("۱۴۰۰-۱۴۰۱", all_of(stem("1400"), stem("1401"))),
        ("ایران - عراق", all_of(stem("ایران"), stem("عراق"))),
        ("-!", Every()),
        ("!!!", Every()),
        ("😀", Every()),
        ("*ء*", Every()),
        ("عنوان:تحریم*", Prefix("title", "تحریم")),
        ("ت*یم", Wildcard("form", "ت*یم")),
        ("قیمت~2", FuzzyTerm("form", "قیمت", maxdist=1, prefixlength=1)),
        ("پتروشیمی~2", FuzzyTerm("form", "پتروشیمی", maxdist=2, prefixlength=1)),
        ("پتروشیمی~9", FuzzyTerm("form", "پتروشیمی", maxdist=2, prefixlength=1)),
    ],
)
def test_corners_of_the_language(read, text, tree):
    """Stopwords, lone exclusions, compound words, stray signs, patterns."""
    assert read(text).tree == tree


class TwoReadings(Analyzer):
    """An analyzer to which every word is ambiguous."""

    def analyze(self, text):
        """The usual tokens, each with a second reading."""
        return [token._replace(stems=(token.form, f"{token.form}ه")) for token in super().analyze(text)]


def test_a_word_of_two_readings_is_found_by_either():
    """A truly ambiguous word asks for one stem or the other, also in a phrase of the title."""
    ambiguous = TwoReadings(Tables.shipped())
    assert parse("نفت گاز", ambiguous).tree == all_of(
        any_of(stem("نفت"), stem("نفته")), any_of(stem("گاز"), stem("گازه"))
    )
    readings = [Phrase("title", [first, second]) for first in ("نفت", "نفته") for second in ("گاز", "گازه")]
    assert parse('عنوان:"نفت گاز"', ambiguous).tree == any_of(*readings)


def test_an_empty_query_asks_for_everything(read):
    """Nothing typed is all articles, without a hint; nothing but signs is all articles, with one."""
    assert read("") == read(" \n ") == ParsedQuery(tree=Every())
    assert read("").matches_everything
    assert read("!!!").matches_everything
    assert read("!!!").hints == ("در پرسش واژه‌ای برای جست‌وجو نبود؛ همهٔ خبرها نشان داده می‌شوند.",)
    assert not read("نفت").matches_everything


def test_any_of_the_words(read):
    """`match=any` joins words by OR, but values and exclusions still narrow; `relaxed` is the same tree."""
    text = "تحریم نفت بخش:ورزشی -گاز (آب برق)"
    loose = AndNot(
        all_of(
            any_of(stem("تحریم"), stem("نفت"), stem("اب"), stem("برق")),
            Term("section", "ورزشی"),
        ),
        stem("گاز"),
    )
    assert read(text, match="any").tree == loose
    assert read(text).relaxed == loose
    assert read(text, match="any").relaxed is None
    assert read("تحریم بخش:ورزشی").relaxed is None


def test_what_the_searcher_needs_beside_the_tree(read):
    """Tokens, phrases and words are those that are looked for, with places in the typed text."""
    text = '(کتاب ها) "نفت خام" -گاز عنوان:برق، آبی* بخش:ورزشی از'
    parsed = read(text)
    assert [(text[token.start : token.end], token.position) for token in parsed.tokens] == [
        ("کتاب ها", 0), ("نفت", 2), ("خام", 3), ("برق", 5), ("از", 7),
    ]  # fmt: skip
    assert parsed.tokens[0].stems == ("کتاب",)
    assert parsed.phrases == (("نفت", "خام"),)
    assert parsed.words == ("کتاب", "ها", "برق", "از")
    assert parsed.hints == ()


def test_values_are_written_as_the_index_has_them(read):
    """The searcher's canonical spelling decides about values, field by field; excluded ones too."""
    parsed = read("بخش:بینالملل -tag:x", canonical=lambda field, value: f"{field}={value}")
    assert parsed.tree == AndNot(Term("section", "section=بینالملل"), Term("tag", "tag=x"))


ARTICLES = {
    "oil": ("تحریم نفت ایران", "قیمت نفت خام بالا رفت و تحریم‌ها ادامه دارد.", "اقتصادی", "1400-04-24"),
    "gas": ("صادرات گاز", "توافق بر سر گاز؛ ایران و عراق گفتگو کردند.", "اقتصادی", "1400-05-01"),
    "match": ("بازی استقلال", "تیم ملی ایران در تهران برد. نفت تهران باخت.", "ورزشی", "1399-12-30"),
    "book": ("کتابهای تازه", "نمایشگاه کتاب از فردا باز می شود.", "فرهنگی", "1401-01-01"),
}


@pytest.fixture(scope="module")
def find(tmp_path_factory, analyzer):
    """Finds articles in a real index of those above: query -> the set of their keys."""
    directory = tmp_path_factory.mktemp("index")
    with IndexWriter(directory, tables=Tables.shipped, workers=1) as writer:
        for key, (title, body, section, day) in ARTICLES.items():
            ordinal = jalali.bounds(day).first.toordinal()
            values = {"section": (section,), "code": (f"12{len(key)}",)}
            writer.add(Document(key=key, title=title, body=body, keywords=values, day=ordinal, stored=key.encode()))
        writer.commit()
    index = Index.open(directory)
    searcher = SnapshotSearcher(index.snapshot)

    def search(text, **options):
        answer = searcher.search(EngineQuery(tree=parse(text, analyzer, **options).tree))
        return {index.stored(int(doc)).decode() for doc in answer.docs}

    yield search
    index.close()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", set(ARTICLES)),
        ("نفت", {"oil", "match"}),
        ("نفت ایران", {"oil", "match"}),
        ("تحریم گاز", set()),
        ("تحریم یا گاز", {"oil", "gas"}),
        ("ایران -نفت", {"gas"}),
        ("-ایران", {"book"}),
        ("کتاب ها", {"book"}),
        ("گفت و گو", {"gas"}),
        ('"نفت خام"', {"oil"}),
        ('"خام نفت"', set()),
        ('"کتاب از فردا"', {"book"}),
        ('"تهران برد"~5', {"match"}),
        ('"برد تهران"~3', {"match"}),
        ('"باخت ایران"~3', set()),
        ("تحر*", {"oil"}),
        ("*ستقل*", {"match"}),
        ("استقلل~", {"match"}),
        ("عنوان:نفت", {"oil"}),
        ('عنوان:"نفت ایران"', {"oil"}),
        ("بخش:اقتصادی", {"oil", "gas"}),
        ("(بخش:ورزشی یا بخش:فرهنگی) -نفت", {"book"}),
        ("کد:۱۲۵", {"match"}),
        ("سال:1400", {"oil", "gas"}),
        ("از:مرداد ۱۴۰۰", {"gas", "book"}),
        ("تا:1399 نفت", {"match"}),
        ("از", {"book"}),
    ],
)
def test_what_a_real_index_answers(find, text, keys):
    """The trees fit the fields of the index: each query finds exactly the articles that it means."""
    assert find(text) == keys


def test_any_match_finds_more(find):
    """With `match=any`, each of the words is enough, and values still narrow."""
    assert find("تحریم گاز کتاب", match="any") == {"oil", "gas", "book"}
    assert find("تحریم گاز کتاب بخش:فرهنگی", match="any") == {"book"}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("نفت)", "پرانتزها جفت نیستند"),
        ("«نفت", "گیومه‌ای بسته نشده است"),
        ("یا نفت", "«یا» میان یا پیش از واژه‌ها معنا دارد"),
        ("نفت NOT", "«NOT» میان یا پیش از واژه‌ها معنا دارد"),
        ("بخش: (نفت)", "پس از «بخش:» چیزی نوشته نشده است"),
        ("از:1400/13/01", "«1400/13/01» پس از «از:» تاریخ نیست"),
        ("تا:۱۴۰۰/۱۲/۳۱", "«۱۴۰۰/۱۲/۳۱» پس از «تا:» تاریخ نیست"),
        ("نف~", "برای «~» واژه باید دست‌کم سه حرف داشته باشد"),
        ("نفت -از", "واژه‌های بسیار رایج"),
        ("ن*ف*ت*ی*", "بیش از سه ستاره"),
        ("ا* " * (MOST_PATTERNS + 1), "شمار الگوها"),
        ("(" * 30 + "نفت" + ")" * 30, "بیش از اندازه تودرتو"),
        ("نفت " * LONGEST_READ, "پرسش بسیار بلند بود؛ تنها ۴۰۰۰ نویسهٔ نخست آن خوانده شد."),
    ],
)
def test_hints_say_what_was_wrong(read, text, hint):
    """Each kind of mistake has its own sentence, said once."""
    found = [sentence for sentence in read(text).hints if hint in sentence]
    assert len(found) == 1


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000, "(" * 5000 + ")" * 5000, "ا" * 10_000, "- " * 5000, '"«' * 5000, "یا " * 4000, "a* " * 3000,
     "~" * 9000, "از:" * 3000, "!" * 10_000 + "a", "NOT " * 3000, "از: " + "1 " * 3000, "(-" * 3000, "ا*" * 2500],
)  # fmt: skip
def test_endless_queries_are_bounded(read, text):
    """Thousands of brackets, operators, patterns or fields give a tree of bounded size, and a hint."""
    parsed = read(text)
    assert len(str(parsed.tree)) <= 20 * LONGEST_READ
    assert "پرسش بسیار بلند بود" in parsed.hints[0]


def test_a_hundred_words_are_all_asked_for(read):
    """Long queries lose no word."""
    words = ["".join(letters) for letters in islice(product("bcdf", repeat=4), 150)]
    assert read(" ".join(words)).tree == all_of(*map(stem, words))


def terms_of(tree):
    """All leaves of a tree, walked without recursion."""
    stack = [tree]
    while stack:
        node = stack.pop()
        children = [node.a, node.b] if isinstance(node, AndNot) else list(node.children())
        stack += children
        if not children:
            yield node


PIECES = tuple(
    """ایران از یا OR AND NOT - ( ) " « » * ~ ~5 | : عنوان: بخش: از: تا: 1400 تیر تحریم* *ا* ab~2 ء ß 😀""".split()  # noqa: SIM905
)
pieces = st.lists(st.sampled_from([*PIECES, " ", " ", "کتاب ها", ZWNJ, "\ud800", "\x00"]), max_size=25).map("".join)


@settings(max_examples=300, deadline=None)
@given(text=pieces | st.text(max_size=80), match=st.sampled_from(["all", "any"]))
def test_no_text_is_an_error(analyzer, text, match):
    """Any text gives a tree whose leaves can be looked up, and tokens that slice the text."""
    parsed = parse(text, analyzer, match=match)
    for leaf in terms_of(parsed.tree):
        assert isinstance(leaf, Every | Term | Phrase | SpanNear2 | Prefix | Wildcard | FuzzyTerm | NumericRange)
        assert getattr(leaf, "text", "x")
        str(leaf).encode("utf-8")
    assert all(0 <= token.start < token.end <= len(text) for token in parsed.tokens)
    positions = [token.position for token in parsed.tokens]
    assert positions == sorted(set(positions))
    assert hash(parsed.tree) == hash(parse(text, analyzer, match=match).tree)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["نفت", "تحریم", "توافق", "گاز"]), min_size=1, max_size=6))
def test_plain_words_mean_all_of_them(analyzer, words):
    """Words alone ask for each distinct one; whatever finds all of them is also found by the relaxed tree."""
    distinct = list(dict.fromkeys(words))
    parsed = parse(" ".join(words), analyzer)
    assert parsed.tree == (all_of(*map(stem, distinct)) if len(distinct) > 1 else stem(distinct[0]))
    assert parsed.relaxed == (any_of(*map(stem, distinct)) if len(distinct) > 1 else None)
