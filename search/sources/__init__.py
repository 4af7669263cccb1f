"""What an archivist has -> Articles: saved pages, records, feeds and web archives, packed or in archives of files."""

from search.sources.detect import FORMATS, Format
from search.sources.draft import ONLY_SUMMARY
from search.sources.profile import Profile
from search.sources.reader import read
from search.sources.walk import walk

__all__ = ["FORMATS", "ONLY_SUMMARY", "Format", "Profile", "read", "walk"]
