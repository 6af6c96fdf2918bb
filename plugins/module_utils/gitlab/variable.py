# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One CI/CD variable: what a task wants of it, whether GitLab can take that, and how the two compare.

Sources: https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable and, for the exact rules,
https://gitlab.com/gitlab-org/gitlab/-/blob/master/app/models/concerns/ci/maskable.rb
"""

from __future__ import annotations

import re
import typing as t

from ..core.errors import BridgeError, InvalidInput
from ..core.fingerprint import fingerprint, join_mark, must_send, split_mark
from ..core.reconcile import Fields
from ..core.redact import HIDDEN

FLAGS = ("masked", "hidden", "protected", "raw", "variable_type")
ANOTHER = f"{HIDDEN} (another)"

_KEY = re.compile(r"[A-Za-z0-9_]{1,255}")
_MASKABLE_RAW = re.compile(r"\S{8,}")
_MASKABLE = re.compile(r"[a-zA-Z0-9_+=/@:.~-]{8,}")
_LONGEST_VALUE = 10_000
_LONGEST_DESCRIPTION = 255
_MARK = len(join_mark("x", f"{'0' * 8}.{'0' * 16}")) - 1  # a fingerprint is slow to compute


def ident(item: Fields) -> str:
    """What a variable is found by: ``TOKEN[production]``."""
    return f"{item['key']}[{item['environment_scope']}]"


class Wanted:
    """What the task wants of one variable; found again by its key and its environment scope."""

    def __init__(self, item: Fields, update_secret: str) -> None:
        self.item = item
        self.policy = update_secret
        self.key: str = item["key"]
        self.scope: str = item["environment_scope"]
        self.ident = ident(item)
        self.absent: bool = item["state"] == "absent"
        self.secret = item["secret_value"] is not None
        self.value: str | None = item["secret_value"] if self.secret else item["value"]

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        """:raises InvalidInput: GitLab would refuse it, as far as the task alone tells."""
        if not _KEY.fullmatch(self.key):
            raise InvalidInput(
                f"{self.key} is not a valid key of a variable: letters, digits and _, at most 255 characters"
            )
        if self.absent:
            return
        if self.value is None:
            raise InvalidInput(f"The variable {self.ident} needs a value", "Give value, or secret_value for a secret.")
        if (self.item["masked"] or self.item["hidden"]) and not self.secret:
            raise InvalidInput(
                f"The variable {self.ident} is to be masked, so its value is a secret", "Give it as secret_value."
            )
        if self.item["hidden"] and self.item["masked"] is False:
            raise InvalidInput(f"The variable {self.ident} cannot be hidden and not masked")
        if len(self.value) > _LONGEST_VALUE:
            raise InvalidInput(f"The value of the variable {self.ident} has more than {_LONGEST_VALUE} characters")
        most = _LONGEST_DESCRIPTION - (_MARK if self.item["hidden"] and self.policy == "on_change" else 0)
        if len(self.item["description"] or "") > most:
            raise InvalidInput(
                f"The description of the variable {self.ident} has more than {most} characters",
                "GitLab allows 255; with update_secret=on_change the fingerprint of a hidden variable takes some of "
                "them."
                if most < _LONGEST_DESCRIPTION
                else None,
            )
        fresh = self.flags(None)
        if fresh.get("masked"):
            self.check_mask(bool(fresh["raw"]))

    def check_mask(self, raw: bool) -> None:
        """:raises InvalidInput: GitLab can't mask the value."""
        value = self.value or ""
        rule = _MASKABLE_RAW if raw else _MASKABLE
        if rule.fullmatch(value):
            return
        if re.search(r"\s", value):
            why, remedy = "it contains white space", "Set masked to false, or encode the value in base64."
        elif len(value) < 8:
            why, remedy = "it has fewer than 8 characters", "Set masked to false, or choose a longer one."
        else:
            why = "without raw it may only contain letters, digits and _ + = / @ : . ~ -"
            remedy = "Set raw to true, so that GitLab does not change the value."
        raise InvalidInput(f"GitLab cannot mask the value of the variable {self.ident}: {why}", remedy)

    # -- comparing ---------------------------------------------------------------------------------------------------

    def flags(self, current: Fields | None) -> Fields:
        """The wanted flags. A new secret is masked and raw, unless the task says otherwise."""
        wanted = {name: self.item[name] for name in FLAGS if self.item[name] is not None}
        if wanted.get("hidden"):
            wanted["masked"] = True
        if current is None and self.secret:
            wanted = {"masked": True, "raw": True, **wanted}
        return wanted

    def compared(self, current: Fields | None) -> tuple[Fields, Fields]:
        """The fields wanted and those there are. Where the value is a secret, either side has but a sign for it.

        :raises BridgeError: GitLab can't do what is wanted to the one that is there.
        """
        wanted = self.flags(current)
        if self.item["description"] is not None:
            wanted["description"] = self.item["description"].strip()
        shown = HIDDEN if self.secret else self.value
        if current is None:
            return {"value": shown, **wanted}, {}
        self._check_change(wanted, current)
        secret = self.secret or current["masked"] or current["hidden"]
        if self.must_send(current):
            there = ANOTHER if secret else current["value"]
        else:
            there = shown
        text = split_mark(current["description"])[0].strip()
        return {"value": shown, **wanted}, {
            "value": there,
            **{name: current[name] for name in FLAGS},
            "description": text,
        }

    def must_send(self, current: Fields) -> bool:
        """Whether the value there is another one, or may be."""
        if not current["hidden"]:
            return bool(current["value"] != self.value)
        mark = split_mark(current["description"])[1]
        return must_send(self.policy, self.value or "", mark, exists=True)

    def _check_change(self, wanted: Fields, current: Fields) -> None:
        if current["hidden"] and (wanted.get("hidden") is False or wanted.get("masked") is False):
            raise BridgeError(
                f"The variable {self.ident} is hidden, and GitLab never returns a hidden value",
                kind="conflict",
                remedy="Delete it with state=absent first, if the task has the new value.",
            )
        if wanted.get("masked", current["masked"]):
            self.check_mask(bool(wanted.get("raw", current["raw"])))

    # -- sending -----------------------------------------------------------------------------------------------------

    def new_body(self, current: Fields | None = None) -> Fields:
        """What makes it. What the task does not set is taken over from ``current``, which it replaces."""
        kept = {name: current[name] for name in ("protected", "raw", "variable_type")} if current else {}
        flags = {**kept, **self.flags(current)}
        hidden = flags.pop("hidden", False)
        text = self.item["description"]
        if text is None and current:
            text = split_mark(current["description"])[0]
        text = self._marked((text or "").strip(), hidden)
        body = {"key": self.key, "environment_scope": self.scope, "value": self.value, **flags}
        return {
            **body,
            **({"masked_and_hidden": True} if hidden else {}),
            **({"description": text} if text else {}),
        }

    def changed_body(self, current: Fields, fields: t.Collection[str]) -> Fields:
        """What changes ``fields`` of ``current``. The API wants the value each time, https://docs.gitlab.com/api/project_level_variables/."""
        body: Fields = {name: self.item[name] for name in FLAGS if name in fields and self.item[name] is not None}
        text, mark = split_mark(current["description"])
        if "description" in fields:
            text = self.item["description"].strip()
        if current["hidden"] and self.policy == "on_create":
            body.update({"description": join_mark(text, mark)} if "description" in fields else {})
        else:
            body["value"] = self.value
            if "description" in fields or (current["hidden"] and "value" in fields):
                # A fingerprint of the same value stays, so that nothing but what is wanted changes.
                again = mark and "value" not in fields and self.policy == "on_change"
                body["description"] = join_mark(text, mark) if again else self._marked(text, current["hidden"])
        return {**body, "filter": {"environment_scope": self.scope}}

    def _marked(self, text: str, hidden: bool) -> str:
        return join_mark(text, fingerprint(self.value or "")) if hidden and self.policy == "on_change" else text


def old_body(current: Fields) -> Fields:
    """What makes a variable again as it was."""
    names = ("key", "environment_scope", "value", "masked", "protected", "raw", "variable_type", "description")
    return {name: current[name] for name in names if current.get(name) is not None}
