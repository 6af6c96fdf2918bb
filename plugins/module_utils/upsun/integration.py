# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source integration of a project: Bitbucket Cloud, or Bitbucket Server and Data Center.

Sources: https://docs.upsun.com/integrations/source/bitbucket.html and https://docs.upsun.com/api/ (Third-Party Integrations)
"""

from __future__ import annotations

import typing as t
from urllib.parse import urlsplit

from ..core.errors import Ambiguous, BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Outcome, Resource
from ..core.spec import ArgumentSpec, update_secret
from ..core.waiting import wait_until
from . import activities as act
from .aftermath import Aftermath
from .client import Upsun, place
from .guard import check_capabilities, check_risk
from .options import PROJECT, STATE, UPSUN, WAIT, check_project
from .source import (
    CLOUD,
    OPTIONS,
    SECRET,
    SERVER,
    body,
    described,
    repository_name,
    server_url,
    shown,
    source_integrations,
    validate,
)

try:
    # Loaded with this file, so that the controller pays for it once a run.
    import requests  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    pass

_INITIALIZATIONS = ["default", "manual", "minimum", "parent"]
_FLAG = {"type": "bool"}
# What the vendor's command line sends where nothing is said; the last ones only if pull requests are built at all.
_DEFAULTS = {"fetch_branches": True, "prune_branches": True, "build_pull_requests": True}
_OF_PULL_REQUESTS = {CLOUD: {"resync_pull_requests": False}, SERVER: {"pull_requests_clone_parent_data": True}}
_LAST_DEFAULTS = {"environment_init_resources": "parent"}
_NEEDED = {CLOUD: ("repository", "key", "secret"), SERVER: ("repository", "url", "username", "token")}


class Integration(Resource):
    """What makes a project follow a repository of Bitbucket. A project has one at most, and that is what it is found by."""

    module = "upsun_integration"
    spec = (
        UPSUN
        + PROJECT
        + STATE
        + WAIT
        + update_secret("on_create", ("on_create", "on_invalid", "always"))
        + ArgumentSpec(
            {
                "type": {"type": "str", "choices": [CLOUD, SERVER], "required": True},
                "integration_id": {"type": "str"},
                "repository": {"type": "str"},
                "key": {"type": "str", "no_log": False},
                "secret": {"type": "str", "no_log": True},
                "url": {"type": "str"},
                "username": {"type": "str"},
                "token": {"type": "str", "no_log": True},
                "fetch_branches": _FLAG,
                "prune_branches": _FLAG,
                "build_pull_requests": _FLAG,
                "resync_pull_requests": _FLAG,
                "pull_requests_clone_parent_data": _FLAG,
                "pull_requests_max_pages": {"type": "int"},
                "environment_init_resources": {"type": "str", "choices": _INITIALIZATIONS},
                "source_refs": {"type": "dict"},
                "confirm_overwrite": {"type": "bool", "default": False},
                "replace": {"type": "bool", "default": False},
                "require_webhook": {"type": "bool", "default": True},
                "wait": {"type": "bool", "default": True},
            },
            required_by={"secret": ["key"]},
            addresses=("url",),
            passwords=("key", "secret", "username", "token"),
        )
    )
    identity = ("project",)
    operations = {
        "create": "POST /projects/{projectId}/integrations",
        "update": "PATCH /projects/{projectId}/integrations/{integrationId}",
        "delete": "DELETE /projects/{projectId}/integrations/{integrationId}",
    }
    secret_fields = ("secret", "token")

    def __init__(
        self, params: Fields, context: Context, client: Upsun | None = None, known: list[Fields] | None = None
    ) -> None:
        """``client`` and ``known`` (the source integrations) are for a caller that has already read them."""
        super().__init__(params, context)
        self.client = client or Upsun(params, context)
        self._known = known
        self.project: str = params["project"]
        self.type: str = params["type"]
        self._entity: Fields = {}
        self._started: set[str] = set()  # activities that this task's changes have begun

    @property
    def name(self) -> str:
        return self.project

    # -- input -------------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        check_project(self.project)
        others = {name for options in OPTIONS.values() for name in options} - set(OPTIONS[self.type])
        wrong = sorted(name for name in others if self.params[name] is not None)
        if wrong:
            raise InvalidInput(f"{' and '.join(wrong)} can't be used with an integration of type {self.type}")
        if self.params["repository"] is not None and repository_name(self.params["repository"]).count("/") != 1:
            raise InvalidInput(
                f"{self.params['repository']} names no repository",
                remedy="Give it as owner/repository (Data Center: project key and repository), or its address.",
            )
        url = urlsplit(self.params["url"] or "https://unset")
        if url.scheme not in ("http", "https") or not url.hostname or "@" in url.netloc:
            raise InvalidInput("url must be the address of the server: https:// and its host, without a user")
        if self.params["prune_branches"] and self.params["fetch_branches"] is False:
            raise InvalidInput(
                "prune_branches needs fetch_branches",
                "Upsun can only delete what is gone if it fetches branches at all.",
            )

    # -- finding -----------------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        found, self._known = self._known, None  # only the first reading can be a caller's
        if found is None:
            found = source_integrations(self.client, self.project)
        wanted = self.params["integration_id"]
        if wanted:
            found = [one for one in found if one["id"] == wanted]
        if len(found) > 1:
            raise Ambiguous(
                f"The source integration of the project {self.project}",
                [described(one) for one in found],
                "A project follows one repository. Remove all but one, with state=absent and its id as integration_id.",
            )
        if not found:
            if wanted and self.params["state"] == "present":
                raise BridgeError(
                    f"The project {self.project} has no source integration {wanted}",
                    kind="not_found",
                    remedy="Upsun gives the ids itself: leave integration_id out to have the integration made.",
                )
            return None
        self._entity = found[0]
        other = self._entity["type"] != self.type
        if other and self.params["state"] == "absent":
            return None
        if other and not self.params["replace"]:
            raise BridgeError(
                f"The project {self.project} already follows {described(self._entity)}",
                kind="conflict",
                service=Upsun.service,
                remedy="The type of an integration can't be changed. To have it deleted and one of type "
                f"{self.type} made in its place, set replace to true.",
            )
        return shown(self._entity)

    # -- fields ------------------------------------------------------------------------------------------------------------

    def desired(self, current: Fields | None) -> Fields:
        new = current is None or current["type"] != self.type
        wanted = self._of_new() if new else self._of_present(t.cast(Fields, current))
        if new:
            check_capabilities(self.client, self.project, self.type)
        if not self.params["confirm_overwrite"]:
            before, after = (self.comparable({**(current or {}), **fields}) for fields in ({}, wanted))
            check_risk(self.client, self.project, before, after, self.params["source_refs"])
        return wanted

    def _given(self) -> Fields:
        return {name: self.params[name] for name in OPTIONS[self.type] if self.params[name] is not None}

    def _of_new(self) -> Fields:
        """Everything, with what the vendor's own command line takes where nothing is said."""
        given = self._given()
        missing = [name for name in _NEEDED[self.type] if not given.get(name)]
        if missing:
            raise InvalidInput(
                f"The project {self.project} has no integration of type {self.type} yet, and a new one needs "
                f"{' and '.join(missing)}"
            )
        defaults = dict(_DEFAULTS)
        if given.get("fetch_branches") is False:
            defaults["prune_branches"] = False
        if given.get("build_pull_requests", True):
            defaults.update(_OF_PULL_REQUESTS[self.type])
        return {"type": self.type, **defaults, **_LAST_DEFAULTS, **given}

    def _of_present(self, current: Fields) -> Fields:
        """What the task sets; of the credentials those that can be compared, and the rest by ``update_secret``."""
        wanted, name = self._given(), SECRET[self.type]
        secret = wanted.pop(name, None)
        if wanted.get("fetch_branches") is False:
            wanted["prune_branches"] = False  # Upsun switches it off as well
        if wanted.get("prune_branches") and "fetch_branches" not in wanted and not current["fetch_branches"]:
            raise InvalidInput(
                "prune_branches needs fetch_branches, which is off in this integration",
                "Set fetch_branches to true too.",
            )
        names = ("key", "url", "username")  # who logs in and where: the secret goes along
        now, then = self.comparable(wanted), self.comparable(current)
        another = any(field in now and now[field] != then.get(field) for field in names)
        if another and not secret and "key" in wanted:
            raise InvalidInput(
                f"The integration of the project {self.project} has another key, and a key goes with its secret only",
                remedy="Give secret as well.",
            )
        if secret and (another or self._must_send()):
            wanted[name] = secret
        return wanted

    def _must_send(self) -> bool:
        if self.params["update_secret"] != "on_invalid":
            return bool(self.params["update_secret"] == "always")
        return validate(self.client, self.project, self._entity).valid is False

    def comparable(self, desired: Fields) -> Fields:
        """Bitbucket takes names of repositories in any case; of an address only what has no meaning is levelled."""
        out = dict(desired)
        if out.get("repository"):
            out["repository"] = repository_name(out["repository"]).lower()
        if out.get("url"):
            out["url"] = server_url(out["url"])
        if "pull_requests_max_pages" in out:
            out["pull_requests_max_pages"] = out["pull_requests_max_pages"] or 0
        return out

    def planned(self, desired: Fields) -> Fields:
        out = super().planned(desired)
        return {**out, "hook_url": out["id"]}

    # -- calling -----------------------------------------------------------------------------------------------------------

    def update_actions(self, changes: Fields) -> tuple[str, ...]:
        return ("delete", "create") if "type" in changes else ("update",)

    def create(self, desired: Fields) -> Fields:
        path = place(self.project, "integrations")
        sent = body(self.type, desired)
        return self._send("POST", path, f"Make the integration of the project {self.project}", sent)

    def update(self, current: Fields, changes: Fields) -> Fields:
        if "type" in changes:
            self.delete(current)
            return self.create(self._of_new())
        path = place(self.project, "integrations", current["id"])
        sent = body(self.type, changes, current)
        return self._send("PATCH", path, f"Change the integration of the project {self.project}", sent)

    def _send(self, method: str, path: str, asked: str, sent: Fields) -> Fields:
        try:
            answer = self.client.json(method, path, asked=asked, keys=("code",), json=sent)
        except BridgeError as error:
            if error.status == 400:
                error.remedy = self._advice()
            raise
        self._started.update(one["id"] for one in act.embedded(answer))
        entity = (answer.get("_embedded") or {}).get("entity") or {}
        if "id" not in entity or "_links" not in entity:
            self.read()  # where the answer tells only that it was accepted
        else:
            self._entity = entity
        return shown(self._entity)

    def delete(self, current: Fields) -> None:
        path = place(self.project, "integrations", current["id"])
        asked = f"Delete the integration of the project {self.project}"
        self.client.json("DELETE", path, asked=asked, keys=("code",), accept=(404,))
        if self.params["wait"]:
            wait_until(
                lambda: source_integrations(self.client, self.project),
                lambda found: all(one["id"] != current["id"] for one in found),
                what=f"The deletion of the integration of the project {self.project}",
                describe=lambda _found: "under way",
                progress=self.context.progress,
                timeout=self.params["wait_timeout"],
                interval=self.params["poll_interval"],
            )

    def _advice(self) -> str:
        """What the operator can do about an integration that Upsun tried and refused."""
        if self.type == CLOUD:
            return (
                "Upsun must be able to use the OAuth consumer: it is private, has a callback URL, and the permissions "
                "that bitbucket_credential_info asks for with use=upsun; and its owner is admin of the repository."
            )
        return (
            "Upsun must be able to reach url from the internet and to log in there with username and token; the token needs "
            "read on projects and admin on repositories, and its owner must be admin of the repository."
        )

    # -- afterwards ----------------------------------------------------------------------------------------------------------

    def follow_up(self, current: Fields, outcome: Outcome) -> Fields:
        """Wait for what a change started, and see whether Upsun could add its webhook."""
        changed, wait = outcome.changed, self.params["wait"] and not self.context.check_mode
        if (changed and self.context.check_mode) or not (self.params["require_webhook"] or (changed and wait)):
            return current
        after = Aftermath(self.client, self.context, self.project, self._entity["id"])
        if wait:
            started = self._started if changed else None
            found = after.settled(started, self.params["wait_timeout"], self.params["poll_interval"])
        else:
            found = after.activities()
        after.judge_fetch(found, changed, self._advice())
        webhook = after.registration(found)
        if webhook["registered"] is False and self.params["require_webhook"]:
            raise BridgeError(
                f"The project {self.project} follows {current['repository']}, but Upsun could not add its webhook there",
                service=Upsun.service,
                words=webhook["words"],
                remedy=f"{self._advice()} Or add the webhook by hand, to {current['hook_url']}, and set require_webhook "
                "to false.",
            )
        return {**current, "webhook": webhook}
