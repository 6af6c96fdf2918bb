# SPDX-License-Identifier: GPL-3.0-or-later
"""The table and the lines at the end of a run."""

from __future__ import annotations

import re

import pytest

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.lines import DIFF, lines
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.plain_text import width_of
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.text import table

from .documents import FORBIDDEN, HIDDEN, TITLES, document, every_status, field, finding, fleet, resource

COLOR = re.compile(r"\x1b\[[\d;]*m")


def drift(*fields: dict[str, object], **more: object) -> list[str]:
    one = resource("shop", "builds", "drift", "update", drift=list(fields), **more)
    return lines(document(["shop"], ["builds"], [one]))


# -- the table ---------------------------------------------------------------------------------------------------------


def test_a_fleet_is_a_dozen_lines() -> None:
    one = fleet(50, 2, 3)
    assert table(one, 80).splitlines() == [
        "repository       GitLab CI/CD  OCI DevOps",
        "repository-0000  drift         ok",
        "repository-0016  drift         ok",
        "repository-0032  drift         ok",
        "",
        "47 more repositories are ok in all targets",
        "50 repositories, 2 targets: 3 drift, 97 ok",
    ]
    assert len(lines(one)) == 6


def test_each_of_many_hosts_that_differ_has_a_row() -> None:
    rows = table(fleet(400, 1, 400), 80).splitlines()
    assert sum(row.startswith("repository-") for row in rows) == 400
    assert "more" not in rows[-1]


def test_few_hosts_have_a_row_even_if_they_are_ok() -> None:
    assert "repository-0004  ok" in table(fleet(5, 1), 80)
    assert "5 repositories, 1 target: 5 ok" in table(fleet(5, 1), 80)


def test_hosts_without_a_target_are_counted() -> None:
    one = fleet(30, 1)
    del one["targets"][0]["hosts"]["repository-0003"]
    assert "29 repositories are ok in all targets\n1 repository has no target" in table(one, 80)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120])
@pytest.mark.parametrize("targets", [1, 5])
def test_no_line_is_wider_than_the_terminal(width: int, targets: int) -> None:
    one = fleet(30, targets, 30)
    one["hosts"].append({"name": "a-very-long-" * 8 + "name", "repository": "", "url": ""})
    one["targets"][-1]["hosts"]["a-very-long-" * 8 + "name"] = "left out"
    one["managed"] = {"managed": 120, "unmanaged": 3, "ignored": 1, "share": 0.9677}
    for color in (False, True):
        assert max(width_of(COLOR.sub("", line)) for line in table(one, width, color).splitlines()) <= width


def test_a_long_name_lacks_its_middle() -> None:
    one = document(["billing-service-of-the-retail-department-in-the-north-west"], list(TITLES), [])
    (row,) = [line for line in table(one, 80).splitlines() if line.startswith("billing")]
    assert re.match(r"billing\S+…\S+-west  ok ", row)


def test_targets_that_do_not_fit_are_in_a_second_table() -> None:
    text = table(every_status(), 40)
    assert text.count("repository  ") == 2
    assert "website     ok         ok\n\nrepository  Upsun    CDS\n" in text


def test_columns_are_aligned_where_characters_are_wide() -> None:
    rows = table(document(["日本語", "shop", "🚀🚀", "é" + "\u0301"], ["builds"], []), 80).splitlines()[1:5]
    assert {width_of(row[: row.index("ok")]) for row in rows} == {12}


def test_several_findings_of_a_cell_are_counted() -> None:
    assert "drift (2)" in table(every_status(), 80)


def test_the_share_of_managed_resources() -> None:
    assert "120 of 124 resources are managed (96.7 %), 3 unmanaged, 1 ignored" in table(every_status(), 80)
    almost = {"managed": 9999, "unmanaged": 1, "ignored": 0, "share": 0.9999}
    assert "(99.9 %)" in table(document([], [], [], managed=almost), 80)
    nothing = {"managed": 0, "unmanaged": 0, "ignored": 0, "share": None}
    assert "0 of 0 resources are managed, 0 unmanaged" in table(document([], [], [], managed=nothing), 80)


