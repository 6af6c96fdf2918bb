# SPDX-License-Identifier: GPL-3.0-or-later
"""The target ``gitlab_ci``: GitLab CI/CD for a repository of Bitbucket Cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.bitbucket.pipelines_model import PipelinesState
from tests.sandbox.gitlab.model import Project
from tests.sandbox.gitlab.tokens import Token
from tests.sandbox.sandbox import Sandbox

from ..scenario import Drift, Failure, Scenario, calm, fault

SCOPES = (
    "read:repository:bitbucket",
    "write:repository:bitbucket",
    "read:webhook:bitbucket",
    "write:webhook:bitbucket",
    "delete:webhook:bitbucket",
)
PUSH, PIPELINES = "push_to_gitlab", "bitbucket-pipelines.yml"
API = r"gitlab ^/api/v4/projects/(\d+|acme/shop)"
SCRIPT, INCLUDED, CONFIG = "build_status", ".gitlab/repobridge.gitlab-ci.yml", ".gitlab-ci.yml"


def project(sandbox: Sandbox) -> Project:
    found = sandbox.gitlab.find_project("acme/shop")
    assert found, "there is no project acme/shop"
    return found


def pipelines(sandbox: Sandbox) -> PipelinesState:
    """Bitbucket Pipelines of the repository."""
    return sandbox.bitbucket.repository("acme", "shop").pipelines


def _attribute(module: str, path: str, of: Callable[[Sandbox], Any], name: str, value: Any) -> Drift:
    """A field that is an attribute of an object of the sandbox."""
    return Drift(module, path, lambda s: setattr(of(s), name, value), lambda s: getattr(of(s), name))


def _mirror(path: str, name: str, value: Any) -> Drift:
    return _attribute("gitlab_ci_pull", f"mirror.{path}", lambda s: project(s).mirror, name, value)


def _variable(key: str, path: str, name: str, value: Any) -> Drift:
    return _attribute(
        "gitlab_project_variables", f"{key}[*].{path}", lambda s: project(s).variables[key, "*"], name, value
    )


def _setting(name: str, value: Any) -> Drift:
    def spoil(sandbox: Sandbox) -> None:
        project(sandbox).settings[name] = value

    return Drift("gitlab_project", name, spoil, lambda s: project(s).settings[name])


def _hook(name: str, value: Any) -> Drift:
    return _attribute("gitlab_ci_pull", f"webhook.{name}", lambda s: s.bitbucket.hooks("acme", "shop")[0], name, value)


def _commit(path: str, content: Any) -> Callable[[Sandbox], None]:
    def commit(sandbox: Sandbox) -> None:
        sandbox.bitbucket.commit("acme", "shop", "main", {path: content})

    return commit


def _file(path: str, what: str, content: Any) -> Drift:
    return Drift(
        "gitlab_ci_files",
        f"{path}.{what}",
        _commit(path, content),
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
    scopes: tuple[str, ...] = SCOPES
    # Bitbucket: the repository (which tells of the credential), the webhooks. GitLab: the project, its variables, the
    # mirror, the tokens. The files come by git.
    budget = {"bitbucket": 2, "gitlab": 4}
    task_results = 8
    creations: tuple[str, ...] = (
        "gitlab POST /api/v4/projects",
        "gitlab POST /api/v4/projects/acme/shop/variables",
        "gitlab POST /api/v4/projects/acme/shop/access_tokens",
        "bitbucket POST /2.0/repositories/acme/shop/src",
        "bitbucket POST /2.0/repositories/acme/shop/hooks",
    )
    own_of_each_run: tuple[str, ...] = ("token",)
    drifts: tuple[Drift, ...] = (
        _setting("wiki_access_level", "enabled"),
        _setting("issues_access_level", "enabled"),
        _setting("description", "changed by hand"),
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
        Drift(
            "gitlab_ci_files",
            f"{CONFIG}.content",
            _commit(CONFIG, "tests:\n  script: make test\n"),
            lambda s: (s.bitbucket.read("acme", "shop", CONFIG, "main") or b"").decode().count(INCLUDED),
        ),
    )

    def arrange(self) -> None:
        self.sandbox.gitlab.edition = self.edition
        self.sandbox.gitlab.pipelines.enabled = False
        self.sandbox.populate()
        self.sandbox.bitbucket.commit("acme", "shop", "main", {CONFIG: "# Ours.\ntests:\n  script: make test # all\n"})
        self.token = self.sandbox.bitbucket.create_api_token(self.user, self.scopes)
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

    def lose(self) -> None:
        del project(self.sandbox).variables["COLOUR", "*"]
        self.sandbox.bitbucket.repository("acme", "shop").hooks.clear()
        pipelines(self.sandbox).variables.clear()

    def secrets(self) -> dict[str, tuple[str, ...]]:
        """The Bitbucket token also goes to GitLab, which fetches and reports with it; GitLab's own only there."""
        out = self.secrets_of_both()
        triggers = [token for token in self.sandbox.gitlab.tokens.all.values() if token.kind == "project"]
        assert triggers
        for token in triggers:
            out[token.secret] = (rf"{API}/mirror/pull$", r"bitbucket /hooks")
        return out

    def secrets_of_both(self) -> dict[str, tuple[str, ...]]:
        return {
            self.token.secret: ("bitbucket", rf"{API}/(variables|mirror)"),
            self.sandbox.gitlab_token.secret: ("gitlab",),
        }

    def project_tokens(self) -> list[Token]:
        found = self.sandbox.gitlab.find_project("acme/shop")
        return self.sandbox.gitlab.tokens.of_project(found) if found else []

    # -- failures ------------------------------------------------------------------------------------------------

    def use_token(self, token: Any) -> None:
        self.environment["BITBUCKET_API_TOKEN"] = token.secret


