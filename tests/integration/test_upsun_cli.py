# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the module with the vendor's own CLI, 5.11.1: two projects, the same repository, the same steps.

For Bitbucket Data Center both send the same requests, with the same result. For Bitbucket Cloud the CLI fails, and the
module does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.upsun import Project
from tests.sandbox.upsun.cli import NOT_INSTALLED, PROGRAM, Cli

from . import examples
from .playbook import Run, run_playbook

pytestmark = [
    pytest.mark.skipif(not PROGRAM.is_file(), reason=NOT_INSTALLED),
    pytest.mark.xdist_group("upsun_cli"),
    pytest.mark.any_core,
]
MODULE = "repobridge.bitbucket.upsun_integration"


class Comparison:
    """One sandbox with a project for each of the two, and what each has asked of Upsun."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The CLI looks again after seconds of real time; the sandbox's goes faster meanwhile.
        self.sandbox = Sandbox(root=folder / "sandbox", tick_seconds=20.0)
        self.token = self.sandbox.populate()
        for branch in ("main", "feature/cart"):  # both projects are to have environments with something in them
            self.sandbox.bitbucket_dc.commit("ACME", "shop", branch, {"branch.txt": f"{branch}\n"})
        self.sandbox.bitbucket_dc.open_pull_request("ACME", "shop", "feature/cart")
        admin = self.sandbox.upsun_token.user
        self.ours = self.sandbox.upsun_project
        self.theirs = self.sandbox.upsun.create_project("Other", admin)
        home = folder / "cli"
        home.mkdir()
        self.cli = Cli(self.sandbox.upsun, self.sandbox.upsun_token, self.theirs, home)
        (folder / "inventory").write_text("localhost\n")
        self.sandbox.start()

    # -- running -----------------------------------------------------------------------------------------------------

    def module(self, project: Project, **options: Any) -> Run:
        """The module as a task of a real run."""
        task = {MODULE: {"project": project.id, "wait_timeout": 60, **options}}
        playbook = self.folder / "task.yml"
        examples.write_playbook(playbook, [task], {"ansible_python_interpreter": "{{ ansible_playbook_python }}"})
        environment = self.sandbox.environment(self.token)
        return run_playbook(playbook, self.folder / "inventory", environment, self.folder / "run")

    def both(self, theirs: Callable[[], Any], ours: Callable[[], Run]) -> None:
        """Each does it in its project; what they send and what there is afterwards must be the same."""
        self.sandbox.calls.clear()
        answer = theirs()
        assert answer.returncode == 0, answer.stderr
        ours().ok()
        self.sandbox.upsun.wait()
        sent = [self.sent(project) for project in (self.theirs, self.ours)]
        assert sent[0] == sent[1]
        assert sent[0], "neither has sent anything"
        assert self.state(self.theirs) == self.state(self.ours)

    # -- looking -----------------------------------------------------------------------------------------------------

    def sent(self, project: Project) -> list[tuple[str, str, Any]]:
        """Everything but reads, with ``{i}`` for the id of the integration."""
        out = []
        for call in self.sandbox.calls.all("upsun"):
            below = call.path.partition(f"/projects/{project.id}/")[2]
            if call.method != "GET" and below:
                kind, _, rest = below.partition("/")
                action = rest.partition("/")[2]
                path = "/".join(part for part in (kind, "{i}" if rest else "", action) if part)
                out.append((call.method, path, json.loads(call.body) if call.body else None))
        return out

    def state(self, project: Project) -> dict[str, Any]:
        """Integration, secrets, environments, and the webhooks in Bitbucket that lead there."""
        source, upsun = project.source, self.sandbox.upsun
        hooks = self.sandbox.bitbucket_dc.hooks("ACME", "shop")
        return {
            "integration": (source.type, source.settings, source.secrets) if source else None,
            "environments": {
                one.id: (one.status, one.parent, one.head_commit, one.is_pr) for one in project.environments.values()
            },
            "webhooks": [
                (hook.active, sorted(hook.events)) for hook in hooks if source and hook.url == upsun.hook_url(source)
            ],
        }


@pytest.fixture
def comparison(tmp_path: Path) -> Iterator[Comparison]:
    made = Comparison(tmp_path)
    yield made
    made.sandbox.stop()


def test_for_data_center_both_send_the_same_and_leave_the_same(comparison: Comparison) -> None:
    c, cli, dc = comparison, comparison.cli, comparison.sandbox.bitbucket_dc
    user, token = c.sandbox.bitbucket_dc_user, c.sandbox.bitbucket_dc_token
    server: dict[str, Any] = {"type": "bitbucket_server"}
    login = {"url": dc.url, "username": user.name, "repository": "ACME/shop"}
    flags = [("--bitbucket-url", dc.url), ("--username", user.name), ("--repository", "ACME/shop")]

    # Add, with all defaults.
    new = [part for pair in (*flags, ("--token", token.secret)) for part in pair]
    c.both(
        lambda: cli.run("integration:add", "--type", "bitbucket_server", *new),
        lambda: c.module(c.ours, **server, **login, token=token.secret),
    )
    assert {"main", "feature/cart", "pr-1"} <= set(c.ours.environments)
    assert c.theirs.source
    number = c.theirs.source.id

    # Update: an option, one that switches another off, the way back, and another token.
    for flag, option in (
        (("--build-pull-requests", "0"), {"build_pull_requests": False}),
        (("--fetch-branches", "0"), {"fetch_branches": False}),
        (("--fetch-branches", "1"), {"fetch_branches": True}),  # which the CLI refuses to do together with the next
        (("--prune-branches", "1"), {"prune_branches": True}),
    ):
        option["confirm_overwrite"] = True  # as --yes says to the CLI
        c.both(partial(cli.run, "integration:update", number, *flag), partial(c.module, c.ours, **server, **option))
    other = dc.create_token(user, ("PROJECT_ADMIN", "REPO_ADMIN"), "another", 90)
    c.both(
        lambda: cli.run("integration:update", number, "--token", other.secret),
        lambda: c.module(c.ours, **server, token=other.secret, update_secret="always"),
    )

    # Validate, while it works and when it does not.
    c.both(
        lambda: cli.run("integration:validate", number),
        lambda: c.module(c.ours, **server, token=other.secret, update_secret="on_invalid"),
    )
    other.revoked = True
    answer = cli.run("integration:validate", number)
    (failure,) = c.module(c.ours, **server, token=other.secret, update_secret="on_invalid").failures
    assert answer.returncode == 4
    field, _, words = answer.stdout.strip().partition(": ")
    assert field == "token" and words and words in failure["error"]["words"]
    other.revoked = False

    # Delete: neither takes the webhook away, which is why the role does.
    c.both(
        lambda: cli.run("integration:delete", number),
        lambda: c.module(c.ours, **server, state="absent"),
    )
    assert not c.ours.integrations and not c.theirs.integrations
    assert len(dc.hooks("ACME", "shop")) == 2


def test_what_is_no_change_is_an_error_to_the_cli_and_nothing_to_the_module(comparison: Comparison) -> None:
    c, dc = comparison, comparison.sandbox.bitbucket_dc
    login = {
        "type": "bitbucket_server",
        "url": dc.url,
        "username": c.sandbox.bitbucket_dc_user.name,
        "repository": f"{dc.url}/projects/ACME/repos/shop",  # which the CLI would cut into nothing
        "token": c.sandbox.bitbucket_dc_token.secret,
    }
    c.module(c.theirs, **login).ok()
    assert c.theirs.source
    answer = c.cli.run("integration:update", c.theirs.source.id, "--build-pull-requests", "1")
    assert answer.returncode == 1
    assert c.module(c.theirs, **login, build_pull_requests=True).ok().changed == 0


def test_for_cloud_the_cli_fails_and_the_module_does_not(comparison: Comparison) -> None:
    """The documented command with good credentials: the CLI's own HTTP library refuses the form it makes (since 5.10.0)."""
    c, consumer = comparison, comparison.sandbox.upsun_consumer
    login = ("--repository", "acme/shop", "--key", consumer.key, "--secret", consumer.secret)
    answer = c.cli.run("integration:add", "--type", "bitbucket", *login)
    assert answer.returncode == 1 and "Invalid Bitbucket credentials" in answer.stderr
    assert not c.sent(c.theirs) and c.theirs.source is None
    options = {"repository": "acme/shop", "key": consumer.key, "secret": consumer.secret}
    c.module(c.ours, type="bitbucket", **options).ok()
    assert c.ours.source and len(c.sandbox.bitbucket.hooks("acme", "shop")) == 1
    c.sandbox.upsun.wait()
    # What there is then the CLI understands.
    c.cli.project = c.ours
    assert c.cli.run("integration:validate", c.ours.source.id).returncode == 0
