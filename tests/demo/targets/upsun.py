# SPDX-License-Identifier: GPL-3.0-or-later
"""Upsun in the demo: a repository of Bitbucket Cloud and one of Data Center."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox import Sandbox

from . import Wrong


def hosts(sandbox: Sandbox) -> dict[str, Any] | None:
    return {
        "hosts": {
            "shop": {
                "upsun_project": sandbox.upsun_project.id,
                "upsun_consumer_key": sandbox.upsun_consumer.key,
                "upsun_consumer_secret": "{{ lookup('ansible.builtin.env', 'UPSUN_CONSUMER_SECRET') }}",
            },
            "data_center_shop": {
                "bitbucket_url": sandbox.bitbucket_dc.url,
                "bitbucket_workspace": "ACME",
                "bitbucket_repository": "shop",
                "bitbucket_username": sandbox.bitbucket_dc_user.name,
                "bitbucket_access_token": "{{ lookup('ansible.builtin.env', 'BITBUCKET_DC_ACCESS_TOKEN') }}",
                "upsun_project": sandbox.upsun_dc_project.id,
            },
        }
    }


def lines(sandbox: Sandbox) -> list[str]:
    """Environments are what branches and pull requests are, in both Bitbuckets. :raises Wrong: they are not."""
    lines = []
    for project, refs, name in (
        (sandbox.upsun_project, sandbox.bitbucket.refs("acme", "shop"), "acme/shop"),
        (sandbox.upsun_dc_project, sandbox.bitbucket_dc.refs("ACME", "shop"), "ACME/shop of Data Center"),
    ):
        there = {one.id: one.head_commit for one in project.environments.values() if not one.is_pr}
        branches = {ref.removeprefix("refs/heads/"): sha for ref, sha in refs.items() if ref.startswith("refs/heads/")}
        (pull,) = [one for one in project.environments.values() if one.is_pr]
        if there != branches or pull.status != "active":
            raise Wrong(f"the Upsun project of {name} differs from Bitbucket")
        lines.append(f"{name} is deployed by Upsun, an environment for each branch: {', '.join(sorted(there))};")
        lines.append(f"  its pull request shows {sandbox.upsun.environments.url(pull)}")
    return lines