class GitlabCiPush(GitlabCi):
    """Without Premium: Bitbucket Pipelines pushes."""

    name = "gitlab_ci_push"
    variant = True
    edition = "ee_free"
    scopes = (
        "read:repository:bitbucket",
        "write:repository:bitbucket",
        "admin:repository:bitbucket",
        "read:pipeline:bitbucket",
        "admin:pipeline:bitbucket",
    )
    # Bitbucket: the repository, whether Pipelines is on, its variables. GitLab: the project, its variables, the rule of the
    # main branch, the tokens. The files come by git.
    budget = {"bitbucket": 3, "gitlab": 4}
    creations = (
        *GitlabCi.creations[:-1],
        "bitbucket PUT /2.0/repositories/acme/shop/pipelines_config",
        "gitlab POST /api/v4/projects/acme/shop/protected_branches",
        "bitbucket POST /2.0/repositories/acme/shop/pipelines_config/variables",
    )
    own_of_each_run = ("token", "pipelines variable")
    drifts = (
        *(d for d in GitlabCi.drifts if d.module != "gitlab_ci_pull"),
        _file(PUSH, "content", "#!/bin/sh\n# Managed by nobody\n"),
        _attribute("gitlab_ci_push", "pipelines", pipelines, "enabled", False),
        _attribute(
            "gitlab_ci_push",
            "branch.allow_force_push",
            lambda s: project(s).protections["main"],
            "allow_force_push",
            False,
        ),
        Drift(
            "gitlab_ci_push",
            "branch.push_access_level",
            lambda s: setattr(project(s).protections["main"], "push", 0),
            lambda s: project(s).protections["main"].push,
        ),
    )

    def inventory_text(self) -> str:
        return super().inventory_text() + "        gitlab_ci_mirror: push\n"

    def made(self) -> dict[str, list[str]]:
        read, state = self.sandbox.bitbucket.read, pipelines(self.sandbox)
        pushing = [path for path in (PUSH, PIPELINES) if read("acme", "shop", path, "main") is not None]
        found = super().made()
        return {
            **found,
            "file": found["file"] + pushing,
            "pipelines": ["on"] if state.enabled else [],
            "pipelines variable": sorted(one.key for one in state.variables.values()),
        }

    def expected(self) -> dict[str, list[str]]:
        return {
            **super().expected(),
            "mirror": [],
            "webhook": [],
            "token": ["bitbucket-pipelines"],
            "file": [SCRIPT, INCLUDED, PUSH, PIPELINES],
            "pipelines": ["on"],
            "pipelines variable": [f"GITLAB_PUSH_TOKEN_{t.id}" for t in self.project_tokens() if not t.revoked],
        }

    def verify(self) -> None:
        """What is pushed to Bitbucket its Pipelines pushes to GitLab, with the token that the role has given it."""
        sandbox = self.sandbox
        assert _executable(sandbox, SCRIPT) and _executable(sandbox, PUSH)
        there, state = project(sandbox), pipelines(sandbox)
        assert all(one.secured for one in state.variables.values())
        pushed = sandbox.bitbucket.commit("acme", "shop", "main", {"pushed.txt": f"{sandbox.clock.now()}\n"})
        sandbox.bitbucket.wait_for_pipelines()
        assert state.runs[-1].result == "SUCCESSFUL", [step.log for step in state.runs[-1].steps]
        assert sandbox.gitlab.refs(there) == sandbox.bitbucket.refs("acme", "shop")
        assert sandbox.gitlab.refs(there)["refs/heads/main"] == pushed
        (token,) = [token for token in self.project_tokens() if not token.revoked]
        assert token.scopes == ("write_repository",) and token.last_used_at

    def secrets(self) -> dict[str, tuple[str, ...]]:
        out = self.secrets_of_both()
        tokens = [token for token in self.sandbox.gitlab.tokens.all.values() if token.kind == "project"]
        assert tokens
        for token in tokens:
            out[token.secret] = (r"gitlab ^/acme/shop\.git/", r"bitbucket /pipelines_config/variables")
        return out


