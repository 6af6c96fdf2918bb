# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and messages come from services: nothing in them may control a terminal, a browser, or a reader of the files."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.formats import as_json
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.html import html
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.junit import junit
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.lines import lines
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.markdown import markdown
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.plain_text import (
    clean,
    shorten,
    shorten_both,
    width_of,
)
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.sarif import sarif
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.text import table

from .documents import Document, document, every_status, field, finding
from .reading import Element, Page

ATTACKS = (
    "\x1b[2J\x1b]0;title\x07 red \x1b[31m",
    "\x9b31m C1 \x85 next line",
    "user\u202egnp.exe\u2066\u2069",
    "zero\u200bwidth\u00ad\ufeff",
    "a\nb\r\nc\td\u2028e\u2029f",
    "\x00\x0b\x0c\x1f\x7f\ufffe\uffff\ufdd0 \ud800 \U000e0041",
    "</script><script>alert(1)</script><!--",
    "]]></testcase><!-- & \" ' <x>",
    '<img src=x onerror=alert(1)>"onmouseover="alert(1)\' autofocus',
    "{{ 7 * 7 }} {% raw %} ${7*7}",
    "```\n# heading\n- list | cell | @all #1 [a](javascript:alert(1)) ![](http://x) <b> ~~~ `` ` ",
    "|`|`|",
    "=cmd|' /C calc'!A0",
    "日本語 🚀 é" + "\u0301" * 50,
    "x" * 5_000,
    "",
    " ",
)
URLS = (
    "javascript:alert(1)",
    'https://a.example/"onload=alert(1)',
    "https://a.example/<b>",
    "data:text/html,x",
    "//a.example",
)


def filled(text: str, url: str = "https://bitbucket.org/acme/shop") -> Document:
    """A document with ``text`` in every place."""
    drift = [
        field(text, text, f"{text}!", text),
        field("list", [text], {text: text}),
        field("lines", f"{text}\na", f"{text}\nb"),
    ]
    findings = [
        finding(
            text,
            text,
            status,
            task=text,
            module=text,
            action=action,
            kind=kind,
            name=text,
            drift=drift,
            diff=text,
            message=text,
            where=text,
            variable=text,
            value={text: [text]},
        )
        for status, action, kind in (
            ("drift", text, text),
            ("missing", "create", "project_variables"),
            ("unmanaged", text, text),
            ("forbidden", text, ""),
            (text or "x", text, ""),
        )
    ]
    one = document([text], [text], findings)
    one["hosts"] = [
        {"name": text, "repository": text, "url": url},
        {"name": "shop", "repository": "acme/shop", "url": text},
    ]
    one["targets"] = [{"name": text, "title": text, "hosts": {text: text or "x", "shop": "ok"}}]
    return {**one, "playbook": text, "started": text, "finished": text, "counts": {text: 1}}


def assert_safe_for_a_terminal(text: str) -> None:
    unsafe = {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}
    assert not unsafe


def assert_all_formats_are_safe(one: Document) -> None:
    lines_of_terminal = [*table(one, 80).split("\n"), *lines(one)]
    assert not any("\n" in line for line in lines_of_terminal)
    for text in (*lines_of_terminal, markdown(one)):
        assert_safe_for_a_terminal(text)
    assert max(width_of(line) for line in table(one, 80).split("\n")) <= 80
    assert json.loads(as_json(one)) == one and as_json(one).replace("\n", "").isascii()
    assert as_json(one).replace("\n", "").isprintable()
    ElementTree.fromstring(junit(one))
    log = json.dumps(sarif(one))
    assert_safe_for_a_terminal(json.loads(log)["runs"][0]["results"][0]["message"]["text"])
    json.dumps(json.loads(log), ensure_ascii=False).encode()
    assert_nothing_new_on_the_page(html(one))
    assert_only_our_markdown(markdown(one))


def shape(element: Element) -> Any:
    """The elements of a page with the names of their attributes, without equal neighbours."""
    children = [shape(child) for child in element.children]
    unique = [child for number, child in enumerate(children) if number == 0 or child != children[number - 1]]
    return element.name, sorted(element.attributes), unique


def elements(element: Element) -> set[tuple[str, tuple[str, ...]]]:
    inside = {(element.name, tuple(sorted(element.attributes)))} if element.name else set()
    return inside.union(*map(elements, element.children)) if element.children else inside


KNOWN = elements(Page(html(every_status())).root)


def assert_nothing_new_on_the_page(source: str) -> None:
    root = Page(source).root
    assert elements(root) <= KNOWN | {("option", ("value",))}
    assert_safe_for_a_terminal(root.text)
    assert [one.attributes.get("type") for one in root.all("script")] == ["application/json", None]
    for link in root.all("a"):
        assert re.fullmatch(r"https?://[!-~]+", link.attributes["href"] or "")
    json.loads(root.all("script")[0].text)


def assert_only_our_markdown(source: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(source)
    allowed = {
        "heading",
        "paragraph",
        "inline",
        "fence",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "bullet_list",
        "list_item",
    }
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= allowed
    children = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in children} <= {"text", "code_inline"}
    plain = " ".join(child.content for child in children if child.type == "text")
    assert not re.search(r"[@#<>\[\]`*|]", plain)
    widths = []
    for token in tokens:
        if token.type == "tr_open":
            widths.append(0)
        if token.type in ("th_open", "td_open"):
            widths[-1] += 1
    assert len(set(widths)) <= 1


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda text: ascii(text[:20]))
def test_hostile_text_in_every_place(attack: str) -> None:
    assert_all_formats_are_safe(filled(attack))


@pytest.mark.parametrize("url", URLS)
def test_only_web_addresses_are_links(url: str) -> None:
    source = html(filled("shop", url))
    assert "href" not in source
    assert "physicalLocation" not in json.dumps(sarif(filled("shop", url)))
    assert 'href="https://bitbucket.org/acme/shop"' in html(filled("shop"))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_any_text_in_every_place(text: str) -> None:
    assert_all_formats_are_safe(filled(text))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100, deadline=None)
@given(VALUES, VALUES)
def test_different_values_look_different_and_equal_ones_do_not(actual: Any, wanted: Any) -> None:
    one = document(["shop"], ["builds"], [finding("shop", "builds", "drift", drift=[field("size", actual, wanted)])])
    same = json.dumps(actual) == json.dumps(wanted)
    text = "\n".join(lines(one))
    assert ("size differs" in text) is same or "size: text differs" in text
    (shown,) = sarif(one)["runs"][0]["results"][0]["properties"]["fields"]
    assert shown.get("hidden", False) is same


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(), max_size=60), st.integers(min_value=1, max_value=30))
def test_shortened_texts_fit(text: str, width: int) -> None:
    cleaned = clean(text)
    assert width_of(shorten(cleaned, width)) <= width
    assert cleaned == clean(cleaned)
    if width_of(cleaned) <= width and len(cleaned) <= 4 * width:
        assert shorten(cleaned, width) == cleaned


@settings(max_examples=200, deadline=None)
@given(st.text("ab", max_size=200), st.text("ab", max_size=200), st.integers(min_value=12, max_value=40))
def test_shortened_texts_still_differ(one: str, other: str, width: int) -> None:
    short = shorten_both(one, other, width)
    assert (short[0] == short[1]) is (one == other)
    assert max(map(width_of, short)) <= width
