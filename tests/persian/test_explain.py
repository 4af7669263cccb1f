"""The microscope of the analysis: each step with what it makes of the text."""

from __future__ import annotations

from search.persian import Analyzer, Tables
from search.persian.explain import Step


def test_each_step_of_a_text() -> None:
    """From letters to stems: what was folded, parted, joined, split, read, and dropped."""
    assert Analyzer(Tables.shipped()).explain("از گفت و گوهاي نخستوزیر؛ زمینهای") == [
        Step("folded", "از گفت و گوهای نخستوزیر؛ زمینهای"),
        Step("pieces", "از | گفت | و | گوهای | نخستوزیر | زمینهای"),
        Step("forms", "از | گفتگوهای | نخست | وزیر | زمینهای"),
        Step("places", "0-2 از | 3-14 گفت و گوهاي | 15-19 نخست | 19-23 وزیر | 25-32 زمینهای"),
        Step("lemmas", "گفتگو | نخست | وزیر | زمین/زمینه"),
        Step("stems", "گفتگو | نخست | وزیر | زمین/زمینه"),
        Step("stopwords", "از"),
    ]


def test_nothing_to_explain() -> None:
    """A text without words has all the steps, and nothing in them."""
    assert [step.value for step in Analyzer(Tables.shipped()).explain("!")] == ["!", "", "", "", "", "", ""]
