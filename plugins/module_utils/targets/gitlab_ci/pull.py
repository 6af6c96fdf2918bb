# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GitLab pulls: a pull mirror, and a webhook in Bitbucket that starts it, with the token of the project that it carries."""

from __future__ import annotations

import re
from urllib.parse import quote

from ...bitbucket.webhook import Webhook
from ...core.adoption import UNMARKED
from ...core.errors import BridgeError
from ...core.pending import is_pending
from ...core.reconcile import Fields
from ...core.spec import ArgumentSpec
from ...gitlab.mirror import PullMirror
from ...gitlab.project_info import ProjectInfo
from .adopted import DESCRIPTION, NOTE, RULES, AdoptedMirror, TriggerHook, mirrored_by
from .options import PLACE, say_how
from .token import TokenLink
from .verification import compare_refs

# The id of the token that the webhook carries stands behind its description: Bitbucket shows the value to nobody else.
_TOKEN = re.compile(r"\(token (\d+)\)$")
_HOOK = {"events": ["repo:push"], "active": True, "match_by": "endpoint"}


class PullLink(TokenLink):
    """Bitbucket's webhook never has a secret: GitLab would take Bitbucket's signature for one of GitHub's, and refuse."""

    module = "gitlab_ci_pull"
    requires = ("requests", "gitlab")
    spec = (
        PLACE
        + UNMARKED
        + ArgumentSpec(
            {
                "url": {"type": "str"},
                "auth_user": {"type": "str"},
                "auth_password": {"type": "str", "no_log": True},
                "update_mirror": {"type": "bool", "default": False},
                "overwrite_diverged": {"type": "bool"},
                "branch_regex": {"type": "str"},
                "adopted": {"type": "bool", "default": False},
                "token_name": {"type": "str", "default": "bitbucket-webhook", "no_log": False},
                "hook_description": {"type": "str"},
            },
            required_if=[("state", "present", ("url", "auth_user", "auth_password"))],
            blank=("branch_regex",),
            addresses=("url",),
            passwords=("auth_user", "auth_password"),
        )
    )

    def link(self) -> Fields:
        return self._remove() if self.params["state"] == "absent" else self._connect()

    # -- present -----------------------------------------------------------------------------------------------------

    def _connect(self) -> Fields:
        kind = AdoptedMirror if self.params["adopted"] else PullMirror
        mirror = self.part("mirror", kind, "gitlab", self._mirror())
        trigger = mirror["resource"]["trigger_url"]
        found = self.part("webhook", TriggerHook, "bitbucket", self._hook(secret_url=trigger), look_only=True)
        token = self._token(found["resource"])
        if token["token"] is not None:
            self._hook_with(trigger, token, found["resource"])
        elif found["drift"]:
            hook = self._hook(uuid=found["resource"]["id"])
            self.part("webhook", Webhook, "bitbucket", {**hook, "match_by": "url"})
        self.revoke_others(token)
        say_how(self, "pull")
        verified = self._verifies(mirror)
        if verified:
            compare_refs(self, self.params["project"], mirrored_by(mirror["resource"]))
        return {"mirror": mirror["resource"], "token": token["resource"], "verified": verified}

    def _mirror(self) -> Fields:
        """A new commit of this run is fetched at once with ``update_mirror``; GitLab would take up to five minutes."""
        given = {name: self.params[name] for name in ("project", "url", "auth_user", "auth_password")}
        rules = {
            "mirror_overwrites_diverged_branches": self.params["overwrite_diverged"],
            "mirror_branch_regex": self.params["branch_regex"],
        }
        own = {name: value for name, value in rules.items() if value is not None}
        return {
            **given,
            **({"defaults": sorted(set(RULES) - set(own))} if self.params["adopted"] else {}),
            "mirror_trigger_builds": True,
            **RULES,
            **own,
            "update_secret": "always" if self.params["update_mirror"] else "on_create",
        }

    def _hook(self, **more: str) -> Fields:
        return {**self.place, **_HOOK, **more}

    def adopting(self, entry: Fields) -> Fields:
        """A webhook's address has the id of a project; people and the inventory call it by its path."""
        if entry["variable"] != "project" or not entry["value"].isdigit():
            return entry
        given = {"project": entry["value"], "refs": False}
        try:
            found = self.part("other project", ProjectInfo, "gitlab", given, look_only=True)["project"]
        except BridgeError:  # not for this token to see
            found = {}
        return {**entry, "value": found.get("path_with_namespace") or entry["value"]}

    def _token(self, hook: Fields) -> Fields:
        carried = _TOKEN.search(hook.get("description") or "")
        text = "Starts the pull mirror after a push to Bitbucket"
        return self.token("api", text, int(carried[1]) if carried else 0)

    def _hook_with(self, trigger: str, token: Fields, found: Fields) -> None:
        """One that exists keeps its description, unless the task sets another."""
        url = f"{trigger}?private_token={quote(token['token'], safe='')}"
        there = "" if is_pending(found["id"]) else NOTE.sub("", found.get("description") or "")
        text = self.params["hook_description"] or there or DESCRIPTION
        description = f"{text} (token {token['resource']['id']})"
        self.part("webhook", Webhook, "bitbucket", self._hook(secret_url=url, description=description))

    def _verifies(self, mirror: Fields) -> bool:
        if is_pending(self.params["project"]) or self.params["verify"] == "never":
            return False
        if mirror["changed"]:
            return not self.context.check_mode
        return bool(self.params["verify"] == "always")

    # -- absent ------------------------------------------------------------------------------------------------------

    def _remove(self) -> Fields:
        """In the reverse order. Each part is found by itself, so that a run that was interrupted can go on."""
        project = self.params["project"]
        given = {"project": project, "refs": False}
        found: Fields = self.part("project", ProjectInfo, "gitlab", given, look_only=True)["project"]
        ours = [self.params["hook_description"] or DESCRIPTION, DESCRIPTION]
        hook = {**self._hook(state="absent"), "ours": ours, **self.given("unmarked")}
        if found:
            hook["secret_url"] = found["mirror_trigger_url"]
        else:  # its address is not known any more: the description has the name, and the token behind it
            hook.update({"description": ours[0], "match_by": "description"})
        self.part("webhook", TriggerHook, "bitbucket", {k: v for k, v in hook.items() if k not in ("events", "active")})
        if found and found["pull_mirroring"]:
            kind, more = (AdoptedMirror, self.given("unmarked")) if found["adopted"] else (PullMirror, {})
            self.part("mirror", kind, "gitlab", {"project": project, "state": "absent", **more})
        if found:
            self.remove_token()
        return {"project_exists": bool(found), "pull_mirroring": found.get("pull_mirroring")}
