# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether Bitbucket Pipelines is switched on for a repository.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/
"""

from __future__ import annotations

from ..core.errors import BridgeError
from ..core.reconcile import Fields
from ..http.answer import OBJECT
from .client import place
from .examined import EXAMINED
from .options import only_cloud
from .resource import IN_REPOSITORY, BitbucketResource

_PUT = "PUT /2.0/repositories/{workspace}/{repo_slug}/pipelines_config"


class PipelineConfig(BitbucketResource):
    """Pipelines of a repository: there when it is on. Whether it was never on or was switched off is no difference."""

    module = "bitbucket_pipeline_config"
    spec = IN_REPOSITORY + EXAMINED
    operations = {"create": _PUT, "delete": _PUT}

    @property
    def name(self) -> str:
        return str(self.place)

    @property
    def path(self) -> str:
        return f"{place(self.params['workspace'], self.params['repository'])}/pipelines_config"

    def validate(self) -> None:
        super().validate()
        only_cloud(self.params, "Pipelines exists in Cloud only")

    def read(self) -> Fields | None:
        asked = f"Check whether Pipelines is enabled for {self.name}"
        options = {"params": {"fields": "enabled"}, "expects": OBJECT, "keys": ("enabled",), "accept": (403, 404)}
        answer = self.client.call("GET", self.path, asked=asked, **options)
        # Any answer tells what the credential may, so that all it lacks is named at once.
        credentials = self.edition.credentials(self.client, self.params, self.context)
        credentials.check(credentials.describe(answer))
        if credentials.problems:
            raise BridgeError(" ".join(credentials.problems), kind="forbidden", service=self.client.service)
        if answer.status_code == 403:
            raise self.client.error(answer, f"GET /2.0/{self.path}", asked)
        # Before it is switched on for the first time there is no configuration: 404, as for a repository that is not there.
        found = answer.status_code == 200 and self.client.decoded(answer, OBJECT, asked).get("enabled")
        return self._shown() if found else None

    def _shown(self) -> Fields:
        return {"id": self.name, "enabled": True}

    def desired(self, current: Fields | None) -> Fields:
        return {"enabled": True}

    def create(self, desired: Fields) -> Fields:
        self._put(True, "Enable Pipelines")
        return self._shown()

    def delete(self, current: Fields) -> None:
        self._put(False, "Disable Pipelines")

    def _put(self, enabled: bool, asked: str) -> None:
        body = {"type": "repository_pipelines_configuration", "enabled": enabled}
        self.client.json("PUT", self.path, keys=("enabled",), asked=f"{asked} for {self.name}", json=body)
