"""The page in a real headless Chromium: what a reader does, with and without scripts, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.webui.newsroom import BUDGET

pytestmark = pytest.mark.browser

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PAGES = [
    "/",
    "/?q=تیم",
    "/?q=تیم&agency=برنا&year=1399",
    "/?q=ناموجودترین&section=ورزشی",
    "/articles/برنا/1207254?q=بودجه",
    "/help",
    "/about",
]


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A page on a desk; any complaint in its console fails the test, refusals of the security policy included."""
    context = browser.new_context(viewport=DESK, base_url=server)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def test_a_search_from_the_front_page(page: Page) -> None:
    """Typing words and pressing Enter shows articles with the words marked; a click reads one; its link goes back."""
    page.goto("/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).fill("بودجه")
    page.keyboard.press("Enter")
    expect(page.locator(".hit").first).to_contain_text(BUDGET.title)
    expect(page.locator(".hit mark").first).to_have_text("بودجه")
    page.get_by_role("link", name=BUDGET.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BUDGET.title)
    page.get_by_role("link", name=re.compile("بازگشت")).click()
    expect(page.locator(".hit").first).to_contain_text(BUDGET.title)


def test_facets_by_mouse(page: Page) -> None:
    """A click on a value narrows, a second value of the facet widens again, a chip takes one off."""
    page.goto("/?q=تیم")
    heading = page.get_by_role("heading", level=1)
    page.locator(".facet").get_by_role("link", name=re.compile("برنا")).click()
    expect(heading).to_contain_text("۱۰ خبر")
    page.locator(".facet").get_by_role("link", name=re.compile("فارس")).click()
    expect(heading).to_contain_text("۲۰ خبر")
    page.locator(".chips").get_by_role("link", name=re.compile("برنا")).click()
    expect(heading).to_contain_text("۱۰ خبر")
    page.locator(".chips").get_by_role("link", name=re.compile("فارس")).click()
    expect(heading).to_contain_text("۳۰ خبر")


def test_histogram_by_mouse(page: Page) -> None:
    """A click on a bar, at the place where it is drawn, drills down from year to month to day."""
    page.goto("/?q=تیم&interval=year")
    page.get_by_role("link", name=re.compile("^۱۳۹۹: ")).click()
    expect(page.locator(".crumbs [aria-current]")).to_have_text("۱۳۹۹")
    page.get_by_role("link", name=re.compile(r"^تیر ۱۳۹۹: ")).click()
    expect(page.locator(".crumbs [aria-current]")).to_have_text("تیر ۱۳۹۹")
    page.locator(".chart svg a").first.click()
    expect(page.locator(".crumbs [aria-current]")).to_have_text(re.compile(r"^[۰-۹]+ تیر ۱۳۹۹$"))
    expect(page.locator(".hit")).to_have_count(1)


def test_pages_by_mouse(page: Page) -> None:
    """Pages are turned by number and by «next»."""
    page.goto("/?q=تیم")
    page.get_by_role("link", name="بعدی").click()
    expect(page.locator(".pages [aria-current=page]")).to_contain_text("۲")
    page.locator(".pages").get_by_role("link", name=re.compile("۱$")).click()
    expect(page.locator(".pages [aria-current=page]")).to_contain_text("۱")


def test_slash_focuses_the_box(page: Page) -> None:
    """`/` goes to the box from anywhere, and types itself where one is typing."""
    page.goto("/?q=تیم")
    box = page.locator("#q")
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("تیم")
    page.keyboard.press("End")
    page.keyboard.press("/")
    expect(box).to_have_value("تیم/")


def test_completions_by_keyboard(page: Page) -> None:
    """Completions are a combobox: arrows choose, Escape gives back what was typed, Enter searches."""
    page.goto("/")
    box = page.get_by_role("combobox")
    box.press_sequentially("بود")
    option = page.get_by_role("option", name="بودجه", exact=True)
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_value(chosen.inner_text())
    page.keyboard.press("Escape")
    expect(box).to_have_value("بود")
    expect(option).to_be_hidden()
    box.press_sequentially("ج")
    option.click()
    expect(page).to_have_url(re.compile(r"q="))
    expect(page.locator(".hit").first).to_contain_text(BUDGET.title)


def test_the_keyboard_reaches_everything(page: Page) -> None:
    """The first stop skips to the text; a bar of the histogram can be focused and followed."""
    page.goto("/?q=تیم&year=1399")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="رفتن به متن")).to_be_focused()
    bar = page.locator(".chart svg a").first
    bar.focus()
    expect(bar).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".crumbs li")).to_have_count(3)


def test_without_scripts(browser: Browser, server: str) -> None:
    """Search, facets, histogram and pages work in a browser that runs no script."""
    context = browser.new_context(base_url=server, java_script_enabled=False, viewport=DESK)
    page = context.new_page()
    page.goto("/")
    page.locator("#q").fill("تیم")
    page.get_by_role("button", name="جست‌وجو").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("۳۰ خبر")
    page.locator(".facet").get_by_role("link", name=re.compile("برنا")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("۱۰ خبر")
    page.locator(".chart svg a").first.click()
    expect(page.locator(".chips li")).not_to_have_count(1)
    context.close()


def test_filters_unfold_on_a_phone(browser: Browser, server: str) -> None:
    """On a phone the filters are folded, without a script, until they are asked for; on a desk they stand open."""
    context = browser.new_context(base_url=server, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto("/?q=تیم")
    expect(page.locator(".facet").first).to_be_hidden()
    page.get_by_text("پالایش نتیجه‌ها").click()
    expect(page.locator(".facet").first).to_be_visible()
    page.set_viewport_size(DESK)
    expect(page.locator(".facet").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("url", [*PAGES, "/?q=حمله", "/?year=1396"])
def test_a_phone_needs_no_scrolling_sideways(browser: Browser, server: str, url: str) -> None:
    """Every page fits a narrow phone, words of 500 letters included."""
    context = browser.new_context(base_url=server, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", DESK), ("dark", PHONE)], ids=["desk", "phone"])
@pytest.mark.parametrize("url", PAGES)
def test_axe_finds_nothing(browser: Browser, server: str, url: str, scheme: str, viewport: ViewportSize) -> None:
    """No violation of accessibility rules, contrast included: light on a desk, dark on a phone."""
    context = browser.new_context(base_url=server, viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    page.goto(url)
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    assert not found.response["violations"], found.generate_report()
    context.close()


def test_the_archive_cannot_run_anything(page: Page) -> None:
    """A hostile article is shown, and no script of it runs."""
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto("/?q=حمله")
    page.locator(".hit h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")