def test_nothing_at_all() -> None:
    assert table(document([], [], []), 80) == "0 repositories, 0 targets: nothing was looked at"
    assert "shop" in table(document(["shop"], [], []), 80)
    assert lines(document([], [], [])) == lines(fleet(10, 5)) == []


def test_a_status_of_a_newer_version() -> None:
    one = document(["shop"], ["builds"], [resource("shop", "builds", "expired", "renew")])
    assert "shop        expired" in table(one, 80)
    assert "1 expired" in table(one, 80)
    assert lines(one) == ["GitLab CI/CD: shop", "  expired   gitlab_project acme/shop"]


def test_colors_only_if_they_are_wanted() -> None:
    one = every_status()
    assert "\x1b" not in table(one, 80) + "\n".join(lines(one))
    assert COLOR.sub("", table(one, 80, True)) == table(one, 80)
    assert COLOR.sub("", "\n".join(lines(one, True))) == "\n".join(lines(one))
    assert "\x1b[1;31merror\x1b[0m" in table(one, 80, True)
    assert "\x1b[33mdrift    \x1b[0m update" in "\n".join(lines(one, True))


# -- lines -------------------------------------------------------------------------------------------------------------


def test_a_field_is_in_the_line_of_its_resource() -> None:
    assert drift(field("visibility", "public", "private", "project_visibility")) == [
        "GitLab CI/CD: shop",
        "  drift     update gitlab_project acme/shop: visibility: public → private  (project_visibility)",
    ]


def test_several_fields_have_a_line_each() -> None:
    assert drift(field("a", 1, 2), field("b", None, "x"))[2:] == ["      a: 1 → 2", "      b: not set → x"]


def test_a_secret_differs() -> None:
    assert drift(field("token", HIDDEN, HIDDEN))[1].endswith("acme/shop: token differs")
    assert drift(field("token", None, HIDDEN))[1].endswith("acme/shop: token: not set → (hidden)")


def test_a_key_of_a_collection_is_one_line() -> None:
    found = drift(
        field("variables.TOKEN.value", HIDDEN, HIDDEN, "project_variables"),
        field("variables.TOKEN.masked", False, True, "project_variables"),
        field("variables.REGION", "present", "absent"),
        field("variables.ZONE", None, {"value": "eu", "masked": False}),
        kind="bitbucket_pipeline_variables",
    )
    assert found[2:] == [
        "      variables.TOKEN: value differs, masked: false → true  (project_variables)",
        "      variables.REGION: present → absent",
        '      variables.ZONE: not set → {"value": "eu", "masked": false}',
    ]


def test_fields_of_a_part_have_a_line_each() -> None:
    found = drift(field("webhook.url", "https://a.example", "https://b.example"), field("webhook.active", False, True))
    assert found[2:] == [
        "      webhook.url: https://a.example → https://b.example",
        "      webhook.active: false → true",
    ]


def test_values_of_different_types_look_different() -> None:
    assert drift(field("size", "1", 1))[1].endswith('size: "1" → 1')
    assert drift(field("size", "", None))[1].endswith('size: "" → not set')
    assert drift(field("size", "not set", None))[1].endswith('size: "not set" → not set')
    assert drift(field("size", " a", "a"))[1].endswith('size: " a" → a')
    assert drift(field("size", [], {}))[1].endswith("size: [] → {}")


def test_long_values_lack_what_does_not_differ() -> None:
    (line,) = drift(field("key", "a" * 500 + "1" + "b" * 500, "a" * 500 + "2" + "b" * 500))[1:]
    actual, wanted = line.split("key: ")[1].split(" → ")
    assert "1" in actual and "2" in wanted and len(line) < 200
    (line,) = drift(field("key", "a" * 500, "a" * 501))[1:]
    actual, wanted = line.split("key: ")[1].split(" → ")
    assert actual != wanted
    (line,) = drift(field("url", "https://a.example/" + "x" * 90, "https://b.example/" + "x" * 90))[1:]
    assert "https://a" in line and "https://b" in line and "…" in line


