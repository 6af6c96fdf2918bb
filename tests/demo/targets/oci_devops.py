# SPDX-License-Identifier: GPL-3.0-or-later
"""OCI DevOps in the demo."""

from __future__ import annotations

from typing import Any

from tests.sandbox.sandbox import Sandbox

from ...integration.scenarios.oci_devops import git_refs
from . import Wrong


def hosts(sandbox: Sandbox) -> dict[str, Any] | None:
    return {"vars": {"oci_devops_compartment_id": sandbox.oci.compartment_id}, "hosts": {"shop": {}, "stock": {}}}


def lines(sandbox: Sandbox) -> list[str]:
    """The mirrors are what the repositories are. :raises Wrong: they are not."""
    lines = []
    for repository in sandbox.oci.all("repository"):
        name = repository["name"]
        mirror = git_refs(sandbox.oci.mirror_folder(repository["id"]))
        if mirror != git_refs(sandbox.root / "bitbucket" / "acme" / f"{name}.git"):
            raise Wrong(f"the mirror of {name} differs from Bitbucket")
        lines.append(f"acme/{name} is mirrored into OCI DevOps with every branch and tag:")
        lines += [f"  {sha[:12]} {ref}" for ref, sha in mirror.items()]
    if len(sandbox.oci.all("repository")) != 2:
        raise Wrong("there should be two mirrors")
    return lines
