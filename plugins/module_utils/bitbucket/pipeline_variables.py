# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that Bitbucket Pipelines gives to the steps of a repository, many at once.

Source: https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/ and
https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
"""

from __future__ import annotations

import re
import typing as t
from fnmatch import fnmatchcase
from urllib.parse import quote

from ..core.errors import BridgeError, InvalidInput
from ..core.fingerprint import must_send
from ..core.keyed import KeyedCollection, Step
from ..core.reconcile import Fields, Outcome
from ..core.redact import HIDDEN
from ..core.spec import PRESENCE, ArgumentSpec, update_secret
from ..http.answer import NOTHING, OBJECT
from .client import place
from .options import only_cloud
from .resource import IN_REPOSITORY, BitbucketResource

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ANOTHER = f"{HIDDEN} (another)"
_PLACE = "/2.0/repositories/{workspace}/{repo_slug}/pipelines_config/variables"


class PipelineVariables(BitbucketResource, KeyedCollection):
    """The variables of a repository."""

    module = "bitbucket_pipeline_variables"
    spec = (
        IN_REPOSITORY
        + update_secret("on_create", ("on_create", "always"))
        + ArgumentSpec(
            {
                "variables": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {
                        "key": {"type": "str", "required": True, "no_log": False},
                        "value": {"type": "str"},
                        "secret_value": {"type": "str", "no_log": True},
                        **PRESENCE.options,
                    },
                    "mutually_exclusive": [("value", "secret_value")],
                },
                "show": {"type": "list", "elements": "str", "default": [], "no_log": False},
            },
            blank=("variables.value", "variables.secret_value"),
        )
    )
    operations = {
        "create": f"POST {_PLACE}",
        "update": f"PUT {_PLACE}/{{variable_uuid}}",
        "delete": f"DELETE {_PLACE}/{{variable_uuid}}",
    }
    item_noun = "Pipelines variable"
    found_by = "the key"

    @property
    def items(self) -> dict[str, Fields]:
        return {item["key"]: item for item in self.params["variables"]}

    @property
    def name(self) -> str:
        return str(self.place)

    @property
    def path(self) -> str:
        return f"{place(self.params['workspace'], self.params['repository'])}/pipelines_config/variables"

    def validate(self) -> None:
        super().validate()
        only_cloud(self.params, "Pipelines exists in Cloud only")
        self.check_keys(item["key"] for item in self.params["variables"])
        for key, item in self.items.items():
            if not _KEY.fullmatch(key):
                raise InvalidInput(
                    f"{key} is not a valid key of a variable: letters, digits and _, not beginning with a digit"
                )
            if _value(item) is None and not self.leaves(item):
                raise InvalidInput(f"The variable {key} needs a value", "Give value, or secret_value for a secret.")

    # -- comparing ---------------------------------------------------------------------------------------------------

    def listed(self) -> dict[str, Fields]:
        asked, fields = f"List the Pipelines variables of {self.name}", "uuid,key,value,secured"
        return {one["key"]: one for one in self.client.listing(self.path, asked=asked, fields=fields, has_next=False)}

    def compared(self, key: str, listed: Fields | None) -> tuple[Fields, Fields]:
        """Of a secret either side has but a sign for the value."""
        item = self.items[key]
        secret = item["secret_value"]
        wanted = {"value": item["value"] if secret is None else HIDDEN, "secured": secret is not None}
        if listed is None:
            return wanted, {}
        if secret is None and listed["secured"]:
            raise BridgeError(
                f"The Pipelines variable {key} of {self.name} is secured, and Bitbucket never returns a secured value",
                kind="conflict",
                remedy="Give the value as secret_value, or delete the variable with state=absent first.",
            )
        there = listed.get("value", "")
        if secret is not None:
            self.context.redactor.add(listed.get("value"))  # in clear it is a secret nevertheless, if a task says so
            there = _ANOTHER if must_send(self.params["update_secret"], secret, None, exists=True) else HIDDEN
        return wanted, {"value": there, "secured": listed["secured"]}

    # -- calling -----------------------------------------------------------------------------------------------------

    def apply(self, step: Step) -> None:
        method, verb = {"create": ("POST", "Create"), "update": ("PUT", "Update"), "delete": ("DELETE", "Delete")}[
            step.action
        ]
        options: dict[str, t.Any] = {"expects": NOTHING, "accept": (404,)}
        if step.action != "delete":
            item = self.items[step.key]
            secured = item["secret_value"] is not None
            body = {"type": "pipeline_variable", "key": step.key, "value": _value(item), "secured": secured}
            options = {"expects": OBJECT, "keys": ("uuid",), "json": body}
        path = f"{self.path}/{quote(step.listed['uuid'], safe='')}" if step.listed else self.path
        self.client.json(method, path, asked=f"{verb} the Pipelines variable {step.key} of {self.name}", **options)

    def result(self, outcome: Outcome) -> Fields:
        """What the task wants to be shown, as it was before the first change."""
        shown = outcome.first and {
            key: {"secured": one["secured"], "value": one.get("value") or None}
            for key, one in outcome.first.origin.listed.items()
            if any(fnmatchcase(key, pattern) for pattern in self.params["show"])
        }
        return {**super().result(outcome), "shown": shown}


def _value(item: Fields) -> str | None:
    """The value the task gives, whichever option it is in."""
    found: str | None = item["secret_value"] if item["secret_value"] is not None else item["value"]
    return found
