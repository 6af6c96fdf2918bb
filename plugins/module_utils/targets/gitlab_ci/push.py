# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For a GitLab without pull mirrors: a step of Bitbucket Pipelines pushes, with a token of the project in a variable."""

from __future__ import annotations

import re

from ...bitbucket.pipeline_config import PipelineConfig
from ...bitbucket.pipeline_variables import PipelineVariables
from ...core.adoption import entry, note
from ...core.pending import is_pending
from ...core.reconcile import Fields
from ...core.spec import ArgumentSpec
from ...gitlab.protected_branch import ProtectedBranch
from .options import PLACE, say_how
from .token import TokenLink
from .verification import compare_refs

# As push_to_gitlab knows it; the id of the token stands behind it. The step takes the one with the highest number.
VARIABLE = "GITLAB_PUSH_TOKEN"
_ID = re.compile(rf"{VARIABLE}_(\d+)$")


class PushLink(TokenLink):
    """The values of Pipelines variables can't be read, so the key says which token one holds."""

    module = "gitlab_ci_push"
    requires = ("requests", "gitlab")
    spec = PLACE + ArgumentSpec(
        {
            "main_branch": {"type": "str"},
            "token_name": {"type": "str", "default": "bitbucket-pipelines", "no_log": False},
            # What the task that removed the files says, for state=absent.
            "script_path": {"type": "str", "default": "push_to_gitlab"},
            "pipelines_path": {"type": "str", "default": "bitbucket-pipelines.yml"},
            "removed": {"type": "list", "elements": "str", "default": []},
            "kept": {"type": "list", "elements": "str", "default": []},
        },
        required_if=[("state", "present", ("main_branch",))],
    )

    def link(self) -> Fields:
        return self._remove() if self.params["state"] == "absent" else self._connect()

    # -- present -----------------------------------------------------------------------------------------------------

    def _connect(self) -> Fields:
        # With auto it is known only now what the credential is for; all it lacks is named at once.
        self.part("pipelines", PipelineConfig, "bitbucket", {**self.place, "use": ["gitlab_ci_push"]})
        self.part("branch", ProtectedBranch, "gitlab", self._branch())
        found = self._found()
        shown = _ours(found)
        in_use = max((int(key) for key in _secured(shown)), default=0)
        text = "Pushes branches and tags from Bitbucket Pipelines to GitLab"
        token = self.token("write_repository", text, in_use)
        self._give(token, shown, in_use)
        if not in_use:
            note(self._unmanaged, self._others(found))
        self.revoke_others(token)
        say_how(self, "push")
        verified = self._verifies()
        if verified:
            compare_refs(self, self.params["project"])
        return {"token": token["resource"], "verified": verified}

    def _branch(self) -> Fields:
        """A branch that was rewritten in Bitbucket is rewritten in GitLab; one ref that is refused refuses all."""
        return {
            "project": self.params["project"],
            "name": self.params["main_branch"],
            "push_access_level": "maintainer",
            "allow_force_push": True,
        }

    def _found(self) -> Fields:
        """The variables for GitLab, by their keys."""
        given = {**self.place, "show": ["*GITLAB*"]}
        found: Fields = self.part("variables", PipelineVariables, "bitbucket", given, look_only=True)["shown"]
        return found

    def _others(self, found: Fields) -> list[Fields]:
        """Variables with which another step may push to GitLab. What is in them can't be known, so they can't be adopted."""
        place = "/".join(self.place.values())
        reason = "a step of Bitbucket Pipelines may push to GitLab with it"
        return [
            entry(PipelineVariables.module, key, place, reason)
            for key, one in found.items()
            if one["secured"] and not key.startswith(VARIABLE)
        ]

    def _give(self, token: Fields, shown: Fields, in_use: int) -> None:
        """First the new one, then the old ones away: the step always has one that works."""
        new: list[Fields] = []
        kept = f"{VARIABLE}_{in_use}"
        if token["token"] is not None:
            number = token["resource"]["id"]
            kept = f"{VARIABLE}_{0 if is_pending(number) or self.context.check_mode else number}"
            new = [{"key": kept, "secret_value": token["token"]}]
        old = [{"key": key, "state": "absent"} for key in shown if key != kept]
        if new or old:
            self.part("variables", PipelineVariables, "bitbucket", {**self.place, "variables": [*new, *old]})

    def _verifies(self) -> bool:
        """What Pipelines pushes after a change of this run takes its time: the next run can compare."""
        always: bool = self.params["verify"] == "always"
        return always and not is_pending(self.params["project"]) and not self.changed

    # -- absent ------------------------------------------------------------------------------------------------------

    def _remove(self) -> Fields:
        if self._was_used():
            shown = _ours(self._found())
            # Without the role's file nothing runs any more. Where there is another one, Pipelines is somebody else's.
            if shown and self.params["pipelines_path"] not in self.params["kept"]:
                self.part("pipelines", PipelineConfig, "bitbucket", {**self.place, "state": "absent"})
            if shown:
                old = [{"key": key, "state": "absent"} for key in shown]
                self.part("variables", PipelineVariables, "bitbucket", {**self.place, "variables": old})
        self.remove_token()
        return {}

    def _was_used(self) -> bool:
        """Whether Pipelines is likely to have pushed. Of a project that no longer exists the files tell."""
        if self.params["mirror"] != "auto":
            return self.params["mirror"] != "pull"
        if self.params["pull_mirroring"] is not None:
            return not self.params["pull_mirroring"]
        return any(path.startswith(self.params["script_path"]) for path in self.params["removed"])


def _ours(found: Fields) -> Fields:
    """Those with tokens of this link."""
    return {key: one for key, one in found.items() if key.startswith(f"{VARIABLE}_")}


def _secured(shown: Fields) -> list[str]:
    """The ids of the tokens in variables that nobody can read."""
    found = [_ID.match(key) for key, one in shown.items() if one["secured"]]
    return [match[1] for match in found if match]
