"""Articles as plain JSON, for comparing with the golden files beside the pages."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from search.article import Article
from search.errors import RejectedInput

FIXTURES = Path(__file__).parent.parent / "fixtures"


def plain(found: Article | RejectedInput) -> dict[str, Any]:
    """The fields of an article that are not empty, or the reason of a rejection; the path is left out."""
    if isinstance(found, RejectedInput):
        return {"rejected": found.reason}
    fields = {name: value for name, value in asdict(found).items() if value and name != "source"}
    if found.published:
        fields["published"] = found.published.isoformat()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}
