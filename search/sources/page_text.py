"""The text of a saved page -> its article.

The largest run of prose is the body; the head (title, kicker, lead, date line, code) is looked for around its start,
facts at the foot are taken where the head lacks them, and what is left above and below is the site's own. What each
line is, is told in `lines`.
"""

from __future__ import annotations

from itertools import takewhile
from typing import NamedTuple

from search.article import Article
from search.errors import RejectedInput
from search.sources.agencies import agency_in, agency_of_name
from search.sources.decode import decode
from search.sources.draft import Draft, split_tags
from search.sources.lines import (
    TAG_LABELS,
    Facts,
    Line,
    classify,
    is_section,
    plain,
    section_of_breadcrumb,
    without_trailer,
)
from search.sources.paragraphs import one_line, paragraphs, without_controls
from search.sources.profile import Profile
from search.sources.published import moment

MAX_LINES = 20_000  # of a page
_END = -1_000_000.0  # the weight of a line over which no block of text goes
_GOOD_BLOCK = 20.0  # words that make a block the article, so that what follows an ending counts less
_AFTER_ENDING = 0.2  # comments and related news may be longer than the article
_LEAST_FALLBACK = 8  # words of a line that may be text on a page without a single sentence
_LAST_LINES = 6  # lines that may follow the last full sentence, subheadings included
_LEAST_LAST = 4  # words of one of them
_TITLE_WITHIN = 50  # lines above the text
_LONGEST_TITLE = 30  # words
_LONGEST_KICKER = 15  # words
_LONGEST_LEAD = 90  # words
_LONGEST_TAG = 4  # words


def read_page_text(data: bytes, source: str, profile: Profile) -> Article:
    """The article of a page saved as text.

    Raises:
        RejectedInput: it is not text, or holds no article.
    """
    decoded = decode(data, source)
    draft = draft_of_lines(paragraphs(without_controls(decoded.text.lstrip("\ufeff"))), source)
    draft.notes = [*decoded.notes, *draft.notes]
    return draft.finish(profile, source)


def draft_of_lines(texts: list[str], source: str) -> Draft:
    """What the lines of a page say; without a body where they hold no article.

    Raises:
        RejectedInput: there are more than MAX_LINES.
    """
    if len(texts) > MAX_LINES:
        raise RejectedInput(source, f"more than {MAX_LINES:,} lines, the limit of one page; split it")
    lines = [classify(text) for text in _joined_labels(texts)]
    block = _block(lines)
    if block is None:
        return Draft()
    title = _title(lines, block)
    head = _head(lines, title, block)
    body = [text for line in lines[head.start : block.end] if line.other and (text := without_trailer(line.text))]
    lead = body.pop(0) if _opens_with_lead(body) else ""
    draft = Draft(
        title=one_line(lines[title].text) if title is not None else "",
        kicker=head.kicker,
        lead=lead,
        body=body,
        agency=_agency(lines, title, [lead, *body[:2]]),
    )
    _add_facts(draft, lines, block, title)
    return draft


def _agency(lines: list[Line], title: int | None, opening: list[str]) -> str:
    """The known agency that signs the text, or that the browser's title names beside the headline."""
    signed = map(agency_in, opening)
    headline = lines[title].text if title is not None else "\n"
    beside = (agency_of_name(line.text.partition(headline)[2]) for line in lines[:title])
    return next(filter(None, (*signed, *beside)), "")


class _Block(NamedTuple):
    """The lines from `start` up to `end`."""

    start: int
    end: int


class _Head(NamedTuple):
    """The kicker, and where the text starts."""

    kicker: str
    start: int


def _joined_labels(texts: list[str]) -> list[str]:
    """The lines, with a label that ends in a colon (`کد خبر:`) and the value under it on one line."""
    joined: list[str] = []
    for text in texts:
        if (
            joined
            and joined[-1].endswith(":")
            and len(joined[-1].split()) <= 2
            and classify(f"{joined[-1]} {text}").head
        ):
            joined[-1] = f"{joined[-1]} {text}"
        else:
            joined.append(text)
    return joined


def _block(lines: list[Line]) -> _Block | None:
    """The run of lines that is the article's text: it starts with prose and weighs most."""
    found = _heaviest(lines, [_weight(line, line.prose) for line in lines])
    if found is None and any(line.head for line in lines):
        found = _heaviest(lines, [_weight(line, line.other and line.words >= _LEAST_FALLBACK) for line in lines])
    return found and _Block(found.start, _with_last_lines(lines, found.end))


def _weight(line: Line, text: bool) -> float:
    """What a line adds to a block: its words if it is text, and less than nothing if it is of the site."""
    if line.ends:
        return _END
    if text:
        return float(line.words)
    if line.head:
        return 0.0
    if line.label:
        return -8.0
    return -1.0 if line.words >= _LEAST_FALLBACK else -3.0


def _heaviest(lines: list[Line], weights: list[float]) -> _Block | None:
    """The block with the largest sum of weights; blocks behind a good one and an ending count a part only."""
    best, best_weight, share = None, 0.0, 1.0
    start, total, good = 0, 0.0, False
    for index, weight in enumerate(weights):
        if weight == _END:
            share *= _AFTER_ENDING if good else 1.0
            total, good = 0.0, False
            continue
        if total <= 0.0:
            start, total = index, 0.0
        total += weight
        good = good or total >= _GOOD_BLOCK
        if total * share > best_weight:
            best, best_weight = _Block(start, index + 1), total * share
    return best