def _wrong_token(scenario: Scenario) -> None:
    scenario.environment["BITBUCKET_API_TOKEN"] = "ATATT-not-a-token-at-all"


def _right_token(scenario: Scenario) -> None:
    assert isinstance(scenario, GitlabCi)
    scenario.use_token(scenario.token)


def _few_scopes(scenario: Scenario) -> None:
    assert isinstance(scenario, GitlabCi)
    few = ("read:repository:bitbucket", "read:webhook:bitbucket")
    scenario.use_token(scenario.sandbox.bitbucket.create_api_token(scenario.user, few))


def _no_scopes(scenario: Scenario) -> None:
    assert isinstance(scenario, GitlabCi)
    scenario.use_token(scenario.sandbox.bitbucket.create_api_token(scenario.user, ("read:user:bitbucket",)))


def _unknown_repository(scenario: Scenario) -> None:
    scenario.extra["bitbucket_repository"] = "no-such-shop"


def _known_again(scenario: Scenario) -> None:
    scenario.extra.clear()


def _gitlab_token(secret: Callable[[GitlabCi], str]) -> Callable[[Scenario], None]:
    def arrange(scenario: Scenario) -> None:
        assert isinstance(scenario, GitlabCi)
        scenario.environment["GITLAB_API_TOKEN"] = secret(scenario)

    return arrange


def _reads_only(scenario: GitlabCi) -> str:
    jdoe = scenario.sandbox.gitlab.find_user("jdoe")
    assert jdoe
    return scenario.sandbox.gitlab.create_token(jdoe, ("read_api",)).secret


def _developers(scenario: GitlabCi) -> str:
    """Somebody who may not make projects in the group."""
    gitlab = scenario.sandbox.gitlab
    developer = gitlab.create_user("dev")
    group = gitlab.find_namespace("acme")
    assert group
    gitlab.grant(developer, 20, group)
    return gitlab.create_token(developer).secret


def _no_group(scenario: Scenario) -> None:
    scenario.extra["gitlab_ci_group"] = "no-such-group"


_mend_gitlab_token = _gitlab_token(lambda scenario: scenario.sandbox.gitlab_token.secret)

GitlabCi.failures = (
    Failure("wrong Bitbucket token", _wrong_token, ("Bitbucket", "401", "API token"), _right_token),
    Failure("missing Bitbucket scopes", _few_scopes, ("write:repository:bitbucket", "gitlab_ci"), _right_token),
    Failure("no Bitbucket scopes", _no_scopes, ("read:repository:bitbucket", "gitlab_ci"), _right_token),
    Failure("unknown repository", _unknown_repository, ("no-such-shop", "404"), _known_again),
    Failure("wrong GitLab token", _gitlab_token(lambda _: "glpat-wrong"), ("401", "api_token"), _mend_gitlab_token),
    Failure("GitLab token that reads only", _gitlab_token(_reads_only), ("403", "scope api"), _mend_gitlab_token),
    Failure("GitLab role too low", _gitlab_token(_developers), ("namespace", "create projects"), _mend_gitlab_token),
    Failure("unknown group", _no_group, ("no-such-group", "404"), _known_again),
    Failure("Bitbucket 429", fault("status", "^bitbucket ", status=429), ("429", "60 minutes"), calm),
    Failure("GitLab 429", fault("status", "^gitlab ", status=429), ("429", "later"), calm),
    Failure("Bitbucket 503 in the middle", fault("status", "^bitbucket POST", status=503), ("503", "again"), calm),
    Failure("GitLab 503 in the middle", fault("status", "^gitlab PUT .*mirror", status=503), ("503", "again"), calm),
    Failure(
        "GitLab does not answer",
        fault("latency", "^gitlab .*/variables", seconds=1.5),
        ("no response", "increase timeout"),
        calm,
    ),
    Failure(
        "Bitbucket does not answer",
        fault("latency", "^bitbucket .*/hooks", seconds=1.5),
        ("no response", "increase timeout"),
        calm,
    ),
)
# The same causes, the same tasks: what the pull mirror is tested for holds here.
GitlabCiPush.failures = ()


class GitlabCiCommunity(GitlabCiPush):
    """The Community Edition, which has not even the path of the pull mirror."""

    name = "gitlab_ci_community"
    together = killed = False  # it writes what GitlabCiPush writes
    edition = "ce"
