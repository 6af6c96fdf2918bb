# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repositories of a project's VCS server, in CDS from 0.51 on.

Source: https://ovh.github.io/cds/docs/concepts/workflow-v2/
"""

from __future__ import annotations

from ..core.errors import answered, remedies, says
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec
from ..http.answer import NOTHING, OBJECT
from .options import IN_PROJECT
from .project_vcs import RBAC
from .resource import CdsResource, check_repository
from .version import PROJECT_VCS, Gate

_SSH_KEY = (
    "CDS does not recognize https addresses of Bitbucket Cloud: set ssh_key of cds_project_vcs to a key of the "
    "project, and add its public key to the repository's access keys."
)


class VcsRepository(CdsResource):
    """A repository that a project may use, found by its full name. There is nothing about it to change."""

    module = "cds_vcs_repository"
    spec = IN_PROJECT + ArgumentSpec(
        {"vcs": {"type": "str", "default": "bitbucketcloud"}, "name": {"type": "str", "required": True}}
    )
    identity = ("project", "vcs", "name")
    operations = {
        "create": "POST /v2/project/{projectKey}/vcs/{vcsIdentifier}/repository",
        "delete": "DELETE /v2/project/{projectKey}/vcs/{vcsIdentifier}/repository/{repositoryIdentifier}",
    }
    noun = "repository"
    root = ("v2", "project")
    gates = (Gate("repositories of projects", "Attach it to an application.", since=PROJECT_VCS),)

    def validate(self) -> None:
        super().validate()
        check_repository(self.name)

    def _all(self, *rest: str) -> str:
        return self.path("vcs", self.params["vcs"], "repository", *rest)

    def own(self, *rest: str) -> str:
        """CDS keeps names in lower case, and finds them in no other."""
        return self._all(self.name.lower(), *rest)

    def read(self) -> Fields | None:
        answer = self.fetch()
        return answer if answer is None else _shown(answer)

    def desired(self, current: Fields | None) -> Fields:
        return {"name": self.name.lower()}

    def create(self, desired: Fields) -> Fields:
        unseen = (
            f"Either the project has no VCS server {self.params['vcs']}, or its account has no access to {self.name}."
        )
        with remedies((says("sshkey"), _SSH_KEY), (answered(403), RBAC), (answered(404), unseen)):
            return _shown(self.send("POST", self._all(), "Add", desired))

    def delete(self, current: Snapshot) -> None:
        # Answers with the VCS server, of all things.
        self.client.delete(self.own(), asked=self.asked("Remove"), expects=OBJECT | NOTHING, keys=("name",))


def _shown(answer: Fields) -> Fields:
    return {name: answer[name] for name in ("id", "name", "created", "created_by", "clone_url") if name in answer}
