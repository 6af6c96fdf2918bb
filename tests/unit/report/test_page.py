# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML page in a browser: filters, findings, keyboard, phone, print.

It needs Chromium (Debian: apt-get install chromium fonts-dejavu-core) and is skipped without. With REPOBRIDGE_SCREENSHOTS=docs/images
the screenshots of the documentation are written anew.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.formats import write

from .documents import Document, document, every_status, fleet, resource
from .reading import Facts, expected
from .test_hostile_input import ATTACKS, filled

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.any_core,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.xdist_group("chromium"),
]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as engine:
        started = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


class Tab:
    """A page of the browser with a report. It fails on errors of the script, and on every request for anything else."""

    def __init__(self, browser: Any, folder: Path, one: Document, size: dict[str, int] = WIDE, **more: Any) -> None:
        (path,) = write(one, str(folder), ["html"])
        self.address = Path(path).as_uri()
        self.page = browser.new_context(viewport=size, **more).new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("dialog", lambda dialog: (self.problems.append("dialog"), dialog.dismiss()))
        self.page.on("request", lambda request: request.url == self.address or self.problems.append(request.url))
        self.page.goto(self.address)

    def hosts(self) -> list[str]:
        """The repositories that are shown."""
        return self.page.locator("tr[data-row]:visible > th").evaluate_all(
            "all => all.map(one => one.firstChild.textContent)"
        )

    def cell(self, host: str, column: int) -> Any:
        return (
            self.page.locator("tr[data-row]")
            .filter(has=self.page.get_by_text(host, exact=True))
            .locator("button")
            .nth(column)
        )

    def chip(self, status: str) -> Any:
        return self.page.locator(".chip").filter(has_text=status)

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.dataset.cell || document.activeElement.id || ''"))

    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.fixture
def tab(browser: Any, tmp_path: Path) -> Iterator[Any]:
    opened: list[Tab] = []

    def open_tab(one: Document | None = None, *arguments: Any, **more: Any) -> Tab:
        opened.append(Tab(browser, tmp_path, one or every_status(), *arguments, **more))
        return opened[-1]

    yield open_tab
    for one in opened:
        one.page.context.close()
        assert one.problems == []


def read(page: Any) -> Facts:
    """The findings as they stand on the page when all of them are expanded."""
    found = page.evaluate("""() => [...document.querySelectorAll('tr.detail')].flatMap(detail => {
        const cell = detail.querySelector('h2').textContent;
        return [...detail.querySelectorAll('.finding')].flatMap(one => {
            const text = (inside, query) => [...inside.querySelectorAll(query)].map(each => each.textContent);
            const rows = [...one.querySelectorAll(':scope tbody tr')].map(row => ['field', ...text(row, 'td')]);
            const [badge, title] = text(one, 'h3 > span');
            const diff = text(one, 'pre span').map(line => ['diff', line]);
            return [[badge, [title, ...text(one, 'p')].join(': ')], ...rows, ...diff].map(fact => [cell, ...fact]);
        });
    })""")
    facts: Facts = Counter()
    for cell, kind, *parts in found:
        host, title = cell.split(", ")
        text = parts[0].replace("To adopt it, set in the inventory", "to adopt it, set").replace("set: ", "set ")
        if kind == "field":
            path, *values, variable = parts
            text = f"{path} differs" if values == ["differs"] else f"{path}: {' → '.join(values)}"
            text += f"  ({variable})" if variable != "\u2013" else ""
        facts[host, title, kind, text] += 1
    return facts


def test_all_findings_are_on_the_page(tab: Any) -> None:
    one = tab()
    one.page.click("#expand")
    wanted = expected(every_status())
    assert read(one.page) == Counter({fact: number for fact, number in wanted.items() if fact[2] != "cell"})
    one.page.click("#expand")
    assert one.page.locator("tr.detail").count() == 0


def test_filters_by_status(tab: Any) -> None:
    one = tab()
    assert len(one.hosts()) == 7
    one.chip("missing").click()
    assert one.hosts() == ["stock"]
    assert one.page.inner_text("#shown") == "1 of 7 shown"
    one.chip("forbidden").click()
    assert one.hosts() == ["stock", "vault"]
    one.chip("missing").click()
    one.chip("forbidden").click()
    assert len(one.hosts()) == 7


