"""An archive on disk: incremental indexing, generations, and what is told when something is wrong."""

import os
import shutil
from pathlib import Path

import pytest

from search.archive import Archive
from search.errors import ArchiveLocked, ArchiveNotFound, InvalidSettings, PathNotFound
from search.request import SearchRequest

NEWS = [
    {
        "code": "1",
        "agency": "برنا",
        "title": "نمایشگاه کتاب‌هاي تهران",
        "body": "نمایشگاه باز شد.",
        "date": "1400/04/24",
    },
    {"code": "2", "agency": "برنا", "title": "بارش باران در شمال", "body": "باران بارید.", "date": "1399/12/30"},
    {"code": "3", "agency": "برنا", "title": "دیدار تیم‌ها", "body": "تیم برنده شد.", "date": "1400/05/01"},
]


def titles(archive, query, **options):
    """The titles that a query finds, best first."""
    result = archive.searcher().search(SearchRequest(query=query, **options))
    return [hit.article.title for hit in result.hits]


def counts(run):
    """(indexed, replaced, unchanged, rejected) of a run."""
    return run.indexed, run.replaced, run.unchanged, run.rejected


def test_what_is_indexed_is_found_in_every_spelling(archive, write_jsonl):
    """Three articles are indexed, and each spelling of a word finds the article that has another one."""
    run = archive.index([write_jsonl("news.jsonl", NEWS)])
    assert counts(run) == (3, 0, 0, 0)
    for spelling in ("کتاب", "کتابها", "کتاب ها", "كتاب‌هاي", "کتاب‌های"):
        assert titles(archive, spelling) == [NEWS[0]["title"]]
    assert titles(archive, "", sort="newest") == [NEWS[2]["title"], NEWS[0]["title"], NEWS[1]["title"]]


def test_indexing_again_reads_only_what_changed(archive, write_jsonl):
    """Unchanged files are skipped; in a changed one, only the changed article is replaced; nothing is doubled."""
    first, second = write_jsonl("a.jsonl", NEWS[:2]), write_jsonl("b.jsonl", NEWS[2:])
    assert counts(archive.index([first, second])) == (3, 0, 0, 0)
    generation = archive.searcher().generation
    assert counts(archive.index([first, second])) == (0, 0, 0, 0)
    assert archive.searcher().generation == generation
    write_jsonl("a.jsonl", [NEWS[0], {**NEWS[1], "title": "آفتاب در شمال"}])
    assert counts(archive.index([first, second])) == (0, 1, 1, 0)
    assert titles(archive, "شمال") == ["آفتاب در شمال"]
    assert archive.searcher().search(SearchRequest()).total == 3
    assert counts(archive.index([first, second], force=True)) == (0, 0, 3, 0)


def test_a_file_name_that_is_no_text(archive, write_jsonl):
    """A file whose name is no UTF-8 is indexed, shown escaped, known when it comes again, and verified."""
    path = write_jsonl("news.jsonl", NEWS)
    odd = Path(os.fsdecode(os.fsencode(path.parent) + b"/\xe9\xff.jsonl"))
    path.rename(odd)
    assert counts(archive.index([odd])) == (3, 0, 0, 0)
    assert archive.searcher().article("", "1").source == f"{path.parent}/\\xe9\\xff.jsonl:1"
    assert counts(archive.index([odd])) == (0, 0, 0, 0)
    assert not archive.verify().problems


