# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module on both execution paths: inside the controller's process, and as an ordinary module process.

The tasks are the modules' own EXAMPLES: in check mode on empty accounts, in a real run, again, and deleted. Both paths
must give the same results, and the second time nothing may change.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.cds.engine import install
from tests.sandbox.cds.model import SCOPES
from tests.sandbox.cds.settings import toml
from tests.sandbox.gemnasium import daemon
from tests.sandbox.sandbox import OCI_DEVOPS_SCOPES, Sandbox

from . import examples, module_python
from .consent import Consent
from .playbook import LONGEST, Run, start_playbook

# The passes take a minute and serve many tests: let one worker have them all.
pytestmark = pytest.mark.xdist_group("doors")

DOORS = {"in process": True, "module": False}
# More than a hundred module processes, on a machine that may have other things to do.
LONGEST_PASS = 3 * LONGEST
# Tasks of the examples that do something each time, because that is what they are for.
ALWAYS = ("sync",)
BUILDER_SCOPES = (
    *OCI_DEVOPS_SCOPES,
    "write:repository:bitbucket",
    "delete:webhook:bitbucket",
    "admin:repository:bitbucket",
    "read:pipeline:bitbucket",
    "admin:pipeline:bitbucket",
)
# Its result holds a new token, so core keeps all of it from the callbacks.
SHOWN_BY_NOTHING = ("bitbucket_access_token", "cds_consumer", "gitlab_project_access_token")
# Which differ between two runs on the same software, or between two versions of core.
VARYING = ("invocation", "etag", "size", "client_id", "authorize_url", "request_token")
_IDS = re.compile(
    r"ocid1\.[\w.-]+|\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?|\b[0-9a-f]{40}\b"
    r"|[0-9a-f]{8}\.[0-9a-f]{16}|\b\d{12}\b"
    r"|\b[a-z2-7]{13}\b|(?<![\w-])[\w-]{18}(?![\w-])"  # of Upsun, and keys of OAuth consumers
)
_TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*(?:Z|\+00:00)?")
_FOLDERS = re.compile(r"/\S*/(?:in-process|module)\d+(?=/)")
_PORTS = re.compile(r"127\.0\.0\.1:\d+(/oci/vaults/\w+)?")


