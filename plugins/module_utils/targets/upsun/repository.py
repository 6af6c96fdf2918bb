# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository that an Upsun project follows: the integration, what Upsun logs in with, and the webhook, once."""

from __future__ import annotations

from ...bitbucket.access_token import AccessToken
from ...bitbucket.options import BITBUCKET, edition_of
from ...bitbucket.options import DATA_CENTER as BITBUCKET_DATA_CENTER
from ...bitbucket.repository import RepositoryInfo
from ...bitbucket.webhook import Webhook
from ...core.adoption import UNMARKED, note
from ...core.pending import is_pending
from ...core.reconcile import Context, Fields
from ...core.spec import PRESENCE, ArgumentSpec
from ...core.urls import normalised_base
from ...upsun.aftermath import Aftermath
from ...upsun.client import Upsun
from ...upsun.integration import Integration
from ...upsun.options import PROJECT, UPSUN, WAIT
from ...upsun.project import InProject
from ...upsun.source import CLOUD, SERVER, shown, source_integrations, validate
from ..link import REPOSITORY, Link, connections
from .adopted import UpsunHook, keep, look_for_others
from .login import Login, creates_token, login_of_upsun, own_token_name, revoke_others
from .verification import compare_environments

# What a webhook must have, in the words of Bitbucket Cloud, which stand for those of Data Center too.
_NEEDED = ["repo:push", "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected"]
# What one that the link adds gets: all that can change a branch or a pull request, no comments and no approvals.
_EVENTS = {CLOUD: [*_NEEDED, "repo:updated"], SERVER: [*_NEEDED, "repo:updated", "pr:deleted"]}
_FLAGS = ("fetch_branches", "prune_branches", "build_pull_requests", "pull_requests_clone_parent_data")
_FLAG = {"type": "bool", "default": True}
_WAITS = ("wait_timeout", "poll_interval")


