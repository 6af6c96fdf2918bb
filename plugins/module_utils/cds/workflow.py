# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workflows and the pipelines they run, from their descriptions as code.

Source: https://ovh.github.io/cds/docs/concepts/files/workflow-syntax/ and …/pipeline-syntax/
"""

from __future__ import annotations

import typing as t
from functools import partial

from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Fields, Snapshot
from ..core.spec import ArgumentSpec
from ..http.answer import NOTHING, VALUES
from .client import NO_PIPELINE, PIPELINE_USED
from .options import IN_PROJECT, WAIT
from .resource import CdsResource, check_name

_LONGEST_DELETION = 120.0  # seconds
_SHOWN = ("id", "name", "description", "from_repository")


class Workflow(CdsResource):
    """A workflow, found by its name. It is made from its description, and from then on belongs to those who work with it."""

    module = "cds_workflow"
    spec = (
        IN_PROJECT
        + WAIT
        + ArgumentSpec(
            {
                "name": {"type": "str", "required": True},
                "definition": {"type": "dict"},
                "pipelines": {"type": "list", "elements": "dict", "default": []},
            }
        )
    )
    identity = ("project", "name")
    operations = {
        "create": "POST /project/{key}/import/workflows",
        "delete": "DELETE /project/{key}/workflows/{workflow}",
    }
    noun = "workflow"
    below = ("workflows",)

    def validate(self) -> None:
        super().validate()
        check_workflow(self.name, self.params["definition"], self.params["pipelines"], self.may_create)

    def read(self) -> Fields | None:
        answer = self.fetch()
        return None if answer is None or answer.get("to_delete") else _shown(answer)

    def desired(self, current: Fields | None) -> Fields:
        return {} if current else {"name": self.name, "definition": self.params["definition"]}

    def create(self, desired: Fields) -> Fields:
        for pipeline in self.params["pipelines"]:
            self._make_pipeline(pipeline)
        definition = {"version": "v2.0", **self.params["definition"], "name": self.name}
        # One of that name that is still being deleted can't be seen, and is in the way.
        self._when_free(lambda: self._import("workflows", "Create", definition), self._may_be_in_the_way)
        made = self.read()
        if made is None:
            raise BridgeError(
                f"{self.asked('Create')}: CDS reported the import of the workflow, but has none of that name",
                service=self.client.service,
                operation=f"POST {self.path('import', 'workflows')}",
                remedy="Check the definition, and that the responses at api_url are from CDS itself.",
            )
        return made

    def _make_pipeline(self, pipeline: Fields) -> None:
        """One that is there already may be somebody's, and stays as it is."""
        try:
            self.client.json("GET", self._pipeline_path(pipeline), asked=f"Read the pipeline {pipeline['name']}")
        except BridgeError as error:
            if not _no_pipeline(error):
                raise
            self._import_pipeline(pipeline)

    def _import_pipeline(self, pipeline: Fields) -> None:
        try:
            self._import("pipeline", f"Create the pipeline {pipeline['name']} for", {"version": "v1.0", **pipeline})
        except BridgeError as error:
            if error.kind != "conflict":  # else another run was faster
                raise

    def _import(self, kind: str, verb: str, body: Fields) -> None:
        self.client.json("POST", self.path("import", kind), asked=self.asked(verb), expects=VALUES, json=body)

    def _pipeline_path(self, pipeline: Fields) -> str:
        return self.path("pipeline", str(pipeline["name"]))

    def delete(self, current: Snapshot) -> None:
        super().delete(current)
        for pipeline in self.params["pipelines"]:
            self._when_free(partial(self._delete_pipeline, pipeline), _still_used)

    def _delete_pipeline(self, pipeline: Fields) -> None:
        asked = f"Delete the pipeline {pipeline['name']} of the project {self.project}"
        try:
            self.client.json("DELETE", self._pipeline_path(pipeline), asked=asked, expects=NOTHING)
        except BridgeError as error:
            if not _no_pipeline(error):
                raise

    def _may_be_in_the_way(self, error: BridgeError) -> bool:
        """Of a missing application CDS says the same."""
        if error.status != 404:
            return False
        nodes = (self.params["definition"].get("workflow") or {}).values()
        for name in {node["application"] for node in nodes if isinstance(node, dict) and node.get("application")}:
            if self.client.get(self.path("application", name), asked=f"Read the application {name}") is None:
                error.remedy = f"The project {self.project} has no application {name}."
                return False
        return True

    def _when_free(self, call: t.Callable[[], t.Any], waits: t.Callable[[BridgeError], bool]) -> None:
        """CDS answers at once and deletes a workflow afterwards; what has to wait for that is refused until then."""

        def refused() -> BridgeError | None:
            try:
                call()
            except BridgeError as error:
                if not waits(error):
                    raise
                return error
            return None

        self.poll(
            refused,
            lambda error: error is None,
            what=f"{self.module} {self.name}: the deletion of the old workflow",
            describe=lambda error: f"not over ({error})",
            longest=_LONGEST_DELETION,
        )


def check_workflow(name: str, definition: Fields | None, pipelines: list[Fields], needed: bool) -> None:
    """:raises InvalidInput: CDS would refuse a workflow of that description, or one is needed and not given."""
    check_name("a workflow", name)
    for pipeline in pipelines:
        check_name("a pipeline", str(pipeline.get("name") or ""))
    if definition is None:
        if needed:
            raise InvalidInput(
                f"definition must be given for the workflow {name}, which cannot be created without",
                "Set create to false to use an existing one.",
            )
    elif definition.get("name", name) != name:
        raise InvalidInput(f"definition is for another workflow, {definition['name']}")
    elif definition.get("hooks"):
        raise InvalidInput("definition must not contain hooks", "cds_repository_webhook creates them.")


def _still_used(error: BridgeError) -> bool:
    return error.code == PIPELINE_USED


def _no_pipeline(error: BridgeError) -> bool:
    """CDS says 400 where others say 404."""
    return error.status == 404 or error.code == NO_PIPELINE


def _shown(answer: Fields) -> Fields:
    return {name: answer[name] for name in _SHOWN if answer.get(name) not in (None, "")}
