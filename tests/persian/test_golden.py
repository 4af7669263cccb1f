"""The golden files: words whose terms a native reader has settled, one file for each class of forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.persian import Analyzer, Tables

GOLDEN = Path(__file__).parent / "golden"
CLASSES = sorted(path.stem for path in GOLDEN.glob("*.tsv"))
EQUAL = [name for name in CLASSES if name not in {"ambiguous", "distinct"}]


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    """The analyzer of an archive that has taught it nothing."""
    return Analyzer(Tables.shipped())


def lines(name: str) -> list[tuple[int, tuple[str, ...]]]:
    """The lines of a golden file, with their numbers, without comments."""
    numbered = enumerate((GOLDEN / f"{name}.tsv").read_text(encoding="utf-8").split("\n"), 1)
    return [(number, tuple(line.split("\t"))) for number, line in numbered if line and not line.startswith("#")]


def stems(analyzer: Analyzer, text: str) -> list[tuple[str, ...]]:
    """The stems of the tokens that have any, in order."""
    return [tuple(sorted(token.stems)) for token in analyzer.analyze(text) if token.stems]


def failing(name: str, failures: list[str]) -> str:
    """The message of a failed class, a line a failure."""
    return f"{len(failures)} of {len(lines(name))} lines of {name}.tsv:\n" + "\n".join(failures)


@pytest.mark.parametrize("name", EQUAL)
def test_form_and_base_have_the_same_stems(analyzer: Analyzer, name: str) -> None:
    """Every form meets its base: the same stems in the same order, and at least one of them."""
    failures = []
    for number, (form, base) in lines(name):
        found, wanted = stems(analyzer, form), stems(analyzer, base)
        if not found or found != wanted:
            failures.append(f"{number}: {form!r} -> {found}, but {base!r} -> {wanted}")
    assert not failures, failing(name, failures)


def test_ambiguous_forms_carry_both_readings(analyzer: Analyzer) -> None:
    """A form that lost its half-space and reads as two words is found under each of them."""
    failures = []
    for number, (form, *bases) in lines("ambiguous"):
        found = {stem for token in analyzer.analyze(form) for stem in token.stems}
        for base in bases:
            wanted = {stem for token in analyzer.analyze(base) for stem in token.stems}
            if not wanted or not wanted <= found:
                failures.append(f"{number}: {form!r} -> {sorted(found)} lacks {base!r} -> {sorted(wanted)}")
    assert not failures, failing("ambiguous", failures)


def test_look_alikes_stay_apart(analyzer: Analyzer) -> None:
    """A word whose end only looks like an affix does not meet what would be left, and neither of them vanishes."""
    failures = []
    for number, (word, other) in lines("distinct"):
        first, second = stems(analyzer, word), stems(analyzer, other)
        shared = {stem for token in first for stem in token} & {stem for token in second for stem in token}
        if shared or not first or not second:
            failures.append(f"{number}: {word!r} -> {first}, {other!r} -> {second}")
    assert not failures, failing("distinct", failures)


def test_golden_files_cover_the_language() -> None:
    """The files hold over a thousand different lines, at least two hundred of them pairs that must not meet."""
    every = [(name, fields) for name in CLASSES for _, fields in lines(name)]
    assert len(set(every)) == len(every)
    assert len(every) >= 1_000
    assert len(lines("distinct")) >= 200


@pytest.mark.parametrize("name", CLASSES)
def test_golden_lines_are_well_formed(name: str) -> None:
    """Each line has its two fields (ambiguous: three), none of them empty, and no two the same."""
    fields = 3 if name == "ambiguous" else 2
    malformed = [n for n, parts in lines(name) if len(parts) != fields or not all(parts) or len(set(parts)) < fields]
    assert not malformed
