# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents for the tests of the formats."""

from __future__ import annotations

from collections import Counter
from typing import Any

Document = dict[str, Any]
HIDDEN = "********"
STATUSES = ("error", "forbidden", "missing", "drift", "unmanaged", "changed", "left out", "ok")
TITLES = {"builds": "GitLab CI/CD", "mirror": "OCI DevOps", "apps": "Upsun", "engine": "CDS", "scans": "Gemnasium"}


def finding(host: str, target: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "host": host,
        "target": target,
        "status": status,
        "task": "Project",
        "module": "gitlab_project",
        "action": "",
        "kind": "",
        "name": "",
        "drift": [],
        "diff": "",
        "message": "",
        "where": "",
        "variable": "",
        "value": None,
        "state": "",
        **more,
    }


def resource(host: str, target: str, status: str, action: str = "", **more: Any) -> dict[str, Any]:
    """A finding about a resource that has the name of the repository."""
    return finding(host, target, status, **{"action": action, "kind": "gitlab_project", "name": f"acme/{host}", **more})


def field(path: str, actual: Any, expected: Any, variable: str = "") -> dict[str, Any]:
    return {"path": path, "actual": actual, "expected": expected, "variable": variable}


def document(hosts: list[str], targets: list[str], findings: list[dict[str, Any]], **more: Any) -> Document:
    """A document in which every host is in every target; the status of a cell follows from its findings."""

    def worst(host: str, target: str) -> str:
        states = [one["status"] for one in findings if (one["host"], one["target"]) == (host, target)]
        return min(states, key=lambda state: STATUSES.index(state) if state in STATUSES else 4.5, default="ok")

    columns = [
        {"name": name, "title": TITLES.get(name, name), "hosts": {host: worst(host, name) for host in hosts}}
        for name in targets
    ]
    counts = Counter(state for one in columns for state in one["hosts"].values())
    repositories = [
        {"name": host, "repository": f"acme/{host}", "url": f"https://bitbucket.org/acme/{host}"} for host in hosts
    ]
    return {
        "schema_version": 1,
        "playbook": "audit",
        "check_mode": True,
        "started": "2026-11-29T16:00:00Z",
        "finished": "2026-11-29T16:02:30Z",
        "counts": dict(counts),
        "hosts": repositories,
        "targets": columns,
        "findings": findings,
        **more,
    }


DIFF = "--- shop main\n+++ shop main\n@@ -1,2 +1,2 @@\n stages:\n-  - build\n+  - test\n"
FORBIDDEN = (
    "Read the webhooks of acme/{host}: Bitbucket answered 403 to GET /2.0/repositories/acme/{host}/hooks. "
    "The credential needs read:webhook:bitbucket."
)


def every_status() -> Document:
    """One finding of each status, and of each kind of difference."""
    found = [
        resource(
            "shop",
            "builds",
            "drift",
            "update",
            drift=[
                field("visibility", "public", "private", "gitlab_ci_visibility"),
                field("ci_timeout", 3600, 7200, "gitlab_ci_timeout"),
            ],
        ),
        resource(
            "shop",
            "builds",
            "drift",
            "update",
            kind="gitlab_project_variables",
            drift=[
                field("DEPLOY_TOKEN[*].value", HIDDEN, HIDDEN, "gitlab_ci_variables"),
                field("DEPLOY_TOKEN[*].masked", False, True, "gitlab_ci_variables"),
                field("OLD_REGION[*]", "present", "absent"),
            ],
        ),
        resource("shop", "apps", "drift", "update", kind="bitbucket_commit_files", name="shop main", diff=DIFF),
        resource("stock", "builds", "missing", "create", kind="bitbucket_webhook", name="GitLab mirror"),
        resource(
            "legacy",
            "mirror",
            "unmanaged",
            kind="oci_devops_mirror_repository",
            name="old-mirror",
            where="ocid1.devopsrepository.oc1..legacy",
            variable="oci_devops_mirror_name",
            value="old-mirror",
        ),
        finding("vault", "mirror", "forbidden", task="Webhook", message=FORBIDDEN.format(host="vault")),
        finding("ledger", "builds", "error", task="Settings", message="gitlab_ci_project must be a path with a group."),
        resource("mobile", "apps", "changed", "create", kind="upsun_integration"),
        finding("mobile", "engine", "left out", task="Settings", message="It runs on the host of CDS."),
    ]
    hosts = ["shop", "stock", "legacy", "vault", "ledger", "mobile", "website"]
    managed = {"managed": 120, "unmanaged": 3, "ignored": 1, "share": 0.9677}
    return document(hosts, ["builds", "mirror", "apps", "engine"], found, managed=managed)


def fleet(hosts: int, targets: int, differing: int = 0) -> Document:
    """Many repositories; every n-th of them differs in one field of its first target."""
    names = [f"repository-{number:04d}" for number in range(hosts)]
    chosen = names[:: max(hosts // differing, 1)][:differing] if differing else []
    found = [
        resource(name, "builds", "drift", "update", drift=[field("description", f"by hand {number}", "", "")])
        for number, name in enumerate(chosen)
    ]
    return document(names, list(TITLES)[:targets], found)
