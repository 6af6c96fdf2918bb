# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: their formats, and how they are written."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible.errors import AnsibleError
from junitparser import JUnitXml

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report import formats
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.junit import junit
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.sarif import sarif
from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.report.statuses import KNOWN

from .documents import STATUSES, document, every_status, fleet, resource

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
NAMES = {
    "json": "report.json",
    "html": "report.html",
    "junit": "junit.xml",
    "sarif": "report.sarif",
    "markdown": "report.md",
}
SPECS = Path(os.environ.get("REPOBRIDGE_SPECS") or ROOT.parent / "shared" / "specs")


# -- writing -----------------------------------------------------------------------------------------------------------


def test_all_formats_are_written(tmp_path: Path) -> None:
    assert tuple(NAMES) == formats.FORMATS
    written = formats.write(every_status(), str(tmp_path / "a" / "b"), formats.FORMATS)
    assert written == [str(tmp_path / "a" / "b" / name) for name in NAMES.values()]
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(NAMES.values())
    assert all((tmp_path / "a" / "b" / name).stat().st_size > 1000 for name in NAMES.values())


def test_only_what_is_wanted_is_written_and_once(tmp_path: Path) -> None:
    assert formats.write(every_status(), str(tmp_path), ["sarif", "json", "sarif"]) == [
        str(tmp_path / "report.sarif"),
        str(tmp_path / "report.json"),
    ]
    assert formats.write(every_status(), str(tmp_path / "none"), []) == []


def test_others_cannot_read_the_files(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        (path,) = formats.write(every_status(), str(tmp_path / "reports"), ["json"])
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o640
    assert stat.S_IMODE(os.stat(tmp_path / "reports").st_mode) == 0o750


def test_a_report_replaces_the_one_before(tmp_path: Path) -> None:
    formats.write(every_status(), str(tmp_path), ["json"])
    formats.write(fleet(1, 1), str(tmp_path), ["json"])
    assert json.loads((tmp_path / "report.json").read_text()) == fleet(1, 1)
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("mine")
    (tmp_path / "report.json").symlink_to(tmp_path / "other")
    formats.write(every_status(), str(tmp_path), ["json"])
    assert (tmp_path / "other").read_text() == "mine"


def test_an_unknown_format_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(
        AnsibleError, match=r"Unknown format of a report: pdf\. Formats are json, html, junit, sarif, markdown"
    ):
        formats.write(every_status(), str(tmp_path / "reports"), ["json", "pdf"])
    assert not (tmp_path / "reports").exists()


def test_the_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AnsibleError, match=rf"cannot be written: {tmp_path}/file.*: (File exists|Not a directory)"):
        formats.write(every_status(), str(tmp_path / "file" / "reports"), ["json"])
    (tmp_path / "report.md").mkdir()
    with pytest.raises(AnsibleError, match=rf"{tmp_path}/report.md: Is a directory"):
        formats.write(every_status(), str(tmp_path), ["markdown"])
    assert sorted(os.listdir(tmp_path)) == ["file", "report.md"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    formats.write(fleet(1, 1), str(tmp_path), ["json"])

    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(AnsibleError, match=r"report.json: No space left on device"):
        formats.write(every_status(), str(tmp_path), ["json"])
    assert json.loads((tmp_path / "report.json").read_text()) == fleet(1, 1)
    assert os.listdir(tmp_path) == ["report.json"]


def test_without_junitparser_only_junit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "junitparser", None)
    with pytest.raises(AnsibleError, match="pip install junitparser"):
        formats.write(every_status(), str(tmp_path), ["json", "junit"])
    assert os.listdir(tmp_path) == []
    formats.write(every_status(), str(tmp_path), [name for name in formats.FORMATS if name != "junit"])


def test_a_large_fleet_is_rendered_in_seconds(tmp_path: Path) -> None:
    began = time.process_time()
    formats.write(fleet(1000, 5, 1000), str(tmp_path), formats.FORMATS)
    assert time.process_time() - began < 30
    assert (tmp_path / "report.html").stat().st_size < 3_000_000


# -- JSON --------------------------------------------------------------------------------------------------------------


