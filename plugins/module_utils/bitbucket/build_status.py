# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of a build on a commit of Bitbucket Cloud.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from ..errors import BridgeError, InvalidInput
from ..reconcile import Context, Fields, Resource, reconcile
from ..spec import ArgumentSpec
from .client import Cloud, place
from .options import BITBUCKET, login
from .source import Source

STATES = ("SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED")
_LONGEST_KEY = 40  # https://github.com/buildbot/buildbot/issues/7049 has Bitbucket's words
_DIGEST = 16
_SET = ("state", "url", "name", "description", "refname")
_FIELDS = (*_SET, "key", "created_on", "updated_on")
_POST = "POST /2.0/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build"


def short_key(key: str) -> str:
    """The key as Bitbucket takes it: a longer one keeps its beginning and gets a digest of the whole.

    Cut alone, two keys with the same beginning would become one status.
    """
    if len(key) <= _LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:_DIGEST]
    return f"{key[: _LONGEST_KEY - _DIGEST - 1]}-{digest}"


class BuildStatus(Resource):
    """A build status. Its commit and its key are what it is found by; the API has no way to take one away."""

    module = "bitbucket_build_status"
    spec = BITBUCKET + ArgumentSpec(
        {
            "workspace": {"type": "str", "required": True},
            "repository": {"type": "str", "required": True},
            "commit": {"type": "str", "required": True},
            "key": {"type": "str", "required": True, "no_log": False},
            "state": {"type": "str", "choices": list(STATES), "required": True},
            "url": {"type": "str"},
            "name": {"type": "str"},
            "description": {"type": "str"},
            "refname": {"type": "str"},
            "create": {"type": "bool", "default": True},
        }
    )
    identity = ("workspace", "repository", "commit")
    operations = {"create": _POST, "update": _POST, "delete": "none: the API can't"}

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.key = short_key(params["key"])
        self._commit: str | None = None

    @property
    def name(self) -> str:
        return str(self.params["key"])

    @property
    def where(self) -> str:
        return f"{self.params['workspace']}/{self.params['repository']}"

    def validate(self) -> None:
        login(self.params)
        if not self.params["key"].strip():
            raise InvalidInput("key is empty")
        url = self.params["url"]
        if url is not None and not (urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc):
            raise InvalidInput("url must begin with http:// or https:// and have a host")

    # -- finding -----------------------------------------------------------------------------------------------------

    @property
    def client(self) -> Cloud:
        if not hasattr(self, "_client"):
            self._client = Cloud(self.params, self.context)
        return self._client

    @property
    def commit(self) -> str:
        """The commit's hash, looked up once if the task names a branch or a tag."""
        if self._commit is None:
            named = self.params["commit"]
            source = Source(self.client, self.params["workspace"], self.params["repository"])
            self._commit = source.resolve(named)
            if self._commit is None:
                raise BridgeError(
                    f"{self.where} has no branch or tag {named}",
                    kind="not_found",
                    remedy="commit takes the hash of a commit (7 digits or more), or the name of a branch or a tag.",
                )
        return self._commit

    @property
    def path(self) -> str:
        return f"{place(self.params['workspace'], self.params['repository'])}/commit/{self.commit}/statuses"

    def read(self) -> Fields | None:
        """From the list of all on the commit: a key may have a slash in it, and a commit that is not there is told apart."""
        asked = f"List the build statuses of commit {self.params['commit']} of {self.where}"
        found = self.client.listing(self.path, asked=asked, fields=",".join(_FIELDS))
        return next((self._current(status) for status in found if status["key"] == self.key), None)

    def _current(self, status: Fields) -> Fields:
        known = {name: status.get(name) for name in _FIELDS}
        return {"id": self.key, "commit": self.commit, **known}

    # -- fields ------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        wanted = {name: self.params[name] for name in _SET if self.params[name] is not None}
        if current is None and not wanted.get("url"):
            raise InvalidInput(
                f"Commit {self.params['commit']} has no build status {self.name} yet, and a new one needs a url",
                remedy="Give the address of the build's page.",
            )
        return wanted

    def comparable(self, desired: Fields) -> Fields:
        """An empty text and none are the same."""
        return {name: value or "" for name, value in desired.items()}

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        return self._post(desired)

    def update(self, current: Fields, changes: Fields) -> Fields:
        """Bitbucket replaces the whole status, so that what the task does not set is sent as it is."""
        return self._post({**{name: current[name] for name in _SET if current[name] is not None}, **changes})

    def _post(self, fields: Fields) -> Fields:
        asked = f"Set the build status {self.name} of commit {self.params['commit']} of {self.where}"
        answer = self.client.call("POST", f"{self.path}/build", asked=asked, json={"key": self.key, **fields})
        return self._current(answer.json())

    def delete(self, current: Fields) -> None:
        raise AssertionError("there is no state that asks for it")

    def run(self) -> Fields:
        return reconcile(self, "present").as_result(self)
