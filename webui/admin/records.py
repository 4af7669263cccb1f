"""The JSON of the admin API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple, Self

from flask import url_for
from msgspec import Meta

from search.envelope import Count, JalaliMoment, Moment, Record, Url, jalali_text
from search.journal import Rejection, Run
from webui.admin.tasks import Kind, State, Task, TaskProgress
from webui.errors import Problem


class TaskRecord(Record):
    """A task: what it is, where it stands, and when that was; `error` where it has failed."""

    id: Annotated[int, Meta(ge=1)]
    kind: Kind
    options: Annotated[tuple[str, ...], Meta(description="That it was asked for with: from-store.")]
    state: State
    progress: TaskProgress
    enqueued: Moment
    enqueued_jalali: JalaliMoment
    started: Moment | None
    started_jalali: JalaliMoment | None
    finished: Moment | None
    finished_jalali: JalaliMoment | None
    generation: Annotated[int | None, Meta(description="That it wrote, once it has succeeded.")]
    error: Problem | None
    url: Url
    events: Annotated[str, Meta(description="URL of its server-sent events.")]


class RunRecord(Record):
    """A run that changed the archive, or looked for changes, as the journal has it."""

    verb: str
    started: Moment
    started_jalali: JalaliMoment
    seconds: float
    generation: int
    indexed: Count
    replaced: Count
    unchanged: Count
    rejected: Count
    skipped: Annotated[int, Meta(ge=0, description="Files that did not change since they were read.")]
    changed: Annotated[int, Meta(ge=0, description="Files that changed while they were read.")]
    deleted: Annotated[
        int, Meta(ge=0, description="Articles deleted; of other runs, those passed over since they were.")
    ]


class RejectionRecord(Record):
    """An input that is rejected as of its last reading; its texts come from the sources, so escape them."""

    source: Annotated[str, Meta(description="The file, and the place in it.")]
    reason: str
    noted: Moment
    noted_jalali: JalaliMoment


class RejectionPage(Record):
    """Some of the rejections that match."""

    total: Count
    page: Annotated[int, Meta(ge=1)]
    size: Annotated[int, Meta(ge=1)]
    pages: Count
    rejections: tuple[RejectionRecord, ...]


class AdminStatus(Record):
    """What the archive holds and does; what cannot be known is 0 or empty, and `problems` says why."""

    title: str
    directory: str
    articles: Count = 0
    generation: Annotated[int, Meta(ge=-1, description="That answers searches; -1 for none.")] = -1
    newest_generation: Annotated[int, Meta(ge=-1, description="On disk; it answers as soon as it is ready.")] = -1
    size: Annotated[int, Meta(ge=0, description="Of the index that answers, in bytes.")] = 0
    free: Annotated[int, Meta(ge=0, description="Bytes that are free on its disk.")] = 0
    sources: Annotated[int, Meta(ge=0, description="Files that were read.")] = 0
    rejections: Count = 0
    writing: Annotated[bool, Meta(description="Whether a process is writing to the archive.")] = False
    task: TaskRecord | None = None
    runs: tuple[RunRecord, ...] = ()
    problems: Annotated[tuple[str, ...], Meta(description="What is wrong with it, one line each.")] = ()


class TaskUrls(NamedTuple):
    """Where a task and its events are; made within a request, and good outside."""

    task: str
    events: str

    @classmethod
    def of(cls, number: int) -> Self:
        """The URLs of the task of that number."""
        one, events = (url_for(f"admin-api.{view}", number=str(number), _external=True) for view in ("task", "events"))
        return cls(one, events)


def task_record(task: Task, urls: TaskUrls | None = None) -> TaskRecord:
    """The task; its URLs must be given outside of a request."""
    urls = urls or TaskUrls.of(task.number)
    return TaskRecord(
        id=task.number,
        kind=task.kind,
        options=task.options,
        state=task.state,
        progress=task.progress,
        enqueued=task.enqueued.isoformat(timespec="seconds"),
        enqueued_jalali=jalali_text(task.enqueued),
        started=_iso(task.started),
        started_jalali=_jalali(task.started),
        finished=_iso(task.finished),
        finished_jalali=_jalali(task.finished),
        generation=task.generation if task.generation >= 0 else None,
        error=_failure(task) if task.error else None,
        url=urls.task,
        events=urls.events,
    )


def run_record(run: Run) -> RunRecord:
    """The run, with its date in both calendars."""
    return RunRecord(
        verb=run.verb,
        started=run.started.isoformat(timespec="seconds"),
        started_jalali=jalali_text(run.started),
        seconds=round(run.seconds, 3),
        generation=run.generation,
        indexed=run.indexed,
        replaced=run.replaced,
        unchanged=run.unchanged,
        rejected=run.rejected,
        skipped=run.skipped,
        changed=run.changed,
        deleted=run.deleted,
    )


def rejection_record(rejection: Rejection) -> RejectionRecord:
    """The rejection, with its date in both calendars."""
    return RejectionRecord(
        source=rejection.place,
        reason=rejection.reason,
        noted=rejection.noted.isoformat(timespec="seconds"),
        noted_jalali=jalali_text(rejection.noted),
    )


def _failure(task: Task) -> Problem:
    return Problem(
        type="urn:bayegan:problem:task-failed",
        title="Task Failed",
        status=500,
        detail=task.error,
        title_fa="این کار ناکام ماند",
        detail_fa="آنچه پیش از آن ثبت شده بود بر جای است؛ علت را بخوانید و دوباره آغازش کنید.",
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _jalali(moment: datetime | None) -> str | None:
    return jalali_text(moment) if moment else None
