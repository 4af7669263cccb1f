"""Forms of verbs: every form that can stand as one written word, each with its infinitive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_PERSONS = ("م", "ی", "یم", "ید", "ند")
_PERFECT = ("", "ام", "ای", "ایم", "اید", "اند")
_PREFIXED = ("می", "نمی")
CONJUNCTION = "و"
IMPERFECTIVE = frozenset(_PREFIXED)


def _after_prefix(prefix: str, stem: str) -> str:
    """A stem behind ب or ن: a glide comes before ا (بیاید, نیامد), and an initial long ا disappears before it."""
    return f"{prefix}ی{stem}" if stem.startswith("ا") else prefix + stem


def _present_forms(stem: str) -> Iterator[tuple[str, bool]]:
    """Present, subjunctive and negative forms; the flag tells those that only a verb can have."""
    glided = {"ا": [stem + "ی"], "و": [stem, stem + "ی"]}.get(stem[-1], [stem])  # آید; رود but گوید
    yield stem, False
    for form in (start + ending for start in glided for ending in (*_PERSONS, "د")):
        yield form, False
        yield from ((prefix + form, True) for prefix in _PREFIXED)
        yield _after_prefix("ب", form), False
        yield _after_prefix("ن", form), False


def _past_forms(stem: str) -> Iterator[tuple[str, bool]]:
    for form in (stem, *(stem + ending for ending in _PERSONS)):
        yield form, False
        yield _after_prefix("ن", form), False
        yield from ((prefix + form, True) for prefix in _PREFIXED)
    for ending in _PERFECT:
        for participle in (f"{stem}ه{ending}", f"{_after_prefix('ن', stem)}ه{ending}"):
            yield participle, ending not in ("", "ای")
        yield from ((f"{prefix}{stem}ه{ending}", True) for prefix in _PREFIXED)


def verb_forms(stems: Iterable[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """All one-word forms of the verbs with these folded (past, present) stems.

    Returns:
        Forms that only a verb can have (with می, or perfect with a person), and forms that may also be another word
        (رود: "goes", "river"); each with the infinitive. Where verbs share a form, the first verb given has it.
    """
    certain = {prefix + "توان": "توانستن" for prefix in _PREFIXED}  # impersonal: "one can"
    possible: dict[str, str] = {}
    for past, present in stems:
        infinitive = past + "ن"
        for form, is_certain in (*_past_forms(past), *(_present_forms(present) if present else ())):
            (certain if is_certain else possible).setdefault(form, infinitive)
    return certain, possible