def test_a_summary_never_replaces_the_whole_text(archive, write_jsonl, tmp_path):
    """A feed's summary gives way to the article, in the same run or a later one, and never takes its place again."""
    whole = [{**NEWS[0], "code": "1207254", "body": "نمایشگاه باز شد و هزاران نفر از آن دیدن کردند."}]
    item = "<item><title>{}</title><guid>1207254</guid><description>{}</description></item>"

    def feed(name, *summaries):
        items = "".join(item.format(NEWS[0]["title"], summary) for summary in summaries)
        (tmp_path / name).write_text(
            f'<rss version="2.0"><channel><title>خبرگزاری برنا</title>{items}</channel></rss>', encoding="utf-8"
        )
        return tmp_path / name

    def lead_and_body():
        article = archive.searcher().article("برنا", "1207254")
        return article.lead, article.body

    assert counts(archive.index([feed("a.xml", "نمایشگاه باز شد.", "نمایشگاه کتاب باز شد.")])) == (1, 1, 0, 0)
    assert lead_and_body() == ("نمایشگاه کتاب باز شد.", ())
    assert counts(archive.index([feed("b.xml", "در نمایشگاه باز شد.")])) == (0, 1, 0, 0)
    page = write_jsonl("c.jsonl", whole)
    assert counts(archive.index([page, feed("d.xml", "نمایشگاه گشوده شد.")])) == (0, 1, 1, 0)
    assert counts(archive.index([feed("e.xml", "نمایشگاه آغاز شد.")])) == (0, 0, 1, 0)
    assert lead_and_body() == ("", (whole[0]["body"],))
    assert not archive.reindex().rejected
    assert lead_and_body() == ("", (whole[0]["body"],))


def test_the_same_article_in_two_files_is_one(archive, write_jsonl):
    """Identity is agency and code, wherever an article is read from."""
    run = archive.index([write_jsonl("a.jsonl", NEWS[:1]), write_jsonl("b.jsonl", NEWS[:1])])
    assert counts(run) == (1, 0, 1, 0)
    assert archive.searcher().search(SearchRequest()).total == 1


def test_a_searcher_in_use_keeps_its_generation(archive, write_jsonl):
    """A new generation is picked up by the next searcher, while the old one goes on as before."""
    archive.index([write_jsonl("a.jsonl", NEWS[:1])])
    old = archive.searcher()
    Archive(archive.directory).index([write_jsonl("b.jsonl", NEWS[1:])])
    new = archive.searcher()
    assert archive.searcher() is new
    assert (old.search(SearchRequest()).total, new.search(SearchRequest()).total) == (1, 3)
    assert new.generation > old.generation


def test_reindex_keeps_articles_whose_source_is_gone(archive, write_jsonl):
    """A rebuild reads the sources again, and carries over what no source holds any more."""
    first, second = write_jsonl("a.jsonl", NEWS[:1]), write_jsonl("b.jsonl", NEWS[1:])
    archive.index([first, second])
    second.unlink()
    write_jsonl("a.jsonl", [{**NEWS[0], "title": "نمایشگاه بسته شد"}])
    run = archive.reindex()
    assert (run.indexed, run.rejected) == (3, 1)
    assert sorted(titles(archive, "")) == sorted(["نمایشگاه بسته شد", NEWS[1]["title"], NEWS[2]["title"]])
    with archive.journal() as journal:
        assert [one.place for one in journal.rejections()] == [str(second)]


def test_reindex_from_the_store_needs_no_source(archive, write_jsonl):
    """With every source gone, the stored articles alone give the same archive, and progress is told of them."""
    source = write_jsonl("a.jsonl", NEWS)
    archive.index([source])
    before = archive.searcher().search(SearchRequest(query="باران یا کتاب"))
    source.unlink()
    told = []
    run = archive.reindex(from_store=True, observe=lambda now: told.append((now.read, now.share)))
    after = archive.searcher().search(SearchRequest(query="باران یا کتاب"))
    assert (counts(run), after.generation) == ((3, 0, 0, 0), before.generation + 1)
    assert (after.hits, after.facets) == (before.hits, before.facets)
    assert sorted(told) == told
    assert (told[0], told[-1]) == ((0, 0.0), (3, 1.0))


def test_sections_keep_one_name_over_all_runs(archive, write_jsonl):
    """A spelling met in a later run, and one asked for, is the section that the archive already has."""
    sections = ("میراث خاورزمین", "ميراث خاور‌زمین")
    for number, section in enumerate(sections):
        archive.index([write_jsonl(f"{number}.jsonl", [{**NEWS[number], "section": section}])])
    result = archive.searcher().search(SearchRequest(section=(sections[1],)))
    facet = next(facet for facet in result.facets if facet.name == "section")
    assert [(value.value, value.count, value.selected) for value in facet.values] == [(sections[0], 2, True)]