def test_filters_by_target(tab: Any) -> None:
    one = tab()
    one.chip("drift").click()
    assert one.hosts() == ["shop"]
    one.page.select_option("#target", label="OCI DevOps")
    assert one.hosts() == []
    assert one.page.is_visible("#nothing")
    one.page.select_option("#target", label="Upsun")
    assert one.hosts() == ["shop"]
    one.page.select_option("#target", value="")
    assert one.hosts() == ["shop"]


def test_repositories_without_the_target_are_not_shown(tab: Any) -> None:
    document_ = every_status()
    del document_["targets"][3]["hosts"]["website"]
    one = tab(document_)
    one.page.select_option("#target", label="CDS")
    assert "website" not in one.hosts()
    assert "shop" in one.hosts()


def test_searches_by_name(tab: Any) -> None:
    one = tab()
    one.page.fill("#search", "ACME/l")
    assert one.hosts() == ["legacy", "ledger"]
    one.chip("error").click()
    assert one.hosts() == ["ledger"]


def test_findings_of_a_hidden_row_are_hidden(tab: Any) -> None:
    one = tab()
    one.cell("shop", 0).click()
    assert one.page.locator("tr.detail:visible").count() == 1
    one.page.fill("#search", "stock")
    assert one.page.locator("tr.detail:visible").count() == 0
    one.page.fill("#search", "")
    assert one.page.locator("tr.detail:visible").count() == 1


def test_a_cell_expands_to_its_own_findings(tab: Any) -> None:
    one = tab()
    button = one.cell("shop", 1)
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    detail = one.page.locator(f"#{button.get_attribute('aria-controls')}")
    assert "bitbucket_commit_files shop main" in detail.inner_text()
    assert "visibility" not in detail.inner_text()
    one.cell("shop", 0).click()
    assert one.page.locator("tr.detail h2").all_inner_texts() == ["shop, GitLab CI/CD", "shop, Upsun"]
    button.click()
    assert one.page.locator("tr.detail h2").all_inner_texts() == ["shop, GitLab CI/CD"]


def test_by_keyboard(tab: Any) -> None:
    one = tab()
    keys = one.page.keyboard
    for _number in range(len(every_status()["counts"])):
        keys.press("Tab")
    keys.press("Tab")
    assert one.focused() == "target"
    keys.press("Tab")
    assert one.focused() == "search"
    keys.type("s")
    keys.press("Tab")
    assert one.focused() == "expand"
    while not one.focused().startswith("0-"):
        keys.press("Tab")
    keys.press("Enter")
    assert one.page.locator("tr.detail h2").all_inner_texts() == ["shop, GitLab CI/CD"]
    assert one.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keys.press("ArrowRight")
    assert one.focused() == "0-2"
    keys.press(" ")
    assert one.page.locator("tr.detail").count() == 2
    keys.press("ArrowDown")
    assert one.focused() == "1-0"
    keys.press("ArrowUp")
    assert one.focused() == "0-0"
    keys.press("ArrowRight")
    keys.press("Escape")
    assert one.page.locator("tr.detail h2").all_inner_texts() == ["shop, GitLab CI/CD"]


def test_escape_in_the_findings_closes_them_and_returns_to_the_cell(tab: Any) -> None:
    one = tab()
    one.cell("shop", 1).click()
    one.page.locator("tr.detail pre").focus()
    one.page.keyboard.press("Escape")
    assert one.page.locator("tr.detail").count() == 0
    assert one.focused() == "0-2"


@pytest.mark.parametrize("targets", [1, 5, 12])
def test_the_page_is_never_wider_than_the_window(tab: Any, targets: int) -> None:
    names = [f"target-{number}" for number in range(targets)]
    long = "x" * 300
    found = [
        resource(
            "shop", names[0], "drift", "update", name=long, diff=f"-{long}", message=long, variable=long, value=long
        )
    ]
    found[0]["drift"] = [{"path": long, "actual": long, "expected": f"{long}!", "variable": long}]
    one = tab(document(["shop", long], names, found))
    one.page.click("#expand")
    assert one.page.locator("tr.detail").count() == 1
    for width in (320, 390, 800, 1280):
        one.page.set_viewport_size({"width": width, "height": 800})
        assert not one.overflows(), width


def test_on_a_phone_every_cell_says_its_target(tab: Any) -> None:
    one = tab(None, PHONE)
    label = one.page.locator("td[data-title]").first.evaluate("one => getComputedStyle(one, '::before').content")
    assert label == '"GitLab CI/CD"'
    one.cell("shop", 0).click()
    assert one.page.locator("tr.detail").bounding_box()["width"] <= 390
    assert not one.overflows()


