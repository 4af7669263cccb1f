"""Every error as one record: problem+json (RFC 9457) for programs, a page that helps for readers."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

from flask import Flask, Response, current_app, render_template, request
from msgspec import UNSET, Meta, UnsetType
from werkzeug.exceptions import HTTPException

from search.envelope import Record, to_json
from search.errors import BayeganError, InvalidParameter

MEDIA_TYPE = "application/problem+json"
SERVER_FAULT = "Something went wrong in the server, and was written to its log; try again."

# What readers are told: a title, and what they can do about it.
_PERSIAN = {
    400: ("این درخواست را نمی‌توان فهمید", "نشانی یا یکی از پارامترهای آن درست نیست."),
    401: ("نخست وارد شوید", "این نشانی را تنها گردانندهٔ بایگانی می‌بیند؛ رمز را بدهید."),
    403: ("این درخواست پذیرفته نشد", "فرم کهنه است یا از جای دیگری فرستاده شده؛ صفحه را دوباره باز کنید."),
    404: ("این صفحه پیدا نشد", "شاید نشانی را نادرست نوشته‌اید، یا این خبر دیگر در بایگانی نیست."),
    405: ("این کار در این نشانی ممکن نیست", "این نشانی را تنها می‌توان خواند."),
    409: ("این کار دیگر شدنی نیست", "آنچه می‌خواهید دگرگون کنید پایان یافته است؛ صفحه را دوباره باز کنید."),
    429: ("درخواست‌ها بیش از اندازه شد", "کمی دیگر دوباره بکوشید."),
    500: ("خطایی در سرور رخ داد", "رخداد در گزارش سرور نوشته شد؛ کمی دیگر دوباره بکوشید."),
    503: ("بایگانی اکنون پاسخ نمی‌دهد", "بایگانی هنوز ساخته نشده یا خوانده نمی‌شود؛ گردانندهٔ آن را آگاه کنید."),
}


class Problem(Record):
    """An error, in English and in Persian (`_fa`); see RFC 9457."""

    type: Annotated[str, Meta(description="Names the kind of problem: urn:bayegan:problem:KIND.")]
    title: str
    status: int
    detail: str
    title_fa: str
    detail_fa: str
    parameter: Annotated[str, Meta(description="The parameter at fault, if one is.")] | UnsetType = UNSET


def install(app: Flask) -> None:
    """Answers every error of the app: ours, HTTP's, and those that nobody foresaw (logged by Flask, then a 500)."""
    app.register_error_handler(BayeganError, _answer_bayegan_error)
    app.register_error_handler(HTTPException, _answer_http_error)


def problem_of(error: BayeganError) -> Problem:
    """The problem that one of our errors is to a client."""
    title_fa, detail_fa = _persian(error.http_status)
    return Problem(
        type=_kind(type(error).__name__),
        title=HTTPStatus(error.http_status).phrase,
        status=error.http_status,
        detail=str(error),
        title_fa=title_fa,
        detail_fa=error.persian if error.persian != str(error) else detail_fa,
        parameter=error.parameter if isinstance(error, InvalidParameter) else UNSET,
    )


def _answer_bayegan_error(error: BayeganError) -> Response:
    if error.http_status >= 500:
        current_app.logger.error("%s: %s", request.path, error)
    return _answer(problem_of(error))


def _answer_http_error(error: HTTPException) -> Response:
    """Keeps what HTTP asks of an error: its status, and headers such as Allow; a redirect stays one."""
    status = HTTPStatus(error.code or 500)
    if status < 400:
        return Response(error.get_body(), status, error.get_headers())
    title_fa, detail_fa = _persian(status)
    detail = SERVER_FAULT if status == 500 else error.description or status.description
    response = _answer(
        Problem(
            type=_kind(status.phrase),
            title=status.phrase,
            status=status,
            detail=detail,
            title_fa=title_fa,
            detail_fa=detail_fa,
        )
    )
    response.headers.extend((name, value) for name, value in error.get_headers() if name.lower() != "content-type")
    return response


def _answer(problem: Problem) -> Response:
    if request.path.startswith("/api/"):
        return Response(to_json(problem), problem.status, content_type=MEDIA_TYPE)
    page = render_template("error.html", problem=problem, query=request.args.get("q", ""))
    return Response(page, problem.status)


def _kind(name: str) -> str:
    """`InvalidParameter` and `Method Not Allowed` as `urn:bayegan:problem:invalid-parameter`, ..."""
    words = re.findall(r"[A-Z][a-z]*", name)
    return "urn:bayegan:problem:" + "-".join(words).lower()


def _persian(status: int) -> tuple[str, str]:
    return _PERSIAN.get(status) or _PERSIAN[400 if status < 500 else 500]