def test_rejections_are_counted_and_kept(archive, tmp_path, write_jsonl):
    """A bad line and a binary file are told with their place and reason; the good articles are indexed."""
    source = write_jsonl("a.jsonl", NEWS)
    with source.open("a", encoding="utf-8") as lines:
        lines.write('{"title": \n')
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 8)
    run = archive.index([source, tmp_path / "b.bin"])
    assert counts(run) == (3, 0, 0, 2)
    with archive.journal() as journal:
        places = [one.place for one in journal.rejections()]
    assert places == [f"{source}:4", str(tmp_path / "b.bin")]


def test_wrong_paths_and_empty_folders_change_nothing(archive, tmp_path, write_jsonl):
    """A path that is not there, and a folder without files, are errors before anything is made."""
    (tmp_path / "empty").mkdir()
    for paths in ([tmp_path / "absent"], [write_jsonl("a.jsonl", NEWS), tmp_path / "absent"], [tmp_path / "empty"]):
        with pytest.raises(PathNotFound):
            archive.index(paths)
    assert not archive.directory.exists()


def test_an_archive_that_is_not_there_says_how_to_make_one(archive):
    """Searching, rebuilding and asking the journal of nothing are one-line errors that name the command."""
    for work in (archive.searcher, archive.journal, archive.reindex):
        with pytest.raises(ArchiveNotFound, match="bayegan index"):
            work()


def test_an_archive_inside_its_sources_does_not_read_itself(tmp_path, write_jsonl):
    """Fed from the folder it lives in, an archive reads the sources again and none of its own files."""
    write_jsonl("news.jsonl", NEWS)
    archive = Archive(tmp_path)
    for _ in range(2):
        run = archive.index([tmp_path], force=True)
        assert run.rejected == 0
    with archive.journal() as journal:
        assert [file.path for file in journal.sources()] == [tmp_path / "news.jsonl"]


def test_two_indexers_at_once(archive, write_jsonl):
    """While one process writes, a second is refused at once, and the first is not disturbed."""
    source = write_jsonl("a.jsonl", NEWS)
    refused = []

    def second(progress):
        if progress.phase != "comparing" and not refused:
            with pytest.raises(ArchiveLocked) as raised:
                Archive(archive.directory).index([source])
            refused.append(raised.value)

    assert counts(archive.index([source], observe=second)) == (3, 0, 0, 0)
    assert len(refused) == 1
    assert archive.searcher().search(SearchRequest()).total == 3


def test_archive_toml_is_checked_before_anything_is_written(archive, write_jsonl):
    """A title, settings and unknown keys are read from archive.toml; what cannot be used is named."""
    archive.directory.mkdir()
    toml = archive.directory / "archive.toml"
    toml.write_text('title = "بایگانی نمونه"\n[settings]\ntime_limit_ms = 50', encoding="utf-8")
    again = Archive(archive.directory)
    assert (again.title, again.settings.time_limit_ms) == ("بایگانی نمونه", 50)
    toml.write_text('titel = "x"', encoding="utf-8")
    with pytest.raises(InvalidSettings, match="titel"):
        Archive(archive.directory).index([write_jsonl("a.jsonl", NEWS)])
    for wrong in ("title = 1", "settings = 1"):
        toml.write_text(wrong, encoding="utf-8")
        with pytest.raises(InvalidSettings, match="must be"):
            Archive(archive.directory)


def test_a_bare_name_is_an_archive_under_indexes(tmp_path, monkeypatch):
    """NAME means indexes/NAME, unless a folder of that name here is an archive; anything else is a path."""
    monkeypatch.chdir(tmp_path)
    assert str(Archive("news").directory) == "indexes/news"
    assert str(Archive("./news").directory) == "news"
    (tmp_path / "news" / "index").mkdir(parents=True)
    assert str(Archive("news").directory) == "news"
    shutil.rmtree("news")
    monkeypatch.setenv("BAYEGAN_ARCHIVE", "other")
    assert str(Archive().directory) == "indexes/other"
