"""The admin page in a real headless Chromium: live progress, accessibility, a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.processes import serving
from tests.webui.admin.conftest import TOKEN

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGES = ["/admin/", "/admin/rejections", "/admin/rejections?q=nothing", "/admin/login"]


@pytest.fixture(scope="module")
def address(filed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that administers a copy of the archive."""
    directory = shutil.copytree(filed, tmp_path_factory.mktemp("administered") / "archive")
    with serving("serve", "--archive", str(directory), "--port", "0", env={"BAYEGAN_ADMIN_TOKEN": TOKEN}) as address:
        yield address


def sign_in(page: Page) -> None:
    """As an administrator does."""
    page.goto("/admin/")
    page.get_by_label("رمز مدیریت").fill(TOKEN)
    page.get_by_role("button", name="ورود").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("مدیریت بایگانی آزمون")


def test_a_rebuilding_is_watched(browser: Browser, address: str) -> None:
    """The button starts it, its progress shows, its end comes without loading the page by hand; then signing out."""
    context = browser.new_context(viewport=DESK, base_url=address)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page)
    generation = page.locator("dl.record dd").nth(1)
    before = generation.inner_text()
    page.get_by_role("button", name="بازسازی از منابع").click()
    expect(page.get_by_role("progressbar", name=re.compile("پیشرفت کار"))).to_be_visible()
    assert Axe().run(page).violations_count == 0
    expect(page.locator("#tasks ~ .scroll tbody tr").first).to_contain_text("انجام شد", timeout=60_000)
    expect(page.locator(".task")).to_have_count(0)
    expect(generation).not_to_have_text(before)
    page.get_by_role("button", name="خروج").click()
    expect(page.get_by_label("رمز مدیریت")).to_be_focused()
    context.close()
    assert complaints == []


def test_without_scripts(browser: Browser, address: str) -> None:
    """The page starts, shows and cancels a task by itself: loading it again shows how it stands."""
    context = browser.new_context(viewport=PHONE, base_url=address, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.get_by_role("button", name="بازسازی از متن‌های ذخیره‌شده").click()
    page.get_by_role("button", name=re.compile("لغو کار")).click()
    states = page.locator("#tasks ~ .scroll .state")
    while states.first.inner_text() == "در حال انجام":
        page.reload()
    expect(states.first).to_have_text("لغو شد")
    page.get_by_role("link", name="ورودی‌های ردشده").click()
    expect(page.locator(".rejections li")).to_have_count(4)
    context.close()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESK), ("dark", PHONE)], ids=["desk", "phone"])
def test_axe_finds_nothing(browser: Browser, address: str, scheme: str, viewport: ViewportSize) -> None:
    """No violation of accessibility rules on any page, contrast included; a phone needs no scrolling sideways."""
    context = browser.new_context(base_url=address, viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    sign_in(page)
    for url in PAGES:
        page.goto(url)
        found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert not found.response["violations"], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    context.close()