def test_texts_with_several_lines_are_a_diff() -> None:
    found = drift(field("script", "a\nb\nc\n", "a\nB\nc\n"))
    assert found[1].endswith("script: text differs")
    assert [line.strip() for line in found[2:]] == [
        "--- actual",
        "+++ expected",
        "@@ -1,3 +1,3 @@",
        "a",
        "-b",
        "+B",
        "c",
    ]


def test_the_diff_of_a_file() -> None:
    diff = "--- a\n+++ b\n@@ -1,80 +1,80 @@\n" + "".join(f"-{n}\n+{n + 1}\n" for n in range(80))
    found = drift(diff=diff, kind="bitbucket_commit_files", name="shop main")
    assert found[1:6] == [
        "  drift     update bitbucket_commit_files shop main",
        *[f"      {s}" for s in diff.splitlines()[:4]],
    ]
    assert found[-1].strip() == f"… {163 - DIFF} more lines of the diff are in the files of the report"


def test_unmanaged_says_what_adopts_it() -> None:
    one = resource("shop", "builds", "unmanaged", variable="mirror_name", value="yes")
    (line,) = lines(document(["shop"], ["builds"], [one]))[1:]
    assert line == '  unmanaged gitlab_project acme/shop exists: to adopt it, set mirror_name: "yes"'


def test_the_same_error_of_many_is_shown_once_with_all_of_them() -> None:
    hosts = [f"repository-{number}" for number in range(48)]
    found = [
        finding(host, target, "forbidden", task="Webhook", message=f"{FORBIDDEN.format(host=host)} (request {host}x)")
        for host in hosts
        for target in ("builds", "apps")
    ]
    text = lines(document([*hosts, "shop"], ["builds", "apps"], found))
    assert len(text) == 2
    assert text[0] == f"48 repositories, GitLab CI/CD, Upsun: {', '.join(hosts)}"
    assert text[1].startswith("  forbidden Webhook: Read the webhooks of <repository>: Bitbucket answered 403")


def test_where_not_all_targets_of_a_host_have_the_error_each_target_has_its_own_line() -> None:
    found = [
        finding(host, target, "error", message="No route to host")
        for host, target in (("a", "builds"), ("b", "builds"), ("c", "builds"), ("a", "apps"))
    ]
    assert [line for line in lines(document(["a", "b", "c"], ["builds", "apps"], found)) if line[0] != " "] == [
        "3 repositories, GitLab CI/CD: a, b, c",
        "Upsun: a",
    ]


def test_the_same_drift_of_many_is_shown_once() -> None:
    hosts = [f"repository-{number}" for number in range(50)]
    part = field("visibility", "public", "private", "project_visibility")
    found = [resource(host, "builds", "drift", "update", drift=[part]) for host in hosts]
    found += [resource(host, "apps", "missing", "create") for host in hosts]
    assert len(lines(document(hosts, ["builds", "apps"], found))) == 4


def test_names_are_replaced_only_where_they_are_whole_words() -> None:
    hosts = ["a", "b", "c"]
    found = [resource(host, "builds", "drift", "update", drift=[field("branch", "main", host)]) for host in hosts]
    (heading, line) = lines(document(hosts, ["builds"], found))
    assert heading == "3 repositories, GitLab CI/CD: a, b, c"
    assert line == "  drift     update gitlab_project <repository>: branch: main → <repository>"


def test_what_is_not_the_same_is_not_folded() -> None:
    found = [
        resource(host, "builds", "drift", "update", drift=[field("size", number, 9)])
        for number, host in enumerate(("one", "two", "three", "four"))
    ]
    text = "\n".join(lines(document(["one", "two", "three", "four"], ["builds"], found)))
    assert all(f"acme/{host}: size: {n} → 9" in text for n, host in enumerate(("one", "two", "three", "four")))


def test_an_error_with_several_lines() -> None:
    one = finding("shop", "builds", "error", message="First line\nSecond line\n")
    assert lines(document(["shop"], ["builds"], [one]))[1:] == [
        "  error     Project",
        "      First line",
        "      Second line",
    ]