class Company:
    """A fresh sandbox with what the examples speak of."""

    def __init__(self, folder: Path, in_process: bool, engine: bool = False) -> None:
        self.folder = folder
        # Of CDS the last that has all modules' ways: links by OAuth, and VCS servers of projects.
        self.sandbox = Sandbox(root=folder / "sandbox", cds_version="0.53.0")
        if engine and not daemon.why_not():  # else the examples that need one are left out
            self.sandbox.gemnasium.run()
        bitbucket = self.sandbox.bitbucket
        token = self.sandbox.populate()
        environment = self.sandbox.environment(token)
        # By the examples themselves.
        given = ("BITBUCKET_USERNAME", "BITBUCKET_API_TOKEN", "GITLAB_API_TOKEN", "UPSUN_CLI_TOKEN", "CDS_TOKEN")
        self.environment = {k: v for k, v in environment.items() if k not in given}
        builder = bitbucket.create_user("build", "build@example.com", account_id="557058:build")
        for slug in ("shop", "stock"):
            bitbucket.grant(builder, "admin", "acme", slug)
        consumer = bitbucket.create_oauth_consumer("acme", ("account", "email", "repository", "webhook", "pullrequest"))
        dc = self.sandbox.bitbucket_dc
        dc_builder = dc.create_user("build", password="the builder's password")
        dc.grant(dc_builder, "PROJECT_ADMIN", "ACME")
        for branch in ("main", "feature/cart"):  # or its commits may be the very same as in Cloud, or may not
            dc.commit("ACME", "shop", branch, {"data-center.txt": f"{branch}\n"})
        self.variables: dict[str, Any] = {
            "bitbucket_dc_url": dc.url,
            "bitbucket_dc_token": dc.create_token(dc_builder, ("PROJECT_ADMIN", "REPO_ADMIN")).secret,
            "bitbucket_dc_password": dc_builder.password,
            "ansible_python_interpreter": str(module_python.install(folder)),
            "repobridge_in_process": in_process,
            "oci_compartment_id": self.sandbox.oci.compartment_id,
            "bitbucket_api_token": bitbucket.create_api_token(builder, BUILDER_SCOPES).secret,
            "bitbucket_token": "{{ bitbucket_api_token }}",
            "bitbucket_access_token": bitbucket.create_access_token(
                "repository", "acme", "shop", scopes=("repository", "repository:write", "webhook")
            ).secret,
            "bitbucket_client_id": consumer.key,
            "bitbucket_client_secret": consumer.secret,
            "build_server_secret": "a-shared-secret-of-the-build-server",
            "bitbucket_site_url": bitbucket.url,
            "gitlab_api_token": self.sandbox.gitlab_token.secret,
            "trigger_token": "glpat-trigger-token",
            "upsun_api_token": self.sandbox.upsun_token.secret,
            "upsun_project": self.sandbox.upsun_project.id,
            "upsun_stock_project": self.sandbox.upsun.create_project("Stock", self.sandbox.upsun_admin).id,
            "upsun_consumer_key": self.sandbox.upsun_consumer.key,
            "upsun_consumer_secret": self.sandbox.upsun_consumer.secret,
            **self._cds(),
        }
        (folder / "inventory").write_text("examples\n")
        self.sandbox.start()

    def _cds(self) -> dict[str, Any]:
        """CDS with its services, which run inside of the sandbox: only the API answers for them."""
        cds, consumer = self.sandbox.cds, self.sandbox.cds_oauth
        self.sandbox.bitbucket.cross_workspace_listings = True  # CDS can't do without
        cds.start(toml(cds, (consumer.key, consumer.secret)))
        return {
            "cds_api_url": cds.url,
            # The examples create consumers too, which takes more than the scope Project.
            "cds_token": cds.create_consumer(self.sandbox.cds_admin, "examples", scopes=SCOPES).token,
            "cds_engine": str(install(self.folder / "bin", "0.53.0")),
            "cds_config_file": str(self.folder / "cds.toml"),
            "cds_has_systemd": False,
            **{f"cds_{kind}_url": cds.url for kind in ("vcs", "hooks")},
            **{f"cds_{kind}_token": cds.service_token(kind, f"example-{kind}") for kind in ("vcs", "hooks")},
        }

    def run(self, some: list[examples.Task], *arguments: str, longest: float = LONGEST_PASS) -> Run:
        path = self.folder / "examples.yml"
        examples.write_playbook(path, some, self.variables)
        # One process for each task of the module's door instead of five; test_canaries goes the usual way.
        environment = {**self.environment, "ANSIBLE_PIPELINING": "true"}
        with Consent(self.sandbox, self.sandbox.bitbucket.users["jdoe"]):
            run = start_playbook(path, self.folder / "inventory", environment, self.folder / "run", *arguments)
            return run.end(longest)


def plain(run: Run) -> list[dict[str, Any]]:
    """Results without what differs from sandbox to sandbox; ids by the order in which they first appear."""
    seen: dict[str, str] = {}

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: clean(v) for k, v in value.items() if not k.startswith("_ansible") and k not in VARYING}
        if isinstance(value, list):
            return [clean(item) for item in value]
        if isinstance(value, str):
            value = _IDS.sub(lambda found: seen.setdefault(found.group(), f"ID{len(seen)}"), value)
            return _FOLDERS.sub("FOLDER", _PORTS.sub("HOST", _TIMES.sub("TIME", value)))
        return value

    return [{"task": r["task"], "status": r["status"], **clean(r["result"])} for r in run.results]


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Run]]:
    """All passes through both doors, side by side; the tests below look at different sides of them."""
    companies = [
        Company(tmp_path_factory.mktemp(door.replace(" ", "-")), in_process, engine=True)
        for door, in_process in DOORS.items()
    ]
    with ThreadPoolExecutor() as both:
        return dict(zip(DOORS, both.map(_passes, companies), strict=True))


def _mark(name: str) -> str:
    return f"From here: {name}"


def _begin(name: str) -> examples.Task:
    """A task between two passes of one run."""
    return {"name": _mark(name), "ansible.builtin.debug": {}}


def _passes(company: Company) -> dict[str, Run]:
    making, taking = examples.tasks(taking_away=False), examples.tasks(taking_away=True)
    out = {"check": company.run(making, "--check", "--diff")}
    # What is deleted is found by what the examples before have registered, so all of this is one run.
    parts = {"made": making, "again": making, "taken": taking}
    tasks = [task for name, some in parts.items() for task in (_begin(name), *deepcopy(some))]
    run = company.run(tasks, "--diff", longest=len(parts) * LONGEST_PASS)
    began = [at for at, result in enumerate(run.results) if result["task"] in map(_mark, parts)]
    for name, first, last in zip(parts, began, [*began[1:], None], strict=True):
        out[name] = Run(run.returncode, run.output, run.results[first + 1 : last])
    company.sandbox.stop()
    return out


