"""The steps of the Persian analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.terminal.output import print_json

if TYPE_CHECKING:
    from search.persian import Analyzer


def print_analysis(analyzer: Analyzer, text: str, as_json: bool) -> None:
    """Each step of the analysis with what it makes of the text."""
    steps = analyzer.explain(text)
    if as_json:
        print_json(steps)
        return
    for step in steps:
        print(f"{step.name:12} {step.value}")
