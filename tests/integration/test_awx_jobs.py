# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX starts them: credentials as environment variables, blank fields, answers that are texts, slices at the same time."""

from __future__ import annotations

import configparser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.sandbox import Sandbox

from .awx_job import Job, credential_types, start
from .scenarios.gitlab_ci import GitlabCi
from .scenarios.oci_devops import OciDevops
from .test_suite import writes
from .test_targets_together import allow_both

pytestmark = pytest.mark.any_core

SLUGS = ("barn", "cellar", "shop", "stock")
SLICES = len(SLUGS)
# What surveys and prompts give: texts, and empty ones where nothing was answered.
FAIL_ON = "drift,missing,unmanaged,forbidden,error"
ANSWERS = {
    "repobridge_plan_first": "true",
    "gitlab_api_url": "",
    "gitlab_ci_bitbucket_token": "",
    "gitlab_ci_existing_project": "false",
    "oci_devops_deletion_days": "30",
    "bitbucket_validate_certs": "true",
}


class Fleet(GitlabCi):
    """Four repositories, all with both targets: those of one target have a foundation in common."""

    reading = (*GitlabCi.reading, *OciDevops.reading)

    def inventory_text(self) -> str:
        inventory = yaml.safe_load(super().inventory_text())
        groups = inventory["all"]["children"]
        for slug in ("barn", "cellar", "stock"):
            groups["gitlab_ci"]["hosts"][slug] = self.add_repository(slug) if slug != "stock" else {}
        compartment = {"oci_devops_compartment_id": self.sandbox.oci.compartment_id}
        groups["oci_devops"] = {"hosts": {slug: {} for slug in SLUGS}, "vars": compartment}
        return str(yaml.safe_dump(inventory))

    def credentials(self) -> list[tuple[str, dict[str, str]]]:
        """One of each type, as an operator enters them. What is not entered is blank in the environment of a job."""
        known = self.environment
        profile = configparser.ConfigParser()
        profile.read(known["OCI_CONFIG_FILE"])
        oci = profile["DEFAULT"]
        given = [
            (
                "bitbucket",
                {
                    "api_url": known["BITBUCKET_API_URL"],
                    "site_url": known["BITBUCKET_SITE_URL"],
                    "username": known["BITBUCKET_USERNAME"],
                    "api_token": known["BITBUCKET_API_TOKEN"],
                },
            ),
            ("gitlab", {"api_url": known["GITLAB_API_URL"], "api_token": known["GITLAB_API_TOKEN"]}),
            (
                "oci",
                {
                    "api_user": oci["user"],
                    "api_user_fingerprint": oci["fingerprint"],
                    "api_user_key": Path(oci["key_file"]).read_text(),
                    "tenancy": oci["tenancy"],
                    "region": oci["region"],
                    "endpoint": known["OCI_ENDPOINT"],
                },
            ),
            ("repobridge", {"poll_interval": "0.05"}),
        ]
        blank: list[tuple[str, dict[str, str]]] = [(kind, {}) for kind in credential_types() if kind not in dict(given)]
        return [*blank, *given]

    def start(self, playbook: str, name: str, *arguments: str, number: int = 1, count: int = 1, **extra: Any) -> Job:
        answers = {**ANSWERS, **extra}
        return start(
            playbook,
            self.inventory,
            self.credentials(),
            self.folder / name,
            *arguments,
            extra=answers,
            slice_of=(number, count),
        )

    def slices(self, playbook: str, name: str, numbers: range, count: int, *arguments: str) -> list[Job]:
        """Jobs of slices that run at the same time, all of which must be green."""
        jobs = [self.start(playbook, f"{name}-{n}", *arguments, number=n, count=count) for n in numbers]
        for job in jobs:
            assert job.end().status == "successful", job.output
        return jobs

    def of_oci(self) -> dict[str, list[str]]:
        return OciDevops.made(self)  # type: ignore[arg-type] # it looks at the sandbox only

    def of_gitlab(self) -> Counter[str]:
        """All that is there for each repository, by kind."""
        gitlab, bitbucket = self.sandbox.gitlab, self.sandbox.bitbucket
        out: Counter[str] = Counter()
        for slug in SLUGS:
            found = gitlab.find_project(f"acme/{slug}")
            if found and not found.marked_for_deletion_on:
                out += Counter({"project": 1, "variable": len(found.variables)})
            out["webhook"] += sum("/mirror/pull" in hook.url for hook in bitbucket.hooks("acme", slug))
        return out


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    fleet = Fleet(sandbox, tmp_path)
    allow_both(fleet)
    with sandbox:
        yield fleet


def test_slices_at_the_same_time_create_one_of_each(fleet: Fleet) -> None:
    """Audit in check mode, site in four slices, audit of all, teardown in slices: the last one deletes the foundation."""
    audit = fleet.start(fleet.audit, "audit", "--check", "--diff", repobridge_fail_on=FAIL_ON).end()
    # The workflow goes on to the approval, and has in the artifacts what differs.
    assert audit.status == "failed", audit.output
    assert audit.artifacts["repobridge_report"]["hosts"] == list(SLUGS)
    assert not writes(fleet), [call.line for call in writes(fleet)]

    sliced = fleet.slices(fleet.site, "site", range(1, SLICES + 1), SLICES, "--diff")
    one = OciDevops.expected(fleet)  # type: ignore[arg-type] # constants
    assert fleet.of_oci() == {**one, "repository": list(SLUGS)}
    assert fleet.of_gitlab() == {"project": SLICES, "variable": 3 * SLICES, "webhook": SLICES}
    again = fleet.start(fleet.audit, "again", "--check", "--diff", repobridge_fail_on=FAIL_ON).end()
    assert again.status == "successful", again.output
    assert again.artifacts["repobridge_report"]["differs"] == 0

    without_foundation = {kind: names for kind, names in fleet.of_oci().items() if kind != "repository"}
    removed = fleet.slices(fleet.teardown, "teardown", range(1, 2), 2)
    assert fleet.of_oci() == {**without_foundation, "repository": [SLUGS[1], SLUGS[3]]}
    removed += fleet.slices(fleet.teardown, "teardown", range(2, 3), 2)
    assert not any(fleet.of_oci().values())
    assert not +fleet.of_gitlab()

    secrets = [
        value
        for _kind, inputs in fleet.credentials()
        for name, value in inputs.items()
        if "token" in name or "key" in name
    ]
    for job in (audit, *sliced, again, *removed):
        text = job.stored()
        assert not [secret for secret in secrets if secret in text], job.folder


def test_whether_to_verify_certificates_is_a_choice_of_texts(fleet: Fleet) -> None:
    field = next(one for one in credential_types()["repobridge"]["inputs"]["fields"] if one["id"] == "validate_certs")
    assert field["choices"] == ["true", "false"]
    assert not [
        one for kind in credential_types().values() for one in kind["inputs"]["fields"] if one["type"] == "boolean"
    ]
