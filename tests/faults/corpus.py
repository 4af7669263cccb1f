"""Sources whose articles are known: written in two versions, and read without an archive."""

from __future__ import annotations

import json
import random
from pathlib import Path

from search.sources import Profile, read, walk

WORDS = """باران برف آفتاب شهر روستا کتاب نمایشگاه تیم فوتبال قهرمان دانشگاه دانشجو پژوهش اقتصاد بازار بورس ارز نفت گاز
کشاورزی گندم آب رودخانه دریا جنگل هوا آلودگی خودرو قطار هواپیما فرودگاه راه پل سد نیروگاه برق خورشید باد وزیر مجلس قانون
انتخابات رای شورا شهردار موزه میراث سینما فیلم موسیقی شعر نقاشی جشنواره"""


def write(folder: Path, files: int, articles: int, *, version: int = 1) -> None:
    """Write so many files of so many articles each; in version 2, every third is another than in version 1."""
    folder.mkdir(exist_ok=True)
    for file in range(files):
        lines = (_line(number, version) for number in range(file * articles, (file + 1) * articles))
        (folder / f"{file:03}.jsonl").write_text("".join(lines), encoding="utf-8")


def _line(number: int, version: int) -> str:
    words = random.Random(f"{number} {version if number % 3 == 0 else 1}").choices(WORDS.split(), k=40)
    record = {
        "code": str(number), "agency": "برنا", "title": " ".join(words[:6]), "body": " ".join(words[6:]),
        "section": words[0], "date": f"140{number % 4}/0{number % 9 + 1}/1{number % 10}",
    }  # fmt: skip
    return json.dumps(record, ensure_ascii=False) + "\n"


def articles(folder: Path) -> list[tuple[str, int]]:
    """(key, fingerprint) of the articles in a folder, in the order in which they are read."""
    found = (one for path in walk([folder]) for one in read(path, Profile()))
    return [(one.key, one.fingerprint) for one in found if not isinstance(one, Exception)]
