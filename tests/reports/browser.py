"""The web page of a report in headless Chromium. Prints TAP.

    /usr/bin/python3 tests/reports/browser.py STUDY AXE [PICTURES]

STUDY has report.html and report.json; AXE is the path of axe.min.js, or "" when it is not there; with PICTURES, pictures of the
page at the widths of a phone and a desk are written into that folder.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tap import Tap

NUMBER = re.compile(r"([\u2212-]?[\d,]*\.?\d+(?:e[\u2212-]?\d+)?)")
tap = Tap()
ok = tap.ok


def numbers(text: str) -> list[tuple[float, float]]:
    """The numbers of a text, and half a unit of the last digit of each."""
    found = []
    for word in NUMBER.findall(text.replace("\u2013", " ")):
        plain = word.replace(",", "").replace("\u2212", "-")
        mantissa, _, power = plain.partition("e")
        decimals = len(mantissa.partition(".")[2])
        found.append((float(plain), 0.5000001 * 10.0 ** (int(power or 0) - decimals)))
    return found


def wrong_numbers(marks: list[list[str]], report: dict[str, Any]) -> list[str]:
    """Marks [id, factor, text] that do not show the number of that id."""
    facts = {fact["id"]: fact for fact in report["facts"]}
    wrong = []
    for name, factor, text in marks:
        fact = facts.get(name)
        if fact is None:
            wrong.append(f"{name} is not in report.json")
            continue
        shown = numbers(text)
        if fact["value"] is None:
            wrong += [f"{name}: {text}, but it is not known"] if shown else []
            continue
        wanted = [fact["value"], *(fact[end] for end in ("low", "high") if fact.get(end) is not None)]
        for (got, half), value in zip(shown, wanted):
            value *= float(factor)
            if abs(got - value) > half + 1e-9 * abs(value):
                wrong.append(f"{name}: {text}, report.json has {value}")
        if not shown:
            wrong.append(f"{name}: '{text}' has no number")
    return wrong


def open_browser() -> Any:
    options: Any = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1200,900"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def axe_faults(browser: Any, path: str) -> list[str]:
    """What axe-core finds serious or worse."""
    with open(path, encoding="utf-8") as stream:
        browser.execute_script(stream.read())
    result = browser.execute_async_script("const done = arguments[0]; axe.run().then(r => done(r.violations.map(v => [v.impact, v.id, v.nodes[0].html])));")
    return [f"{impact} {rule}: {first}" for impact, rule, first in result if impact in ("serious", "critical")]


def reached(browser: Any, most: int) -> list[str]:
    """What Tab reaches, in its order."""
    body = browser.find_element(By.TAG_NAME, "body")
    seen = []
    body.send_keys(Keys.TAB)
    for _ in range(most):
        seen.append(browser.execute_script(
            "const e = document.activeElement; e.dataset.seen = '1'; return e.tagName + '#' + (e.getAttribute('aria-label') || e.textContent).slice(0, 40)"))  # fmt: skip
        if browser.execute_script("return document.activeElement === document.body"):
            break
        browser.switch_to.active_element.send_keys(Keys.TAB)
    return seen


def check_looks(browser: Any, pictures: str) -> None:
    """At the widths of a phone and a desk, light and dark: nothing is wider than the window."""
    for name, width in (("phone", 390), ("desk", 1280)):
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": name == "phone"})
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            ink = browser.execute_script("const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]")
            ok(wide <= width and ink[0] != ink[1], f"{name}, {scheme}: as wide as the window, and readable", wide, ink)
            if pictures:
                height = browser.execute_script("return document.documentElement.scrollHeight")
                browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
                browser.save_screenshot(os.path.join(pictures, f"{name}-{scheme}.png"))
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def check_controls(browser: Any) -> None:
    """Values, choice of cells and kinds, search and zoom do what they say, by keyboard."""
    slider = browser.find_element(By.CSS_SELECTOR, "#curve-figure .walk input")
    slider.send_keys(Keys.ARROW_RIGHT)
    shown = browser.find_element(By.CSS_SELECTOR, "#curve-figure output").text
    ok(bool(numbers(shown)) and slider.get_attribute("aria-valuetext") == shown, "the slider of a figure shows the values of a point", shown)
    rows = "return document.querySelectorAll('#cells .row:not([hidden])').length"
    before = browser.execute_script(rows)
    browser.find_element(By.CSS_SELECTOR, "[data-choose=cells] input").send_keys(Keys.SPACE)
    after = browser.execute_script(rows)
    browser.find_element(By.CSS_SELECTOR, "[data-choose=cells] [data-all='']").send_keys(Keys.ENTER)
    none = browser.execute_script(rows)
    ok((before - after, none) == (1, 0), "cells are chosen", before, after, none)
    browser.find_element(By.CSS_SELECTOR, "[data-choose=cells] [data-all='1']").send_keys(Keys.ENTER)
    ok(browser.execute_script(rows) >= before, "... and all of them are shown again")
    lane = "const l = document.querySelector('[data-line]:not([hidden]) .lane').viewBox.baseVal; return [l.x, l.width]"
    whole = browser.execute_script(lane)
    browser.find_element(By.CSS_SELECTOR, "[data-do=in]").send_keys(Keys.ENTER)
    browser.find_element(By.CSS_SELECTOR, "[data-do=right]").send_keys(Keys.ENTER)
    near = browser.execute_script(lane)
    ok(near[1] < 0.51 * whole[1] and near[0] > 0.4 * whole[1], "the timeline is zoomed and moved", whole, near)
    browser.find_element(By.CSS_SELECTOR, "[data-do=whole]").send_keys(Keys.ENTER)
    ok(browser.execute_script(lane) == whole, "... and shown whole again")
    browser.find_element(By.CSS_SELECTOR, ".zoom select").send_keys(Keys.ARROW_UP)
    ok(browser.execute_script("return document.querySelectorAll('[data-line]:not([hidden])').length") == 1, "another trial's timeline is chosen")
    browser.find_element(By.CSS_SELECTOR, "[data-find]").send_keys("photo0007")
    found = browser.find_element(By.CSS_SELECTOR, ".find output").text
    ok(found.startswith("1 found: ") and "photo0007" in found, "an item is found by its name", found)
    points = "return document.querySelectorAll('circle[data-kind]:not([hidden])').length"
    before = browser.execute_script(points)
    browser.find_element(By.CSS_SELECTOR, "[data-choose=kinds] input").send_keys(Keys.SPACE)
    ok(0 < browser.execute_script(points) < before, "a kind of items is left out")
    mark = browser.find_element(By.CSS_SELECTOR, "#curve circle.measured[data-tip]")
    chains: Any = webdriver.ActionChains
    chains(browser).scroll_to_element(mark).move_to_element(mark).perform()
    tip = browser.find_element(By.ID, "tip")
    ok(tip.is_displayed() and bool(tip.text), "a point under the pointer shows its values")


def main(arguments: list[str]) -> int:
    folder, axe, pictures = (*arguments, "")[:3]
    page = os.path.abspath(os.path.join(folder, "report.html"))
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as stream:
        report = json.load(stream)
    browser = open_browser()
    try:
        browser.get(f"file://{page}")
        ok(browser.title == report["title"], "the page opens from file://, with its title", browser.title)
        marks = browser.execute_script("return [...document.querySelectorAll('[data-fact]')].map(e => [e.dataset.fact, e.dataset.factor || '1', e.textContent])")
        wrong = wrong_numbers(marks, report)
        ok(not wrong and len(marks) > 100, f"{len(marks)} numbers are those of report.json", *wrong[:8])
        untold = browser.execute_script("""return [...document.querySelectorAll('figure')].filter(f => !f.querySelector('.absent')
            && !(f.querySelector('svg[role=img] > title') && (f.querySelector('table') || f.id.startsWith('items-')))).map(f => f.id)""")
        ok(not untold, "each figure has a role, a name and a table", untold)
        repeated = browser.execute_script("const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i)")
        ok(not repeated, "no id comes twice", repeated)
        seen = reached(browser, 400)
        left = browser.execute_script("""return [...document.querySelectorAll('a, button, input, select, summary, [tabindex="0"]')]
            .filter(e => !e.dataset.seen && e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))""")
        ok(not left, f"the keyboard reaches all of {len(seen)} controls", *left[:5])
        check_controls(browser)
        if axe:
            for scheme in ("light", "dark"):
                browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
                faults = axe_faults(browser, axe)
                ok(not faults, f"axe-core finds nothing serious, {scheme}", *faults)
        else:
            tap.skip("axe-core finds nothing serious", "axe-core is missing: make deps-browser")
        check_looks(browser, pictures)
        messages = [entry["message"] for entry in browser.get_log("browser")]
        ok(not messages, "no message on the console", *messages)
    finally:
        browser.quit()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
