# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab CI/CD in the demo."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox import Sandbox

from . import Wrong


def hosts(_sandbox: Sandbox) -> dict[str, Any] | None:
    return {"hosts": {"shop": {}}}


def lines(sandbox: Sandbox) -> list[str]:
    """The project is what the repository is. :raises Wrong: it is not."""
    project = sandbox.gitlab.find_project("acme/shop")
    if project is None or sandbox.gitlab.refs(project) != sandbox.bitbucket.refs("acme", "shop"):
        raise Wrong("GitLab's project differs from Bitbucket")
    return ["acme/shop runs its pipelines in GitLab CI/CD: the same branches and tags, a webhook, build statuses."]
