# SPDX-License-Identifier: GPL-3.0-or-later
"""A body that each writing endpoint takes, for changing one value of it: services, then endpoints of their apps."""

from __future__ import annotations

from typing import Any

_HOOK = {"url": "https://ci.example.com/", "description": "CI", "active": True, "events": ["repo:push"]}
_DC_HOOK = {"name": "CI", "url": "https://ci.example.com/", "active": True, "events": ["repo:refs_changed"]}
_VARIABLE = {"type": "pipeline_variable", "key": "COLOUR", "value": "green", "secured": False}
_STATUS = {"key": "ci", "state": "INPROGRESS", "url": "https://ci.example.com/1", "refname": "main", "name": "CI"}
_DC_REF = {"id": "refs/heads/feature/cart", "repository": {"slug": "shop", "project": {"key": "ACME"}}}
_DC_PULL = {"title": "Cart", "description": "", "fromRef": _DC_REF, "toRef": {**_DC_REF, "id": "refs/heads/main"}}
_UPSUN = {
    "type": "bitbucket",
    "repository": "acme/shop",
    "app_credentials": {"key": "k", "secret": "s"},
    "build_pull_requests": True,
    "fetch_branches": True,
    "prune_branches": True,
}
_CDS_VCS = {"name": "bb", "type": "bitbucketcloud", "auth": {"username": "jane", "token": "t", "sshKeyName": "proj-x"}}