def check(one: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(one)


def test_documents_have_the_schema() -> None:
    for one in (every_status(), fleet(10, 5, 2), document([], [], [])):
        check(json.loads(formats.as_json(one)))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema_version",), 2),
        (("check_mode",), "yes"),
        (("started",), "yesterday"),
        (("counts", "drift"), "3"),
        (("counts", "unheard of"), 3),
        (("findings", 0, "status"), "fine"),
        (("findings", 0, "drift", 0, "variable"), None),
        (("targets", 0, "hosts", "shop"), "fine"),
    ],
)
def test_other_documents_do_not_have_it(place: tuple[Any, ...], value: Any) -> None:
    one: Any = json.loads(formats.as_json(every_status()))
    inside = one
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        check(one)


def test_every_property_of_the_schema_is_required() -> None:
    optional = {"managed"}
    for one in (SCHEMA, SCHEMA["$defs"]["finding"], SCHEMA["$defs"]["drift"]):
        assert set(one["properties"]) - optional == set(one["required"])


def test_the_statuses_are_the_same_everywhere() -> None:
    assert tuple(SCHEMA["$defs"]["status"]["enum"]) == tuple(KNOWN) == STATUSES


# -- JUnit -------------------------------------------------------------------------------------------------------------


def test_junit_counts_what_a_ci_system_shows() -> None:
    suites = {suite.name: suite for suite in JUnitXml.fromstring(junit(every_status()).encode())}
    builds = suites["GitLab CI/CD"]
    assert (builds.tests, builds.failures, builds.errors, builds.skipped) == (8, 3, 1, 0)
    assert (suites["CDS"].tests, suites["CDS"].failures, suites["CDS"].errors, suites["CDS"].skipped) == (7, 0, 0, 1)
    assert (suites["Upsun"].failures, suites["Upsun"].errors) == (1, 0)


def test_names_of_cases_are_unique_and_do_not_depend_on_the_difference() -> None:
    twice = [resource("shop", "builds", "drift", action) for action in ("update", "delete")]
    (suite,) = JUnitXml.fromstring(junit(document(["shop"], ["builds"], twice)).encode())
    assert [case.name for case in suite] == ["shop: gitlab_project acme/shop", "shop: gitlab_project acme/shop (2)"]


def test_a_status_of_a_newer_version_fails() -> None:
    one = document(["shop"], ["builds"], [resource("shop", "builds", "expired")])
    (suite,) = JUnitXml.fromstring(junit(one).encode())
    assert suite.failures == 1


# -- SARIF -------------------------------------------------------------------------------------------------------------


def test_sarif_has_the_official_schema() -> None:
    path = SPECS / "sarif-schema-2.1.0.json"
    if not path.is_file():
        pytest.skip(f"{path} does not exist (sarif-2.1/schema of github.com/oasis-tcs/sarif-spec)")
    validator = jsonschema.Draft4Validator(json.loads(path.read_text()))
    for one in (every_status(), fleet(10, 5, 2), document([], [], [])):
        validator.validate(json.loads(json.dumps(sarif(one))))


def test_results_of_sarif_refer_to_rules_and_repositories() -> None:
    (run,) = sarif(every_status())["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == [status.replace(" ", "-") for status in STATUSES if status != "ok"]
    assert len(run["results"]) == 9
    assert len({one["partialFingerprints"]["resource/v1"] for one in run["results"]}) == 9
    for one in run["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]
        assert (one["kind"] == "fail") is (one["level"] != "none")
        uri = one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == f"https://bitbucket.org/acme/{one['properties']['host']}"
    assert run["invocations"][0]["executionSuccessful"] is False


def test_the_fingerprint_of_a_finding_does_not_depend_on_its_values() -> None:
    one = every_status()
    before = [result["partialFingerprints"] for result in sarif(one)["runs"][0]["results"]]
    one["findings"][0]["drift"][0]["actual"] = "internal"
    assert [result["partialFingerprints"] for result in sarif(one)["runs"][0]["results"]] == before
    one["findings"][0]["drift"][0]["path"] = "other"
    assert [result["partialFingerprints"] for result in sarif(one)["runs"][0]["results"]] != before


def test_text_in_brackets_is_no_link_in_sarif() -> None:
    one = document(["shop"], ["builds"], [resource("shop", "builds", "error", message="[here](1) and VALUE[*]")])
    text = sarif(one)["runs"][0]["results"][0]["message"]["text"]
    assert r"[here\](1) and VALUE[*]" in text


def test_the_version_is_that_of_the_collection() -> None:
    version = re.search(r"^version: (.*)$", (ROOT / "galaxy.yml").read_text(), re.MULTILINE)
    assert version and sarif(every_status())["runs"][0]["tool"]["driver"]["version"] == version[1]