def test_the_head_of_the_table_stays_in_sight(tab: Any) -> None:
    one = tab(fleet(100, 3, 1))
    one.page.mouse.wheel(0, 2000)
    one.page.wait_for_function("scrollY > 1000")
    assert one.page.locator("thead th").first.bounding_box()["y"] == 0


def test_in_print_all_findings_are_expanded(tab: Any) -> None:
    one = tab()
    one.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    one.page.emulate_media(media="print")
    assert one.page.locator("tr.detail:visible").count() == 8
    assert not one.page.is_visible("#filters")
    one.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert one.page.locator("tr.detail").count() == 0
    assert len(one.page.pdf()) > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_enough_contrast(tab: Any, scheme: str) -> None:
    one = tab(None, WIDE, color_scheme=scheme)
    one.page.click("#expand")
    assert one.page.evaluate(CONTRAST) == []


# The texts whose contrast with what is behind them is less than WCAG's 4.5.
CONTRAST = """() => {
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
    const color = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
    const behind = (one) => {
        for (let each = one; each; each = each.parentElement) {
            const found = color(getComputedStyle(each).backgroundColor);
            if (found.length === 3 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const texts = [...document.querySelectorAll('body *')].filter(one => one.checkVisibility() && !one.closest('script')
        && [...one.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()));
    return texts.map(one => {
        const [a, b] = [light(color(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
        return [one.tagName, one.className, one.textContent.slice(0, 20), (a + .05) / (b + .05)];
    }).filter(found => found[3] < 4.5);
}"""


def test_hostile_text_is_shown_and_not_executed(tab: Any, tmp_path: Path) -> None:
    one = tab()
    for attack in ATTACKS:
        write(filled(attack), str(tmp_path), ["html"])
        one.page.reload()
        one.page.click("#expand")
        assert one.page.locator("tr.detail").count() == 1
        assert one.page.locator("script, style").count() == 3
        assert one.page.locator("img, iframe, object, embed, b b, [onerror], [onload]").count() == 0


def test_the_policy_of_the_page_refuses_other_scripts(tab: Any) -> None:
    one = tab()
    one.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert one.page.evaluate("window.ran") is None
    assert "Content Security Policy" in one.problems.pop()
    one.problems.clear()


def test_without_scripts_the_table_is_there(tab: Any) -> None:
    one = tab(None, WIDE, java_script_enabled=False)
    assert "The filters and the findings need JavaScript" in one.page.inner_text("main")
    assert not one.page.is_visible("#filters")


def test_a_large_fleet_is_fast(tab: Any) -> None:
    began = time.monotonic()
    one = tab(fleet(1000, 5, 1000))
    loaded = one.page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
    filtered = one.page.evaluate("""() => {
        const begin = performance.now(), field = document.getElementById('search');
        for (const text of ['0', '09', '099', '']) {
            field.value = text;
            field.dispatchEvent(new Event('input'));
            document.body.offsetHeight;
        }
        return (performance.now() - begin) / 4;
    }""")
    assert len(one.hosts()) == 1000
    # Generous, because other tests run beside: a tenth of it is usual.
    assert loaded < 10_000 and filtered < 1_500 and time.monotonic() - began < 60


def test_an_empty_report(tab: Any) -> None:
    one = tab(document([], [], []))
    assert "The inventory has no repository in a group of a target." in one.page.inner_text("#table")


def test_screenshots(tab: Any, tmp_path: Path) -> None:
    folder = Path(os.environ.get("REPOBRIDGE_SCREENSHOTS") or tmp_path)
    folder.mkdir(exist_ok=True)
    wide = tab(None, WIDE)
    wide.chip("drift").click()
    wide.chip("missing").click()
    wide.chip("unmanaged").click()
    wide.cell("shop", 0).click()
    wide.page.mouse.move(0, 0)
    wide.page.screenshot(path=folder / "report.png")
    narrow = tab(None, PHONE)
    narrow.cell("shop", 0).click()
    narrow.cell("shop", 0).scroll_into_view_if_needed()
    narrow.page.evaluate("scrollTo(0, document.getElementById('filters').offsetTop - 12)")
    narrow.page.screenshot(path=folder / "report-phone.png")
    assert all((folder / name).stat().st_size > 20_000 for name in ("report.png", "report-phone.png"))
