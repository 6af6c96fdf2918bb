# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the findings back out of every format, as a reader of it would: with a parser of the format, not with our code."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from markdown_it import MarkdownIt

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.formats import FORMATS, as_json
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.html import html
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.junit import junit
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.lines import lines
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.markdown import markdown
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.sarif import sarif
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.text import table

from .documents import HIDDEN, Document

# (host, title of the target, status, text): a cell of the table, the headline of a finding, or a field of it.
Facts = Counter[tuple[str, str, str, str]]
ALL = ("terminal", *FORMATS)


class Element:
    """An element of HTML."""

    def __init__(self, name: str, attributes: dict[str, str | None]) -> None:
        self.name, self.attributes, self.children = name, attributes, []
        self.parts: list[str] = []

    children: list[Element]

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def all(self, name: str) -> list[Element]:
        return [one for child in self.children for one in ([child] if child.name == name else []) + child.all(name)]


class Page(HTMLParser):
    """A small DOM: what ``text`` is of an element includes that of its children."""

    VOID = ("meta", "input", "br", "link", "img")

    def __init__(self, source: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self.stack = [self.root]
        self.feed(source)
        self.close()
        assert self.stack == [self.root], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.stack[-1].children.append(element)
        if tag not in self.VOID:
            self.stack.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop().name == tag

    def handle_data(self, data: str) -> None:
        for element in self.stack:
            element.parts.append(data)


def value(one: Any) -> str:
    """A value as a report shows it."""
    if one is None or one == HIDDEN:
        return "not set" if one is None else "(hidden)"
    try:
        json.loads(one)
    except (TypeError, ValueError):
        return one if isinstance(one, str) and one else json.dumps(one)
    return json.dumps(one)


def field(one: dict[str, Any]) -> str:
    same = one["actual"] == one["expected"]
    text = f"{one['path']} differs" if same else f"{one['path']}: {value(one['actual'])} → {value(one['expected'])}"
    return f"{text}  ({one['variable']})" if one["variable"] else text


def headline(one: dict[str, Any]) -> str:
    """What is said of a finding of the tests' documents."""
    resource = f"{one['kind']} {one['name']}".strip()
    if not resource:
        return f"{one['task']}: {one['message']}"
    if one["status"] == "unmanaged":
        return f"{resource} exists ({one['where']}): to adopt it, set {one['variable']}: {json.dumps(one['value'])}"
    done = {"create": "created", "update": "updated"}
    return f"{done[one['action']] if one['status'] == 'changed' else one['action']} {resource}"


def expected(document: Document) -> Facts:
    """The facts of a document."""
    facts: Facts = Counter()
    titles = {target["name"]: target["title"] for target in document["targets"]}
    numbers = Counter((one["host"], one["target"]) for one in document["findings"])
    for target in document["targets"]:
        for host, status in target["hosts"].items():
            number = numbers[host, target["name"]]
            facts[host, target["title"], "cell", f"{status} ({number})" if number > 1 else status] += 1
    for one in document["findings"]:
        cell = (one["host"], titles[one["target"]])
        facts[*cell, one["status"], headline(one)] += 1
        for part in one["drift"]:
            facts[*cell, "field", field(part)] += 1
        for line in one["diff"].splitlines():
            facts[*cell, "diff", line] += 1
    return facts


def read(form: str, document: Document) -> Facts:
    """The facts that the format shows."""
    return {
        "terminal": of_terminal,
        "json": lambda one: expected(json.loads(as_json(one))),
        "html": lambda one: of_page(html(one)),
        "junit": of_junit,
        "sarif": of_sarif,
        "markdown": of_markdown,
    }[form](document)


# -- lines of text -----------------------------------------------------------------------------------------------------


def of_lines(cells: list[tuple[str, str]], texts: list[str]) -> Facts:
    """The facts of the lines below one heading."""
    facts: Facts = Counter()
    for text in texts:
        found = re.fullmatch(r"(error|forbidden|missing|drift|unmanaged|changed|left out|\S+) +(.*)", text)
        for cell in cells:
            if not text.startswith(" ") and found:
                more = found[2].split(": ", 1)
                # One field stands in the line of its resource.
                if " → " in found[2] or found[2].endswith(" differs"):
                    facts[*cell, found[1], more[0]] += 1
                    facts.update(of_detail(cell, more[1]))
                else:
                    facts[*cell, found[1], found[2]] += 1
            else:
                facts.update(of_detail(cell, text.removeprefix("    ")))
    return facts


def of_detail(cell: tuple[str, str], text: str) -> Facts:
    if re.match(r"(---|\+\+\+|@@|[ +-])", text):
        return Counter({(*cell, "diff", text): 1})
    body, _, variable = text.partition("  (")
    end = f"  ({variable}" if variable else ""
    key, _, rest = body.partition(": ")
    parts = [f"{key}.{part}" for part in rest.split(", ")] if ", " in rest else [body]
    return Counter((*cell, "field", f"{part}{end}") for part in parts)


def of_rows(titles: list[str], rows: list[list[str]]) -> Facts:
    cells = [(row[0], title, "cell", state) for row in rows for title, state in zip(titles, row[1:], strict=True)]
    return Counter(cell for cell in cells if cell[3] != "-")


def of_terminal(document: Document) -> Facts:
    head, *rows = [re.split(r"  +", line) for line in table(document, 200).split("\n\n")[0].splitlines()]
    facts = of_rows(head[1:], rows)
    cells: list[tuple[str, str]] = []
    for line in lines(document):
        if line.startswith("  "):
            facts += of_lines(cells, [line[2:]])
        else:
            targets, _, hosts = line.partition(": ")
            names = re.sub(r"^\d+ repositories, ", "", targets).split(", ")
            cells = [(host, target) for host in hosts.split(", ") for target in names]
    return facts


def of_markdown(document: Document) -> Facts:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(document))
    rows: list[list[str]] = []
    cells: list[tuple[str, str]] = []
    facts: Facts = Counter()
    for number, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        if token.type in ("th_open", "td_open"):
            rows[-1].append("".join(child.content for child in tokens[number + 1].children or ()))
        if token.type == "heading_open" and token.tag == "h3":
            inline = [child.content for child in tokens[number + 1].children or ()]
            split = inline.index(": ")
            targets, hosts = (
                [text for text in part if text != ", " and text] for part in (inline[:split], inline[split + 1 :])
            )
            cells = [(host, target) for host in hosts for target in targets]
        if token.type == "fence":
            facts += of_lines(cells, token.content.splitlines())
    return facts + of_rows(rows[0][1:], rows[1:])