def test_every_module_is_in_the_examples_order() -> None:
    assert sorted(examples.ORDER) == examples.modules()


@pytest.mark.parametrize("which", ["check", "made", "again", "taken"])
def test_both_doors_give_the_same(passes: dict[str, dict[str, Run]], which: str) -> None:
    here, there = (passes[door][which] for door in DOORS)
    for run in (here, there):
        assert run.returncode == 0, run.output
    for ours, theirs in zip(plain(here), plain(there), strict=True):
        assert ours == theirs


@pytest.mark.parametrize("door", DOORS)
def test_examples_run_a_second_time_without_a_change(passes: dict[str, dict[str, Run]], door: str) -> None:
    again = passes[door]["again"]
    changed = [r["task"] for r in again.results if r["result"].get("changed")]
    actions = {action for action, _, _ in again.actions}
    assert not changed or actions <= set(ALWAYS), changed


@pytest.mark.parametrize("door", DOORS)
def test_what_check_mode_foretells_is_what_is_done(passes: dict[str, dict[str, Run]], door: str) -> None:
    def creations(run: Run) -> list[str]:
        """Once each: in check mode a second example of the same thing foretells it again."""
        created = [(kind, name) for action, kind, name in run.actions if action == "create"]
        return [kind for kind, _name in dict.fromkeys(created) if kind not in SHOWN_BY_NOTHING]

    assert creations(passes[door]["check"]) == creations(passes[door]["made"])


BAD_INPUT = {
    "unknown option": {
        "repobridge.bitbucket.oci_notification_topic": {"name": "x", "compartment_id": "y", "colour": "red"}
    },
    "missing option": {"repobridge.bitbucket.oci_notification_topic": {"name": "x"}},
    "wrong choice": {"repobridge.bitbucket.oci_vault": {"name": "x", "compartment_id": "y", "state": "gone"}},
    "pending id outside check mode": {
        "repobridge.bitbucket.oci_devops_project": {
            "name": "x",
            "compartment_id": "y",
            "notification_topic_id": "pending:oci_notification_topic:x",
        }
    },
}


def test_bad_input_is_refused_in_the_same_words_before_the_first_call(tmp_path: Path) -> None:
    said: list[dict[str, str]] = []
    tasks: list[examples.Task] = [{**task, "name": name, "ignore_errors": True} for name, task in BAD_INPUT.items()]
    for door, in_process in DOORS.items():
        (tmp_path / door).mkdir()
        company = Company(tmp_path / door, in_process)
        run = company.run(tasks)
        company.sandbox.stop()
        assert not company.sandbox.calls.all()
        assert [(result["task"], result["status"]) for result in run.results] == [
            (name, "ignored") for name in BAD_INPUT
        ]
        said.append({result["task"]: result["result"]["msg"] for result in run.results})
    assert said[0] == said[1]


def test_the_environment_keyword_reaches_both_doors(tmp_path: Path) -> None:
    """``environment:`` is not in the controller's own environment; AWX and playbooks give credentials by it."""
    for door, in_process in DOORS.items():
        (tmp_path / door).mkdir()
        company = Company(tmp_path / door, in_process)
        environment = dict(company.environment)
        environment["BITBUCKET_API_TOKEN"] = company.variables["bitbucket_api_token"]
        environment["BITBUCKET_USERNAME"] = "{{ mail }}"
        company.environment = {}
        company.variables["mail"] = "build@example.com"
        task = {"repobridge.bitbucket.bitbucket_credential_info": {"use": "oci_devops"}, "environment": environment}
        run = company.run([task]).ok()
        company.sandbox.stop()
        assert run.results[0]["result"]["credential"]["kind"] == "api_token"


def test_async_goes_through_the_module(tmp_path: Path) -> None:
    company = Company(tmp_path, True)
    (task,) = (t for t in examples.tasks(False) if "repobridge.bitbucket.oci_notification_topic" in t)
    run = company.run([{**task, "async": 60, "poll": 1}]).ok()
    company.sandbox.stop()
    assert run.changed == 1
    assert company.sandbox.oci.all("topic")
