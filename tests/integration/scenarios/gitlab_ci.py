# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``gitlab_ci``: GitLab CI/CD for a repository of Bitbucket Cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.gitlab.model import Project
from tests.sandbox.gitlab.tokens import Token
from tests.sandbox.sandbox import Sandbox

from ..scenario import Drift, Failure, Scenario

SCOPES = (
    "read:repository:bitbucket",
    "write:repository:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
)
SCRIPT, INCLUDED, CONFIG = "build_status", ".gitlab/repobridge.gitlab-ci.yml", ".gitlab-ci.yml"


def project(sandbox: Sandbox) -> Project:
    found = sandbox.gitlab.find_project("acme/shop")
    assert found, "there is no project acme/shop"
    return found


def _attribute(module: str, path: str, of: Callable[[Sandbox], Any], name: str, value: Any) -> Drift:
    """A field that is an attribute of an object of the sandbox."""
    return Drift(module, path, lambda s: setattr(of(s), name, value), lambda s: getattr(of(s), name))


def _mirror(path: str, name: str, value: Any) -> Drift:
    return _attribute("gitlab_pull_mirror", path, lambda s: project(s).mirror, name, value)


def _variable(key: str, path: str, name: str, value: Any) -> Drift:
    return _attribute(
        "gitlab_project_variables", f"{key}[*].{path}", lambda s: project(s).variables[key, "*"], name, value
    )


def _setting(name: str, value: Any) -> Drift:
    def spoil(sandbox: Sandbox) -> None:
        project(sandbox).settings[name] = value

    return Drift("gitlab_project", name, spoil, lambda s: project(s).settings[name])


def _hook(name: str, value: Any) -> Drift:
    return _attribute("bitbucket_webhook", name, lambda s: s.bitbucket.hooks("acme", "shop")[0], name, value)


def _file(path: str, what: str, content: Any) -> Drift:
    return Drift(
        "bitbucket_commit_files",
        f"{path}.{what}",
        lambda s: s.bitbucket.commit("acme", "shop", "main", {path: content}) and None,
        lambda s: (s.bitbucket.read("acme", "shop", path, "main"), _executable(s, path)),
    )


def _executable(sandbox: Sandbox, path: str) -> bool:
    from tests.sandbox import git

    folder = sandbox.bitbucket.repository("acme", "shop").path
    found = git.entry(folder, git.resolve(folder, "main") or "", path)
    return bool(found and found.mode == git.EXECUTABLE)


