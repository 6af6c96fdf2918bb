# SPDX-License-Identifier: GPL-3.0-or-later
"""Several targets for one repository: commits of one target to Bitbucket reach the others in the same run."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.sandbox import Sandbox

from .scenarios.gitlab_ci import GitlabCi
from .scenarios.oci_devops import git_refs


class Both(GitlabCi):
    def inventory_text(self) -> str:
        oci = self.sandbox.oci.compartment_id
        return f"""{super().inventory_text()}    oci_devops:
      hosts:
        shop:
      vars:
        oci_devops_compartment_id: {oci}
"""


def allow_both(scenario: GitlabCi) -> None:
    """A token with what OCI DevOps requires on top: its checks are by the names of the manual procedure."""
    more = ("account", "workspace", "project", "pullrequest")
    names = [f"read:{'user' if name == 'account' else name}:bitbucket" for name in more]
    scenario.token = scenario.sandbox.bitbucket.create_api_token(scenario.user, [*scenario.token.scopes, *names])
    scenario.use_token(scenario.token)


def test_one_run_does_it_for_all_targets(tmp_path: Path) -> None:
    sandbox = Sandbox(root=tmp_path / "sandbox")
    both = Both(sandbox, tmp_path)
    allow_both(both)
    with sandbox:
        assert both.run(both.site).ok().changed
        assert both.run_here(both.site).ok().changed == 0
        audit = both.run(both.audit, repobridge_fail_on_drift=True).ok()
        assert audit.changed == 0
        both.verify()
        both.run_here(both.site).ok()
        mirror = git_refs(sandbox.oci.mirror_folder(sandbox.oci.all("repository")[0]["id"]))
        assert mirror == sandbox.bitbucket.refs("acme", "shop")
        both.run_here(both.teardown).ok()
        assert not any(both.made().values())