# -- structured formats ------------------------------------------------------------------------------------------------


def of_details(cell: tuple[str, str], status: str, texts: list[str]) -> Facts:
    """The facts of a finding whose headline is followed by its details."""
    title, rest = texts[0], texts[1:]
    if rest and (rest[0].startswith("to adopt it") or status in ("error", "forbidden", "left out")):
        title, rest = f"{title}: {rest[0]}", rest[1:]
    facts: Facts = Counter({(*cell, status, title): 1})
    for text in rest:
        facts += of_detail(cell, text)
    return facts


def of_junit(document: Document) -> Facts:
    facts: Facts = Counter()
    counts: Counter[tuple[str, str, str]] = Counter()
    for suite in ElementTree.fromstring(junit(document)).iter("testsuite"):
        title = suite.attrib["name"]
        for case in suite.iter("testcase"):
            host = case.attrib["name"].partition(": ")[0]
            results = list(case)
            if not results:
                facts[host, title, "cell", "ok"] += 1
                continue
            (result,) = results
            status, _, text = (result.text or "").partition(": ")
            kinds = {"failure": "failure", "error": "error", "skipped": "skipped", "system-out": ""}
            assert result.tag in kinds and result.attrib.get("type", status) == status
            assert result.tag == {
                "error": "error",
                "forbidden": "error",
                "left out": "skipped",
                "changed": "system-out",
            }.get(status, "failure")
            facts += of_details((host, title), status, text.splitlines())
            counts[host, title, status] += 1
    return facts + of_statuses(document, counts)


def of_statuses(document: Document, counts: Counter[tuple[str, str, str]]) -> Facts:
    """Cells of formats that have no table: their status follows from the findings."""
    order = ("error", "forbidden", "missing", "drift", "unmanaged", "changed", "left out")
    facts: Facts = Counter()
    for host, title in {(host, title) for host, title, _status in counts}:
        states = [status for status in order if counts[host, title, status]]
        number = sum(counts[host, title, status] for status in states)
        facts[host, title, "cell", f"{states[0]} ({number})" if number > 1 else states[0]] += 1
    return facts


def of_sarif(document: Document) -> Facts:
    log = json.loads(json.dumps(sarif(document)))
    (run,) = log["runs"]
    facts: Facts = Counter()
    counts: Counter[tuple[str, str, str]] = Counter()
    for result in run["results"]:
        named, status, text = result["message"]["text"].split(": ", 2)
        host, title = named.split(", ")
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == status.replace(" ", "-")
        assert result["level"] == {"error": "error", "forbidden": "error", "changed": "none", "left out": "none"}.get(
            status, "warning"
        )
        facts += of_details((host, title), status, text.splitlines())
        counts[host, title, status] += 1
    return facts + of_statuses(document, counts)


def of_page(source: str) -> Facts:
    """The facts of the page as it is written; what its script makes of them is tested in a browser."""
    root = Page(source).root
    (grid,) = root.all("table")
    titles = [cell.text for cell in grid.all("thead")[0].all("th")][1:]
    facts: Facts = Counter()
    hosts = []
    for row in grid.all("tbody")[0].all("tr"):
        head, cells = row.all("th"), row.all("td")
        if not head:
            continue
        hosts.append("".join(head[0].parts[:1]))
        for title, cell in zip(titles, cells, strict=True):
            status, number = cell.attributes["data-status"], re.search(r" (\d+) findings", cell.text)
            if status:
                assert cell.text.startswith(status)
                facts[hosts[-1], title, "cell", f"{status} ({number[1]})" if number else status] += 1
    (data,) = [one.text for one in root.all("script") if one.attributes.get("id") == "findings"]
    for one in json.loads(data):
        row, column = map(int, one["cell"].split("-"))
        cell = (hosts[row], titles[column])
        adopt = [f"to adopt it, set {one['adopt']}"] if one["adopt"] else []
        facts[*cell, one["status"], ": ".join([one["title"], *one["message"], *adopt])] += 1
        for part in one["fields"]:
            text = (
                f"{part['path']} differs"
                if part["hidden"]
                else f"{part['path']}: {part['actual']} → {part['expected']}"
            )
            facts[*cell, "field", f"{text}  ({part['variable']})" if part["variable"] else text] += 1
        for line in (line for diff in one["diffs"] for line in diff):
            facts[*cell, "diff", line] += 1
    return facts
