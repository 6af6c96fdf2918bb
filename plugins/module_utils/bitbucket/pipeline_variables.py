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
from ..core.reconcile import Context, Fields, Resource
from ..core.redact import HIDDEN
from ..core.spec import STATE, ArgumentSpec, update_secret
from ..http.answer import NOTHING, OBJECT
from .client import Cloud, place
from .options import BITBUCKET, login, only_cloud

try:
    # Loaded with this file, so that the controller pays for it once a run.
    import requests  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    pass

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ANOTHER = f"{HIDDEN} (another)"
_PLACE = "/2.0/repositories/{workspace}/{repo_slug}/pipelines_config/variables"


class PipelineVariables(Resource):
    """The variables of a repository as one resource: its one field has an entry for each by its key, a dict of fields.

    For one that is to be gone the entry is the word ``absent``, and ``present`` where it is.
    """

    module = "bitbucket_pipeline_variables"
    spec = (
        BITBUCKET
        + STATE
        + update_secret("on_create", ("on_create", "always"))
        + ArgumentSpec(
            {
                "workspace": {"type": "str", "required": True},
                "repository": {"type": "str", "required": True},
                "variables": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {
                        "key": {"type": "str", "required": True, "no_log": False},
                        "value": {"type": "str"},
                        "secret_value": {"type": "str", "no_log": True},
                        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
                    },
                    "mutually_exclusive": [("value", "secret_value")],
                },
                "show": {"type": "list", "elements": "str", "default": [], "no_log": False},
            },
            blank=("variables.value", "variables.secret_value"),
        )
    )
    identity = ("workspace", "repository")
    creates_parts = True
    operations = {
        "create": f"POST {_PLACE}",
        "update": f"PUT {_PLACE}/{{variable_uuid}}",
        "delete": f"DELETE {_PLACE}/{{variable_uuid}}",
    }

    def __init__(self, params: Fields, context: Context) -> None:
        super().__init__(params, context)
        self.items: dict[str, Fields] = {item["key"]: item for item in params["variables"]}
        self._there: dict[str, Fields] = {}  # all there are
        self._found: Fields | None = None

    @property
    def name(self) -> str:
        return f"{self.params['workspace']}/{self.params['repository']}"

    @property
    def client(self) -> Cloud:
        if not hasattr(self, "_client"):
            self._client = Cloud(self.params, self.context)
        return self._client

    @property
    def path(self) -> str:
        return f"{place(self.params['workspace'], self.params['repository'])}/pipelines_config/variables"

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        login(self.params)
        only_cloud(self.params, "Pipelines is Cloud's")
        keys = [item["key"] for item in self.params["variables"]]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise InvalidInput(f"Named twice: {', '.join(twice)}")
        for key, item in self.items.items():
            if not _KEY.fullmatch(key):
                raise InvalidInput(
                    f"{key} is no key of a variable: letters, digits and _, and not a digit at the beginning"
                )
            if _value(item) is None and not self._absent(item):
                raise InvalidInput(f"The variable {key} needs a value", "Give value, or secret_value for a secret.")

    def _absent(self, item: Fields) -> bool:
        return "absent" in (item["state"], self.params["state"])

    # -- comparing ---------------------------------------------------------------------------------------------------

    def read(self) -> Fields | None:
        listed = self.client.listing(
            self.path,
            asked=f"List the Pipelines variables of {self.name}",
            fields="uuid,key,value,secured",
            has_next=False,
        )
        self._there = {one["key"]: one for one in listed}
        if self._found is None:  # before the first change
            self._found = {
                key: {"secured": one["secured"], "value": one.get("value") or None}
                for key, one in self._there.items()
                if any(fnmatchcase(key, pattern) for pattern in self.params["show"])
            }
        found = {key: self._view(item, self._there[key]) for key, item in self.items.items() if key in self._there}
        return {"id": self.name, "variables": found} if found or self.params["state"] == "present" else None

    def _view(self, item: Fields, there: Fields) -> Fields | str:
        """What there is, as far as the task says something of it. Of a secret either side has but a sign for the value."""
        if self._absent(item):
            return "present"
        if item["secret_value"] is None:
            return {"value": HIDDEN if there["secured"] else there.get("value", ""), "secured": there["secured"]}
        # In clear it is a secret nevertheless, if a task says so.
        self.context.redactor.add(there.get("value"))
        other = must_send(self.params["update_secret"], item["secret_value"], None, exists=True)
        return {"value": _ANOTHER if other else HIDDEN, "secured": there["secured"]}

    def desired(self, current: Fields | None) -> Fields:
        out: Fields = {}
        for key, item in self.items.items():
            there = self._there.get(key)
            if self._absent(item):
                out.update({key: "absent"} if there else {})
                continue
            secured = item["secret_value"] is not None
            if there is None and self.params["create"] is False:
                raise BridgeError(
                    f"{self.name} has no Pipelines variable {key}, and create is false",
                    kind="not_found",
                    remedy="Correct the key, or let it be made with create: true.",
                )
            if there and there["secured"] and not secured:
                raise BridgeError(
                    f"The Pipelines variable {key} of {self.name} is secured, and Bitbucket shows a secured one never again",
                    kind="conflict",
                    remedy="Give the value as secret_value, or remove the variable with state=absent first.",
                )
            out[key] = {"value": HIDDEN if secured else item["value"], "secured": secured}
        return {"variables": out}

    def _steps(self) -> dict[str, str]:
        """What each variable that differs takes: create, update or delete."""
        out: dict[str, str] = {}
        for key, fields in self.desired(None)["variables"].items():
            there = self._there.get(key)
            if there is None:
                out[key] = "create"
            elif fields == "absent":
                out[key] = "delete"
            elif fields != self._view(self.items[key], there):
                out[key] = "update"
        return out

    def update_actions(self, current: Fields, changes: Fields) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._steps().values()))

    # -- calling -----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        return self.update({"id": self.name}, desired)

    def update(self, current: Fields, changes: Fields) -> Fields:
        for key, step in self._steps().items():
            if step == "delete":
                self._delete(key)
            else:
                item = self.items[key]
                secured = item["secret_value"] is not None
                body = {"type": "pipeline_variable", "key": key, "value": _value(item), "secured": secured}
                self._one("POST" if step == "create" else "PUT", key, json=body)
        left = {key: fields for key, fields in changes["variables"].items() if fields != "absent"}
        return {**current, "variables": left}

    def delete(self, current: Fields) -> None:
        for key in current["variables"]:
            self._delete(key)

    def _delete(self, key: str) -> None:
        self._one("DELETE", key, accept=(404,))

    def _one(self, method: str, key: str, **options: t.Any) -> None:
        verb = {"POST": "Make", "PUT": "Change", "DELETE": "Delete"}[method]
        path = self.path if method == "POST" else f"{self.path}/{quote(self._there[key]['uuid'], safe='')}"
        expects = NOTHING if method == "DELETE" else OBJECT
        options["keys"] = ("uuid",) if expects is OBJECT else ()
        self.client.json(
            method, path, expects=expects, asked=f"{verb} the Pipelines variable {key} of {self.name}", **options
        )

    def run(self) -> Fields:
        result = super().run()
        for drift in result["drift"]:
            drift["path"] = drift["path"].removeprefix("variables.")
        return {**result, "shown": self._found}


def _value(item: Fields) -> str | None:
    """The value the task gives, whichever option it is in."""
    found: str | None = item["secret_value"] if item["secret_value"] is not None else item["value"]
    return found
