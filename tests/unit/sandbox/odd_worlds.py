# SPDX-License-Identifier: GPL-3.0-or-later
"""Each service of a populated sandbox as a target of odd requests: a credential that may do all, and things to act on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.sandbox import git
from tests.sandbox.bitbucket.world import ALL_SCOPES
from tests.sandbox.sandbox import Sandbox
from tests.unit.sandbox.odd_input import Target

HOOK = {"url": "https://ci.example.com/", "description": "CI", "active": True}


def _app(service: Any) -> Any:
    app = service.app if service.name == "oci" else service.wsgi
    while not hasattr(app, "url_map"):
        app = app.app
    return app


def _target(
    sandbox: Sandbox, name: str, headers: dict[str, str], known: dict[str, list[str]], reads: list[str]
) -> Target:
    return Target(sandbox, name, _app(sandbox.services[name]), headers, known, reads)


def _odd_tags(repository: Path) -> None:
    """Tags that git allows: of tags, of a file, of a directory."""
    git.tag(repository, "v1", "main", "First")
    for name, target in (("of-a-tag", "v1"), ("of-a-blob", "main:README.md"), ("of-a-tree", "main^{tree}")):
        git.run(repository, "tag", "-a", "-m", name, name, target)
        git.run(repository, "tag", f"light-{name}", target)


def _bitbucket(sandbox: Sandbox) -> Target:
    place = sandbox.bitbucket
    token = place.create_api_token(place.users["jdoe"], ALL_SCOPES)
    place.open_pull_request("acme", "shop", "feature/cart")
    _odd_tags(place.repository("acme", "shop").path)
    app = "/2.0/repositories/acme/shop"
    known = {
        "workspace": ["acme"],
        "slug": ["shop"],
        "revision": ["main"],
        "name": ["main", "v1", "of-a-tag", "of-a-blob", "light-of-a-tree", "feature/cart"],
        "path": ["README.md", "src"],
        "place": [f"{app}/hooks"[len("/2.0/") :]],
        "subject": ["repository"],
        "subpath": ["info/refs"],
    }
    reads = [f"{app}{end}" for end in ("", "/hooks", "/refs", "/commits", "/pullrequests", "/pullrequests/1")]
    reads += [f"{app}/pipelines_config/variables", f"{app}/commit/main/statuses", "/2.0/workspaces/acme/hooks"]
    out = _target(sandbox, "bitbucket", token.rest, known, reads)
    out.send("POST", f"{app}/hooks", json.dumps({**HOOK, "events": ["repo:push"]}).encode())
    known["uid"] = [hook.uuid for hook in place.hooks("acme", "shop")]
    return out


def _data_center(sandbox: Sandbox) -> Target:
    place = sandbox.bitbucket_dc
    place.open_pull_request("ACME", "shop", "feature/cart")
    _odd_tags(place.repository("ACME", "shop").path)
    sha = place.refs("ACME", "shop")["refs/heads/main"]
    known = {
        "version": ["latest"],
        "key": ["ACME"],
        "slug": ["shop"],
        "user": ["jdoe"],
        "sha": [sha],
        "revision": [sha, "main"],
        "path": ["README.md", "src"],
        "name": ["main", "v1", "of-a-tag", "of-a-blob", "light-of-a-tree"],
        "status": ["MERGED"],
        "subpath": ["info/refs"],
    }
    app = "/rest/api/latest/projects/ACME/repos/shop"
    ends = (
        "",
        "/webhooks",
        "/branches",
        "/tags",
        "/commits",
        "/pull-requests?state=ALL",
        "/permissions/users",
        "/browse",
    )
    headers = {**sandbox.bitbucket_dc_token.rest, "X-Atlassian-Token": "no-check"}
    out = _target(sandbox, "bitbucket-dc", headers, known, [f"{app}{end}" for end in ends])
    body = {"name": "CI", "url": HOOK["url"], "active": True, "events": ["repo:refs_changed"]}
    out.send("POST", f"{app}/webhooks", json.dumps(body).encode())
    known["number"] = ["1", *(str(hook.id) for hook in place.hooks("ACME", "shop"))]
    return out


def _gitlab(sandbox: Sandbox) -> Target:
    place = sandbox.gitlab
    project = place.create_project("acme", "shop", files={"README.md": "# Shop\n"})
    place.commit(project, "feature/cart", {"cart.py": "items = []\n"})
    _odd_tags(project.git_path)
    place.pipelines.enabled = False
    known = {
        "project": [str(project.id), "acme/shop"],
        "name": ["main", "feature/cart", "v1", "of-a-tag", "of-a-blob", "acme"],
        "revision": ["main"],
        "path": ["README.md", "acme/shop"],
        "key": ["COLOUR"],
        "subpath": ["info/refs"],
    }
    below = f"/api/v4/projects/{project.id}"
    ends = ("", "/variables", "/protected_branches", "/access_tokens", "/pipelines", "/members", "/repository/branches")
    reads = [f"{below}{end}" for end in (*ends, "/repository/tags", "/repository/commits")] + ["/api/v4/projects"]
    out = _target(sandbox, "gitlab", sandbox.gitlab_token.headers, known, reads)
    out.send("POST", f"{below}/variables", b'{"key": "COLOUR", "value": "green"}')
    return out


def _upsun(sandbox: Sandbox, name: str = "upsun") -> Target:
    place, project = sandbox.upsun, sandbox.upsun_project
    access = place.tokens.exchange(sandbox.upsun_token.secret)
    assert access
    known = {
        "project_id": [project.id],
        "environment_id": ["main"],
        "user_id": [user.id for user in place.users.values()],
        "organization_id": list(place.organizations),
        "name": ["main"],
    }
    prefix = "/api" if name == "upsun-region" else ""
    ends = ("", "/integrations", "/activities", "/environments", "/environments/main")
    reads = [f"{prefix}/projects/{project.id}{end}" for end in ends]
    out = _target(sandbox, name, {"Authorization": f"Bearer {access.secret}"}, known, reads)
    body = {"type": "webhook", "url": "https://ci.example.com/"}
    if name != "upsun-auth":
        out.send("POST", f"{prefix}/projects/{project.id}/integrations", json.dumps(body).encode())
    known["integration_id"] = list(project.integrations) or ["none"]
    known["activity_id"] = [activity.id for activity in project.activities] or ["none"]
    return out


def _upsun_region(sandbox: Sandbox) -> Target:
    return _upsun(sandbox, "upsun-region")


def _upsun_auth(sandbox: Sandbox) -> Target:
    out = _upsun(sandbox, "upsun-auth")
    out.reads = []
    return out


def _cds(sandbox: Sandbox) -> Target:
    place = sandbox.cds
    sandbox.run_cds()
    session = place.open_session(sandbox.cds_admin)
    project = place.create_project("DEMO", sandbox.cds_admin)
    place.create_application(project, "app")
    place.create_workflow(project, "wf", "app")
    known = {
        "key": ["DEMO"],
        "name": ["app", "wf", "shared.infra", "demo", "build"],
        "application": ["app"],
        "username": ["jdoe"],
        "vcs": ["bitbucketcloud"],
        "branch": ["main"],
    }
    ends = ("", "/applications", "/application/app", "/workflows/wf", "/keys", "/workflows/wf/runs")
    reads = [f"/project/DEMO{end}" for end in ends]
    headers = {"Authorization": f"Bearer {session.token}"}
    return _target(sandbox, "cds", headers, known, reads)


def _oci(sandbox: Sandbox) -> Target:
    cloud = sandbox.oci
    known = {"namespace": ["sandbox"], "name": ["main"], "which": ["current"], "rest": ["x"]}
    reads = [
        f"/20160918/{kind}?compartmentId={cloud.tenancy_id}" for kind in ("policies", "dynamicGroups", "compartments")
    ]
    reads += [
        f"{path}?compartmentId={cloud.compartment_id}"
        for path in ("/20180608/vaults", "/20180608/secrets", "/20181201/topics", "/20210630/projects")
    ]
    out = _target(sandbox, "oci", {}, known, reads)
    _fill_tenancy(sandbox, out)
    known["ident"] = [one["id"] for kind in cloud.store.kinds for one in cloud.all(kind) if "id" in one]
    return out


def _fill_tenancy(sandbox: Sandbox, out: Target) -> None:
    """One resource of each kind; what it was created with is a good body of its endpoint."""
    cloud = sandbox.oci
    own = {"compartmentId": cloud.compartment_id}

    def create(kind: str, endpoint: str, path: str, body: dict[str, Any]) -> str:
        out.good[endpoint] = body
        out.good[endpoint.replace("create", "update")] = {k: v for k, v in body.items() if k in ("name", "description")}
        assert out.send("POST", path, json.dumps(body).encode()) < 300, (path, body, out.problems)
        for _ in range(10):
            out.send("GET", out.reads[0])  # time passes
        made = cloud.all(kind)[0]
        return str(made.get("id") or made["topicId"])

    vault = create("vault", "kms.create_vault", "/20180608/vaults", {**own, "displayName": "v", "vaultType": "DEFAULT"})
    short = vault.split(".")[-2]
    shape = {"keyShape": {"algorithm": "AES", "length": 32}, "protectionMode": "SOFTWARE"}
    key = create("key", "kms.create_key", f"/vaults/{short}/20180608/keys", {**own, "displayName": "k", **shape})
    content = {"contentType": "BASE64", "content": "c2VjcmV0"}
    body = {**own, "secretName": "s", "vaultId": vault, "keyId": key, "secretContent": content}
    secret = create("secret", "vault.create_secret", "/20180608/secrets", body)
    topic = create("topic", "ons.create_topic", "/20181201/topics", {**own, "name": "t"})
    body = {**own, "name": "p", "notificationConfig": {"topicId": topic}}
    project = create("project", "devops.create_project", "/20210630/projects", body)
    login = {"connectionType": "BITBUCKET_CLOUD_APP_PASSWORD", "username": "jane", "appPassword": secret}
    body = {"projectId": project, "displayName": "b", **login}
    create("connection", "devops.create_connection", "/20210630/connections", body)
    body = {"projectId": project, "name": "app", "repositoryType": "HOSTED"}
    create("repository", "devops.create_repository", "/20210630/repositories", body)
    tenancy = {"compartmentId": cloud.tenancy_id, "description": "x"}
    rule = f"ALL {{resource.type = 'devopsconnection', resource.compartment.id = '{cloud.compartment_id}'}}"
    body = {**tenancy, "name": "g", "matchingRule": rule}
    create("dynamic_group", "identity.create_dynamic_group", "/20160918/dynamicGroups", body)
    statements = ["Allow dynamic-group g to read secret-family in compartment devops"]
    body = {**tenancy, "name": "p", "statements": statements}
    create("policy", "identity.create_policy", "/20160918/policies", body)
    group = create("log_group", "logging.create_log_group", "/20200531/logGroups", {**own, "displayName": "l"})
    service = {"sourceType": "OCISERVICE", "service": "devops", "resource": project, "category": "all"}
    body = {"displayName": "log", "logType": "SERVICE", "configuration": {"source": service}}
    log = create("log", "logging.create_log", f"/20200531/logGroups/{group}/logs", body)
    out.known |= {
        "log_id": [log],
        "vault_id": [vault],
        "short": [short],
        "key_id": [key],
        "secret_id": [secret],
        "topic_id": [topic],
        "group_id": [group],
    }


BUILD: dict[str, Callable[[Sandbox], Target]] = {
    "bitbucket": _bitbucket,
    "bitbucket-dc": _data_center,
    "gitlab": _gitlab,
    "oci": _oci,
    "upsun": _upsun,
    "upsun-region": _upsun_region,
    "upsun-auth": _upsun_auth,
    "cds": _cds,
}