class RepositoryLink(InProject, Link):
    """Upsun adds its webhook by itself, if Bitbucket lets it, and does not say so where a run would see it."""

    module = "upsun_repository"
    spec = (
        connections(bitbucket=BITBUCKET, upsun=UPSUN)
        + REPOSITORY
        + PRESENCE
        + PROJECT
        + UNMARKED
        + WAIT
        + ArgumentSpec(
            {
                "consumer_key": {"type": "str", "no_log": False},
                "consumer_secret": {"type": "str", "no_log": True},
                "server_url": {"type": "str"},
                "server_username": {"type": "str"},
                "server_user_slug": {"type": "str"},
                "server_token": {"type": "str", "no_log": True},
                "server_token_name": {"type": "str", "no_log": False},
                "server_token_days": {"type": "int", "default": 90, "no_log": False},
                "server_token_renew_before_days": {"type": "int", "default": 30, "no_log": False},
                **dict.fromkeys(_FLAGS, _FLAG),
                "prune_branches": {"type": "bool"},
                "resync_pull_requests": {"type": "bool", "default": False},
                "pull_requests_max_pages": {"type": "int"},
                "environment_init_resources": {
                    "type": "str",
                    "choices": ["default", "manual", "minimum", "parent"],
                    "default": "parent",
                },
                "hook_description": {"type": "str"},
                "confirm_overwrite": {"type": "bool", "default": False},
                "replace": {"type": "bool", "default": False},
                "verify": {"type": "str", "choices": ["when_changed", "always", "never"], "default": "when_changed"},
            },
            addresses=("server_url",),
            passwords=("consumer_key", "consumer_secret", "server_username", "server_token"),
        )
    )

    def __init__(self, params: Fields, context: Context) -> None:
        # One client for all parts, so that the API token is exchanged once.
        super().__init__(params, context, Upsun(params["upsun"], context))
        self.full_name = f"{params['workspace']}/{params['repository']}"
        self.type = SERVER if edition_of(params["bitbucket"]) == BITBUCKET_DATA_CENTER else CLOUD

    @property
    def waits(self) -> Fields:
        """How long Upsun is waited for."""
        return {name: self.params[name] for name in _WAITS}

    @property
    def prunes(self) -> bool:
        wanted = self.params["prune_branches"]
        return bool(self.params["fetch_branches"] if wanted is None else wanted)

    def link(self) -> Fields:
        found = source_integrations(self.client, self.project)
        before = shown(found[0]) if found else {}
        if self.params["state"] == "absent":
            return self._remove(found, before)
        login = login_of_upsun(
            self,
            self.type,
            before,
            lambda: validate(self.client, self.project, found[0]).valid is not False,
        )
        integration = self._integrate(found, before, login)
        current = integration["resource"]
        if is_pending(current["hook_url"]):
            note(self._unmanaged, look_for_others(self))
        hook = {} if is_pending(current["hook_url"]) else self._webhook(current, integration["changed"])
        if login.is_new and not self.context.check_mode:
            revoke_others(self, "old tokens")  # only now that Upsun has the new one
        verified = self._verifies(integration["changed"])
        if verified:
            compare_environments(self)
        return {"integration": current, "webhook": hook, "verified": verified}

    # -- the integration -----------------------------------------------------------------------------------------------

    def _integrate(self, found: list[Fields], before: Fields, login: Login) -> Fields:
        given = {
            **{name: self.params[name] for name in (*_FLAGS, "pull_requests_max_pages", "environment_init_resources")},
            **{name: self.params[name] for name in ("confirm_overwrite", "replace")},
            **self.waits,
            **login.fields,
            "project": self.project,
            "type": self.type,
            "repository": self.full_name,
            "prune_branches": self.prunes,
            "resync_pull_requests": self.params["resync_pull_requests"] if self.type == CLOUD else None,
            "update_secret": "on_create" if login.works and not login.is_new else "always",
            "source_refs": self._branches(before, login.fields),
            "require_webhook": False,
        }
        return self.part("integration", Integration, "upsun", given, client=self.client, known=found)

    def _branches(self, before: Fields, login: Fields) -> Fields | None:
        """The branches in Bitbucket, where something changes that environments depend on: they say what would be lost."""
        same = (
            before.get("type") == self.type
            and before["repository"].lower() == self.full_name.lower()
            and (before.get("fetch_branches") or not self.params["fetch_branches"])
            and (before.get("prune_branches") or not self.prunes)
            and normalised_base(before.get("url") or "") == normalised_base(login.get("url") or "")
        )
        if same:
            return None
        refs: Fields = self.part("branches", RepositoryInfo, "bitbucket", self.place, look_only=True)["refs"]
        return refs

    def _verifies(self, changed: bool) -> bool:
        if changed and self.context.check_mode:
            return False
        return self.params["verify"] == "always" or (self.params["verify"] == "when_changed" and changed)

    # -- the webhook -----------------------------------------------------------------------------------------------------

    def _webhook(self, integration: Fields, changed: bool) -> Fields:
        """See to it that the repository has the webhook once, whoever adds it."""
        if changed and (integration.get("webhook") or {}).get("registered"):
            self._remove_added("replaced webhook")  # or it would be a second one
        wanted = {**self.place, "url": integration["hook_url"], "active": True}
        needed = {**wanted, "events": _NEEDED, "more_events": True}  # what Upsun listens to beyond is left as it is
        found = self.part("webhook", UpsunHook, "bitbucket", needed, look_only=True)
        if is_pending(found["resource"]["id"]) and not changed:
            self._wait_for_registration(integration["id"])
            found = self.part("webhook", Webhook, "bitbucket", needed, look_only=True)
        if is_pending(found["resource"]["id"]):
            wanted.update(description=self._description, events=_EVENTS[self.type])
            return self.part("webhook", Webhook, "bitbucket", wanted)["resource"]
        if found["drift"]:
            found = self.part("webhook", Webhook, "bitbucket", needed)
        return found["resource"]

    def _wait_for_registration(self, integration: str) -> None:
        """An integration of an earlier run may not be ready with its webhook."""
        if not self.context.check_mode:
            Aftermath(self, integration).settled(set())

    @property
    def _description(self) -> str:
        return self.params["hook_description"] or f"Upsun: {self.project}"

    def _remove_added(self, part: str) -> None:
        """Remove the webhook that the link has added in Upsun's place."""
        mine = {"description": self._description, "match_by": "description", "state": "absent"}
        self.part(part, Webhook, "bitbucket", {**self.place, **mine})

    # -- absent ----------------------------------------------------------------------------------------------------------

    def _remove(self, found: list[Fields], before: Fields) -> Fields:
        """In the reverse order. The integration goes last, because only it has the address of the webhook."""
        self._remove_added("added webhook")
        # A project that follows something else is not this repository's.
        if before.get("type") == self.type and before["repository"].lower() == self.full_name.lower():
            if self.params["unmarked"] == "keep":
                note(self._kept, keep(self, before))
                return {"integration": before, "webhook": {}, "verified": False}
            hook = {**self.place, "url": before["hook_url"], "state": "absent"}
            self.part("webhook", Webhook, "bitbucket", hook)  # Upsun leaves it
            given = {**self.waits, "project": self.project, "type": self.type, "state": "absent"}
            self.part("integration", Integration, "upsun", given, client=self.client, known=found)
        if self.type == SERVER and creates_token(self):
            self.part("token", AccessToken, "bitbucket", {**own_token_name(self), "state": "absent"})
        return {"integration": {}, "webhook": {}, "verified": False}