def _with_last_lines(lines: list[Line], end: int) -> int:
    """The end of a block, moved over last lines without a full stop, if the article is over right after them."""
    texts = list(takewhile(lambda line: line.other and line.words > 1, lines[end : end + _LAST_LINES]))
    after = lines[end + len(texts)] if end + len(texts) < len(lines) else None
    over = after is None or after.head or after.ends
    if over and (len(texts) == 1 or (after and after.ends)) and any(line.words >= _LEAST_LAST for line in texts):
        return end + len(texts)
    return end


def _title(lines: list[Line], block: _Block) -> int | None:
    """The line that is the likeliest title: near the text, above the date line, no menu label and no sentence."""
    texts_below = sum(line.other for line in lines[block.start + 1 : block.end])
    last = block.start if texts_below and not lines[block.start].text.endswith(".") else block.start - 1
    near = range(max(0, last - _TITLE_WITHIN), last + 1)
    scores = {index: _title_score(lines, index, block.start) for index in near if _may_be_title(lines[index])}
    best = max(scores, key=lambda index: (scores[index], index), default=None)
    return best if best is not None and scores[best] > 0 else None


def _may_be_title(line: Line) -> bool:
    return line.other and 2 <= line.words <= _LONGEST_TITLE


def _title_score(lines: list[Line], index: int, start: int) -> int:
    line = lines[index]
    below = lines[index + 1 : start]
    score = min(line.words, 6) - 3 * min(sum(other.other for other in below), 5)
    if below and below[0].head:
        score += 8
    elif any(other.head for other in below):
        score += 3
    if line.text.endswith("."):
        score -= 6
    elif line.text.endswith((":", "؛")):
        score -= 4
    if _in_menu(lines, index):
        score -= 6
    if any(line.key in other.key for other in lines[:index] if other.other):  # the browser's title: `title | site`
        score += 8
    return score - 2 * (index == start)


def _in_menu(lines: list[Line], index: int) -> bool:
    """Whether a line is a short one among short ones, or the very short end of a menu."""
    if lines[index].words <= 3 and index >= 2 and lines[index - 1].label and lines[index - 2].label:
        return True
    around = lines[max(0, index - 2) : index + 2]
    return len(around) > 2 and all(line.words <= 4 and not line.head and not line.sentence for line in around)


def _head(lines: list[Line], title: int | None, block: _Block) -> _Head:
    """The kicker, right above or somewhere below the title, and the first line of the text."""
    if title is None:
        return _Head("", block.start)
    between = [index for index in range(title + 1, block.start) if lines[index].other and lines[index].words >= 4]
    if _is_kicker_above(lines, title):
        kicker = lines[title - 1].text
    elif between and lines[between[0]].words <= _LONGEST_KICKER:
        kicker = lines[between.pop(0)].text
    else:
        kicker = ""
    return _Head(one_line(kicker), between[0] if between else max(block.start, title + 1))


def _is_kicker_above(lines: list[Line], title: int) -> bool:
    if title == 0:
        return False
    line = lines[title - 1]
    announces = line.text.endswith((":", "؛"))
    listed = not announces and title >= 2 and lines[title - 2].other  # one of several headlines
    of_length = 3 <= line.words <= _LONGEST_KICKER
    return line.other and of_length and not listed and lines[title].key not in line.key


def _opens_with_lead(body: list[str]) -> bool:
    """Whether the first paragraph is a summary of the rest, rather than its beginning."""
    return len(body) > 1 and len(body[0].split()) <= _LONGEST_LEAD and not _reports(body[0])


def _reports(paragraph: str) -> bool:
    return plain(paragraph).startswith("به گزارش")


def _add_facts(draft: Draft, lines: list[Line], block: _Block, title: int | None) -> None:
    """Date, code and the like: of the lines around the head first, then of those below the text, then of the rest."""
    top = max(0, (block.start if title is None else title) - 4)
    facts = Facts()
    for line in [*lines[top : block.end], *lines[block.end :], *reversed(lines[:top])]:
        if line.facts:
            facts.add(line.facts)
    draft.published = moment(facts.date) if facts.date else None
    draft.undated = "" if draft.published else facts.date
    draft.code, draft.author = facts.code, facts.author
    draft.tags = split_tags([facts.tags]) if facts.tags else _listed_tags(lines[block.end :])
    draft.section = facts.section or _section(lines, block.start if title is None else title)


def _section(lines: list[Line], title: int) -> str:
    """The section that a breadcrumb names, or the label above the title that the menu has, too."""
    crumbs = (section_of_breadcrumb(line.text) for line in lines[: title + 1])
    if found := next(filter(None, crumbs), ""):
        return found
    keys = [line.key for line in lines if line.label]
    near = [line for line in lines[max(0, title - 2) : title] if line.label and is_section(line.key)]
    return next((line.text for line in reversed(near) if keys.count(line.key) > 1), "")


def _listed_tags(below: list[Line]) -> tuple[str, ...]:
    """The short lines under a line that says `tags`."""
    start = next((index + 1 for index, line in enumerate(below) if line.key in TAG_LABELS), len(below))
    listed = takewhile(lambda line: line.words <= _LONGEST_TAG and not line.ends and not line.head, below[start:])
    return split_tags([*(line.text for line in listed), ""])
