# SPDX-License-Identifier: GPL-3.0-or-later
"""DevOps: code repositories and the records of their mirrors.

https://docs.oracle.com/en-us/iaas/Content/devops/using/mirror_repo.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Response, request

from . import git
from .area import route
from .mirror import parse_schedule
from .projects import DevOps
from .store import Resource
from .wire import OciError, invalid, not_found

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
EVENTS = {"MIRRORED": ["COMMIT_UPDATES"], "HOSTED": ["PUSH", "PULL_REQUEST_CREATED", "PULL_REQUEST_UPDATED"]}


class Repositories(DevOps):
    """Repositories: MIRRORED ones follow a connection's repository, HOSTED ones stand alone."""

    def _check_name(self, body: Resource, project_id: str, but: str | None = None) -> None:
        name = body.get("name")
        if name is None:
            return
        if not re.fullmatch(NAME, name):
            raise invalid(f"name {name!r}: letters, digits, ., - and _ only, at most 100")
        for other in self.store.shown("repository"):
            if other["projectId"] == project_id and other["name"].lower() == name.lower() and other["id"] != but:
                words = f"Repository with name {name} already exists in the project."
                raise OciError(409, "NotAuthorizedOrResourceAlreadyExists", words)

    def _check_mirror(self, config: Resource | None, project_id: str) -> None:
        if not config or not config.get("connectorId") or not config.get("repositoryUrl"):
            raise invalid("mirrorRepositoryConfig.connectorId and .repositoryUrl may not be null when MIRRORED")
        connection = self.related("connection", config["connectorId"], "mirrorRepositoryConfig.connectorId")
        self.require(connection, "ACTIVE")
        if connection["projectId"] != project_id:
            raise invalid("mirrorRepositoryConfig.connectorId: the connection is in another project")
        url = urlsplit(config["repositoryUrl"])
        if url.scheme not in ("https", "http") or not url.hostname or url.path.strip("/") == "":
            raise invalid("mirrorRepositoryConfig.repositoryUrl must be an http(s) URL of a repository")
        if url.password:
            raise invalid("mirrorRepositoryConfig.repositoryUrl must not hold credentials")
        config.setdefault("triggerSchedule", {"scheduleType": "DEFAULT"})
        parse_schedule(config["triggerSchedule"], self.oci.datetime())

    @route("POST", "/repositories")
    def create_repository(self) -> Response:
        body = self.body("CreateRepositoryDetails")
        kind = body["repositoryType"]
        if kind not in EVENTS:
            raise invalid(f"repositoryType must be MIRRORED or HOSTED here, not {kind!r}")
        project = self._project(body["projectId"])
        self._check_name(body, project["id"])
        if kind == "MIRRORED":
            self._check_mirror(body.get("mirrorRepositoryConfig"), project["id"])
        elif body.get("mirrorRepositoryConfig"):
            raise invalid("mirrorRepositoryConfig is for MIRRORED repositories")
        path = f"namespaces/{project['namespace']}/projects/{project['name']}/repositories/{body['name']}"
        repository = self.new(
            "devopsrepository",
            body,
            "CREATING",
            compartmentId=project["compartmentId"],
            namespace=project["namespace"],
            projectName=project["name"],
            httpUrl=f"{self.oci.url}/{path}",
            triggerBuildEvents=EVENTS[kind],
            sshUrl=f"ssh://devops.scmservice.{self.oci.region}.oci.oraclecloud.com/{path}",
            _mirrors=[],
            _schedule=0,
        )
        repository["timeUpdated"] = repository["timeCreated"]
        self.store.add("repository", repository)
        git.init(self.oci.folder, self.oci.mirror_folder(repository["id"]))

        def arrive() -> None:
            repository["lifecycleState"] = "ACTIVE"
            if kind == "MIRRORED":
                self.oci.mirrors.start(repository)
                self.oci.mirrors.schedule(repository)

        return self.show("Repository", repository, 201, self._run("CREATE_REPOSITORY", repository, "CREATED", arrive))

    def _run(
        self, operation: str, repository: Resource, action: str, then: Callable[[], None] = lambda: None
    ) -> Resource:
        return self.work.run(operation, repository["compartmentId"], "repository", repository, action, then)

    @route("GET", "/repositories/<ident>")
    def get_repository(self, ident: str) -> Response:
        repository = self.need("repository", ident)
        fields = {f for f in ",".join(request.args.getlist("fields")).split(",") if f}
        counts = git.counts(self.oci.folder, self.oci.mirror_folder(ident)) if fields else {}
        unknown = fields - set(counts)
        if unknown:
            raise invalid(f"fields: {', '.join(sorted(unknown))} not known")
        return self.show("Repository", {**repository, **{k: counts[k] for k in fields}})

    @route("GET", "/repositories")
    def list_repositories(self) -> Response:
        if not {"compartmentId", "projectId", "repositoryId"} & set(request.args):
            raise invalid("One of compartmentId, projectId and repositoryId must be given")
        found = self.filtered(
            "repository", projectId="projectId", repositoryId="id", lifecycleState="lifecycleState", name="name"
        )
        return self.show_list("RepositorySummary", found, collection=True)

    @route("PUT", "/repositories/<ident>")
    def update_repository(self, ident: str) -> Response:
        body = self.body("UpdateRepositoryDetails")
        repository = self.need("repository", ident)
        self.require(repository, "ACTIVE")
        kind = body.get("repositoryType") or repository["repositoryType"]
        if kind != repository["repositoryType"] and kind != "HOSTED":
            raise invalid(f"repositoryType cannot be changed from {repository['repositoryType']} to {kind}")
        self._check_name(body, repository["projectId"], ident)
        if body.get("mirrorRepositoryConfig"):
            if kind != "MIRRORED":
                raise invalid("mirrorRepositoryConfig is for MIRRORED repositories")
            self._check_mirror(body["mirrorRepositoryConfig"], repository["projectId"])
        self.apply(repository, body)
        repository["triggerBuildEvents"] = EVENTS[kind]
        repository["timeUpdated"] = self.oci.now()
        if kind == "HOSTED":
            repository.pop("mirrorRepositoryConfig", None)
        if "mirrorRepositoryConfig" in body or kind == "HOSTED":
            self.oci.mirrors.schedule(repository)
        return self.show("Repository", repository, 200, self._run("UPDATE_REPOSITORY", repository, "UPDATED"))

    @route("DELETE", "/repositories/<ident>")
    def delete_repository(self, ident: str) -> Response:
        repository = self.need("repository", ident)
        self.require(repository, "ACTIVE", "FAILED")
        repository["lifecycleState"] = "DELETING"
        work = self._run(
            "DELETE_REPOSITORY", repository, "DELETED", lambda: repository.update(_gone=True, lifecycleState="DELETED")
        )
        return self.done(202, repository, work)

    # -- mirrors ---------------------------------------------------------------------------------------------------

    def _mirrored(self, ident: str) -> Resource:
        repository = self.need("repository", ident)
        if repository["repositoryType"] != "MIRRORED":
            raise invalid(f"The repository {ident} is {repository['repositoryType']}, not MIRRORED")
        return repository

    @route("POST", "/repositories/<ident>/actions/mirror")
    def mirror_repository(self, ident: str) -> Response:
        """No retry token: a POST sent twice starts two mirrors."""
        repository = self._mirrored(ident)
        self.require(repository, "ACTIVE")
        return self.done(202, repository, self.oci.mirrors.start(repository))

    @route("GET", "/repositories/<ident>/mirrorRecords/<which>")
    def get_mirror_record(self, ident: str, which: str) -> Response:
        records = self._mirrored(ident)["_mirrors"]
        if which == "current":
            record = records[-1] if records else {"mirrorStatus": "NONE"}
        elif which == "lastSuccessful":
            passed = [r for r in records if r["mirrorStatus"] == "PASSED"]
            record = passed[-1] if passed else {"mirrorStatus": "NONE"}
        else:
            raise invalid(f"mirrorRecordType must be current or lastSuccessful, not {which!r}")
        return self.show("RepositoryMirrorRecord", record)

    @route("GET", "/repositories/<ident>/mirrorRecords")
    def list_mirror_records(self, ident: str) -> Response:
        return self.show_list("RepositoryMirrorRecordSummary", self._mirrored(ident)["_mirrors"], collection=True)

    # -- contents --------------------------------------------------------------------------------------------------

    @route("GET", "/repositories/<ident>/refs")
    def list_refs(self, ident: str) -> Response:
        self.need("repository", ident)
        found = git.refs(self.oci.folder, self.oci.mirror_folder(ident), ident)
        for parameter, fields in {"refType": ("refType",), "refName": ("refName", "fullRefName")}.items():
            wanted = request.args.get(parameter)
            found = [ref for ref in found if wanted in (None, *(ref[f] for f in fields))]
        commit = request.args.get("commitId")
        return self.show_list(
            "RepositoryRefSummary",
            [ref for ref in found if commit in (None, ref.get("commitId"), ref.get("objectId"))],
            collection=True,
        )

    @route("GET", "/repositories/<ident>/refs/<path:name>")
    def get_ref(self, ident: str, name: str) -> Response:
        self.need("repository", ident)
        for ref in git.refs(self.oci.folder, self.oci.mirror_folder(ident), ident):
            if name in (ref["refName"], ref["fullRefName"]):
                return self.show("RepositoryRef", ref)
        raise not_found(name)

    @route("GET", "/repositories/<ident>/commits")
    def list_commits(self, ident: str) -> Response:
        repository = self.need("repository", ident)
        name = request.args.get("refName") or repository.get("defaultBranch") or "HEAD"
        found = git.commits(self.oci.folder, self.oci.mirror_folder(ident), name)
        return self.show_list("RepositoryCommitSummary", found[::-1], collection=True)

    @route("GET", "/repositories/<ident>/commits/<commit>")
    def get_commit(self, ident: str, commit: str) -> Response:
        self.need("repository", ident)
        found = git.commits(self.oci.folder, self.oci.mirror_folder(ident), commit, limit=1)
        if not found:
            raise not_found(commit)
        return self.show("RepositoryCommit", found[0])