GOOD: dict[str, dict[str, Any]] = {
    "bitbucket": {
        "hooks.create": _HOOK,
        "hooks.update": _HOOK,
        "pipelines.change_config": {"type": "repository_pipelines_configuration", "enabled": False},
        "pipelines.create_variable": _VARIABLE,
        "pipelines.change_variable": _VARIABLE,
        "pullrequest_comments.create": {
            "content": {"raw": "Fine."},
            "parent": {"id": 1},
            "inline": {"path": "a", "to": 1},
        },
        "pullrequests.create": {
            "title": "Cart",
            "source": {"branch": {"name": "feature/cart"}},
            "destination": {"branch": {"name": "main"}},
            "reviewers": [{"uuid": "{x}"}],
            "close_source_branch": True,
        },
        "pullrequests.update": {"title": "Changed", "description": "More", "reviewers": []},
        "pullrequests.merge": {"type": "pullrequest", "message": "Merge", "merge_strategy": "squash"},
        "pullrequests.decline": {},
        "refs.create_branch": {"name": "topic", "target": {"hash": "main"}},
        "statuses.create": _STATUS,
        "statuses.update": _STATUS,
    },
    "bitbucket-dc": {
        "access_tokens.create": {"name": "CI", "permissions": ["REPO_READ"], "expiryDays": 30},
        "access_tokens.update": {"name": "CI", "permissions": ["REPO_READ"]},
        "builds.create": {
            "key": "ci",
            "state": "INPROGRESS",
            "url": "https://ci.example.com/1",
            "ref": "refs/heads/main",
        },
        "builds.create_for_commit": {
            "key": "ci",
            "state": "SUCCESSFUL",
            "url": "https://ci.example.com/1",
            "name": "CI",
        },
        "projects.create": {"key": "NEW", "name": "New", "description": "", "public": False},
        "projects.update": {"name": "Acme", "description": "The company", "public": False},
        "repositories.create": {"name": "Fresh", "slug": "fresh", "scmId": "git", "defaultBranch": "main"},
        "repositories.update": {"description": "The shop", "public": False},
        "repositories.set_default_branch": {"id": "refs/heads/main"},
        "pull_requests.create": _DC_PULL,
        "pull_requests.update": {"version": 0, "title": "Changed", "description": "More", "reviewers": []},
        "pull_requests.merge": {"version": 0, "message": "Merge", "strategyId": "no-ff"},
        "pull_requests.decline": {"version": 0, "comment": "No"},
        "pull_requests.reopen": {"version": 0},
        "refs.create_branch": {"name": "topic", "startPoint": "main", "message": "x"},
        "refs.create_branch_again": {"name": "topic2", "startPoint": "refs/heads/main"},
        "refs.create_tag": {"name": "v2", "startPoint": "main", "message": "Second", "type": "ANNOTATED"},
        "webhooks.create": {**_DC_HOOK, "configuration": {"secret": "s"}, "sslVerificationRequired": True},
        "webhooks.update": {**_DC_HOOK, "configuration": {"secret": "s"}},
        "webhooks.test": {"url": "http://127.0.0.1:1/"},
    },
    "gitlab": {
        "groups.create": {"name": "New", "path": "new", "visibility": "private", "parent_id": None},
        "projects.create": {"name": "Fresh", "path": "fresh", "namespace_id": 22, "visibility": "private"},
        "projects.update": {"description": "The shop", "visibility": "private", "default_branch": "main"},
        "mirror.configure": {
            "enabled": True,
            "url": "http://127.0.0.1:1/acme/shop.git",
            "auth_user": "x-token-auth",
            "auth_password": "t",
            "mirror_trigger_builds": True,
            "mirror_branch_regex": "main",
        },
        "variables.create": {
            "key": "TOKEN",
            "value": "12345678",
            "masked": True,
            "environment_scope": "*",
            "raw": True,
        },
        "variables.update": {"value": "12345678", "masked": False, "filter": {"environment_scope": "*"}},
        "access_tokens.create": {"name": "bot", "scopes": ["api"], "access_level": 40, "expires_at": "2027-01-01"},
        "access_tokens.rotate": {"expires_at": "2027-01-01"},
        "protected_branches.create": {"name": "topic", "push_access_level": 40, "allowed_to_push": [{"user_id": 1}]},
        "protected_branches.update": {"allow_force_push": True, "allowed_to_push": [{"access_level": 30}]},
        "repository.create_branch": {"branch": "topic", "ref": "main"},
        "pipelines.create": {"ref": "main", "variables": [{"key": "A", "value": "b"}]},
    },
    "upsun": {"integrations_api.create": _UPSUN, "integrations_api.update": _UPSUN},
    "cds": {
        "applications.create": {"name": "new", "description": ""},
        "applications.update": {"name": "app", "description": "The application"},
        "applications.load": {"version": "v1.0", "name": "loaded"},
        "auth.create_consumer": {
            "name": "ansible",
            "description": "x",
            "group_ids": [1],
            "scope_details": [{"scope": "Project"}],
            "validity_periods": [{"issued_at": "2026-01-01T00:00:00Z", "duration": 100}],
        },
        "auth.local_signin": {"username": "jdoe", "password": "correct horse battery"},
        "auth.builtin_signin": {"token": "a.b.c"},
        "auth.local_signup": {"username": "new", "fullname": "New", "email": "n@example.com", "password": "12345678"},
        "groups.create": {"name": "new"},
        "keys.create": {"name": "deploy", "type": "ssh"},
        "keys.new_create": {"name": "deploy2", "type": "ssh"},
        "pipelines.create": {"name": "deploy"},
        "pipelines.load": {
            "version": "v1.0",
            "name": "loaded",
            "stages": ["One"],
            "jobs": [{"job": "a", "stage": "One"}],
        },
        "projects.create": {"key": "NEW", "name": "New", "groups": [{"group": {"name": "demo"}, "permission": 7}]},
        "projects.update": {"key": "DEMO", "name": "Demo", "description": "x"},
        "project_vcs.create": _CDS_VCS,
        "project_vcs.update": _CDS_VCS,
        "project_repositories.create": {"name": "acme/shop", "auth": {"username": "jane"}},
        "rbac.load": {"name": "rule", "projects": [{"role": "read", "users": ["jdoe"], "projects": ["DEMO"]}]},
        "workflows.load": {"name": "loaded", "version": "v2.0", "workflow": {"build": {"pipeline": "build"}}},
        "workflows.reload": {"name": "wf", "version": "v2.0", "workflow": {"build": {"pipeline": "build"}}},
        "workflows.update": {
            "name": "wf",
            "history_length": 20,
            "workflow_data": {
                "node": {"name": "build", "context": {"pipeline_id": 1, "application_id": 1}, "hooks": []}
            },
        },
        "ui.webhook": {"repository": {"full_name": "acme/shop"}, "push": {"changes": [{"new": {"name": "main"}}]}},
        "ui.new_webhook": {"repository": {"full_name": "acme/shop"}, "push": {"changes": []}},
    },
}
GOOD["upsun-region"] = GOOD["upsun"]