class GitlabCi(Scenario):
    """With Premium: GitLab pulls."""

    name = "gitlab_ci"
    edition = "premium"
    budget = {"bitbucket": 8, "gitlab": 4}
    unseen = ("gitlab_project_access_token",)
    drifts = (
        _setting("wiki_access_level", "enabled"),
        _setting("issues_access_level", "enabled"),
        _attribute("gitlab_project", "description", project, "description", "changed by hand"),
        _variable("BITBUCKET_ACCESS_TOKEN", "protected", "protected", True),
        _variable("BITBUCKET_ACCESS_TOKEN", "raw", "raw", False),
        _variable("BITBUCKET_USERNAME", "value", "value", "somebody@example.com"),
        _variable("BITBUCKET_USERNAME", "raw", "raw", False),
        _variable("COLOUR", "value", "value", "red"),
        _mirror("mirror_trigger_builds", "trigger_builds", False),
        _mirror("mirror_overwrites_diverged_branches", "overwrite", False),
        _mirror("mirror_branch_regex", "branch_regex", "^main$"),
        _hook("events", ["repo:fork"]),
        _hook("active", False),
        _file(SCRIPT, "content", "#!/bin/sh\nexit 0\n"),
        _file(INCLUDED, "content", "# nothing any more\n"),
        _file(CONFIG, "content", "tests:\n  script: make test\n"),
    )

    def arrange(self) -> None:
        self.sandbox.gitlab.edition = self.edition
        self.sandbox.gitlab.pipelines.enabled = False
        self.sandbox.populate()
        self.sandbox.bitbucket.commit("acme", "shop", "main", {CONFIG: "# Ours.\ntests:\n  script: make test # all\n"})
        self.token = self.sandbox.bitbucket.create_api_token(self.user, SCOPES)
        self.environment = self.sandbox.environment(self.token)

    @property
    def user(self) -> Any:
        return self.sandbox.bitbucket.users["jdoe"]

    def inventory_text(self) -> str:
        return """---
all:
  children:
    gitlab_ci:
      hosts:
        shop:
      vars:
        bitbucket_workspace: acme
        gitlab_ci_project_description: Pipelines of our shop
        gitlab_ci_variables:
          - key: COLOUR
            value: green
"""

    def made(self) -> dict[str, list[str]]:
        found = self.sandbox.gitlab.find_project("acme/shop")
        there = found if found and not found.marked_for_deletion_on else None
        bitbucket = self.sandbox.bitbucket
        text = (bitbucket.read("acme", "shop", CONFIG, "main") or b"").decode()
        files = [path for path in (SCRIPT, INCLUDED) if bitbucket.read("acme", "shop", path, "main") is not None]
        return {
            "project": [there.full_path] if there else [],
            "variable": sorted(key for key, _scope in there.variables) if there else [],
            "mirror": [there.mirror.url or ""] if there and there.mirror.enabled else [],
            "token": sorted(t.name for t in self.project_tokens() if not t.revoked),
            "webhook": [hook.url.partition("?")[0] for hook in bitbucket.hooks("acme", "shop")],
            "file": files,
            "include": [CONFIG] * text.count(INCLUDED),
        }

    def expected(self) -> dict[str, list[str]]:
        there = project(self.sandbox)
        return {
            "project": ["acme/shop"],
            "variable": ["BITBUCKET_ACCESS_TOKEN", "BITBUCKET_USERNAME", "COLOUR"],
            "mirror": [self.sandbox.bitbucket.clone_url("acme", "shop")],
            "token": ["bitbucket-webhook"],
            "webhook": [f"{self.sandbox.gitlab.api_url}/projects/{there.id}/mirror/pull"],
            "file": [SCRIPT, INCLUDED],
            "include": [CONFIG],
        }

    def verify(self) -> None:
        """Every ref is in GitLab; a push comes there by itself, with the token that the webhook has."""
        sandbox = self.sandbox
        assert _executable(sandbox, SCRIPT)
        there = project(sandbox)
        sandbox.gitlab.wait_for_mirror(there)
        refs = sandbox.bitbucket.refs("acme", "shop")
        assert refs and refs.items() <= sandbox.gitlab.refs(there).items()
        sandbox.clock.advance(600)  # GitLab pulls once in five minutes
        pushed = sandbox.bitbucket.commit("acme", "shop", "main", {"pushed.txt": f"{sandbox.clock.now()}\n"})
        last = sandbox.bitbucket.wait_for_deliveries()[-1]
        assert last.delivered, last
        sandbox.gitlab.wait_for_mirror(there)
        assert sandbox.gitlab.refs(there)["refs/heads/main"] == pushed

    def secrets(self) -> dict[str, tuple[str, ...]]:
        """The Bitbucket token also goes to GitLab, which fetches and reports with it; GitLab's own only there."""
        api = r"gitlab ^/api/v4/projects/[^/]+"
        out = {
            self.token.secret: ("bitbucket", rf"{api}/(variables|mirror)"),
            self.sandbox.gitlab_token.secret: ("gitlab",),
        }
        for token in self.project_tokens():
            out[token.secret] = (rf"{api}/mirror/pull$", r"bitbucket /hooks")
        return out

    def project_tokens(self) -> list[Token]:
        found = self.sandbox.gitlab.find_project("acme/shop")
        return self.sandbox.gitlab.tokens.of_project(found) if found else []
