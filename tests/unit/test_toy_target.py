# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to add a target: its own files and one entry of the table, in a copy of the project. Everything else is generated."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.sandbox.bitbucket import Bitbucket
from tests.sandbox.server import Server
from tests.tools import sanity

# One copy for all of them.
pytestmark = pytest.mark.xdist_group("toy")

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path("plugins/module_utils/targets/__init__.py")
LICENCE = "# SPDX-License-Identifier: GPL-3.0-or-later\n"
PLACE = Path("ansible_collections/repobridge/bitbucket")

_LIST = """
---
- name: Settings
  repobridge.bitbucket.settings:
    target: toy{state}
  register: toy

- name: Toy
  module_defaults:
    group/repobridge.bitbucket.bitbucket: "{{{{ toy.connection.bitbucket }}}}"
  block:
    - name: Repository of the toy
      repobridge.bitbucket.bitbucket_repository_info:
        workspace: "{{{{ toy.workspace }}}}"
        repository: "{{{{ toy.repository }}}}"
        refs: false
        use: "{{{{ toy.use }}}}"
"""
OWN = {
    "plugins/module_utils/targets/toy/__init__.py": "",
    "plugins/module_utils/targets/toy/target.py": '''
        """A target that only looks."""

        from __future__ import annotations

        from ...bitbucket.use import TOKENS, CloudUse, Use
        from ..plays import Play, Plays, Task
        from ..target import Given, Target, Values, bitbucket_connection


        def resolve(given: Given) -> Values:
            return {
                **given.options("toy_", "state"),
                "workspace": given.required("bitbucket_workspace"),
                "repository": given.repository(),
                "use": ["toy"],
                "connection": {"bitbucket": bitbucket_connection(given)},
            }


        TOY = Target(
            name="toy",
            title="Toy",
            summary="looks at repositories",
            editions="Cloud",
            services=("bitbucket",),
            groups=("toy",),
            prefixes=("toy_", "bitbucket_"),
            resolve=resolve,
            roles=("toy", "bitbucket"),
            plays=Plays(
                about="Looks at the repositories of the group toy.",
                converge=(Play(tasks=(Task("Integration"),)),),
                teardown=(Play(tasks=(Task("Integration", "absent"),)),),
            ),
            uses={"toy": Use(CloudUse(("repository", "webhook"), TOKENS, "no toy"))},
        )
        ''',
    "roles/toy/meta/argument_specs.yml": """
        ---
        argument_specs:
          main:
            short_description: Look
            options:
              toy_state:
                type: str
                choices: [present, absent]
                default: present
              bitbucket_workspace:
                type: str
                required: true
        """,
    "roles/toy/tasks/main.yml": _LIST.format(state=""),
    "roles/toy/tasks/absent.yml": _LIST.format(state="\n    state: absent"),
    "docs/toy.md": "# Toy\n",
    "tests/integration/scenarios/toy.py": '''
        """The target toy."""

        from __future__ import annotations

        from ..scenario import Scenario


        class Toy(Scenario):
            name = "toy"
        ''',
}
ENTRY = (
    ("from .target import Target\n", "from .target import Target\nfrom .toy.target import TOY\n"),
    (")}", ", TOY)}"),
)
GENERATED = {
    "README.md",
    "docs/credentials.md",
    "playbooks/plan.yml",
    "playbooks/report.yml",
    "playbooks/settings.yml",
    "playbooks/site.yml",
    "playbooks/teardown.yml",
    "playbooks/toy.yml",
    "plugins/doc_fragments/bitbucket.py",
    "plugins/module_utils/bitbucket/uses.py",
    "roles/bitbucket/meta/argument_specs.yml",
}


class Copy:
    """The project with the toy, and a Bitbucket."""

    def __init__(self, folder: Path, server: Server, bitbucket: Bitbucket) -> None:
        self.folder, self.server, self.bitbucket = folder, server, bitbucket
        self.root = folder / PLACE
        self.inventory = folder / "inventory.json"
        self.generated = ""  # what the generator said

    def python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def play(self, name: str, *arguments: str) -> tuple[int, str]:
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, "-i", str(self.inventory), f"repobridge.bitbucket.{name}", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return done.returncode, done.stdout

    @property
    def environment(self) -> dict[str, str]:
        foreign = ("ANSIBLE", "BITBUCKET", "REPOBRIDGE", "PYTHONPATH")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder),
            "ANSIBLE_CONFIG": str(self.root / "tests" / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_NOCOLOR": "1",
            "BITBUCKET_API_URL": self.bitbucket.url,
            "BITBUCKET_SITE_URL": self.bitbucket.url,
            "BITBUCKET_USERNAME": "ada@example.com",
        }


def written(text: str) -> str:
    return dedent(text).lstrip("\n")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    folder = tmp_path_factory.mktemp("toy")
    with Server() as server:
        bitbucket = Bitbucket(server)
        server.add(bitbucket)
        made = Copy(folder, server, bitbucket)
        for path in sanity.tracked():
            (made.root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, made.root / path)
        for name, text in OWN.items():
            (made.root / name).parent.mkdir(parents=True, exist_ok=True)
            (made.root / name).write_text((LICENCE if name.endswith(".py") else "") + written(text))
        table = (made.root / TABLE).read_text()
        for old, new in ENTRY:
            assert table.count(old) == 1
            table = table.replace(old, new)
        (made.root / TABLE).write_text(table)
        # As the Makefile makes it.
        link = made.root / ".build" / "collections" / PLACE
        link.parent.mkdir(parents=True)
        link.symlink_to(made.root)
        bitbucket.create_workspace("acme")
        for slug in ("shop", "stock"):
            bitbucket.create_repository("acme", slug, {"README.md": "A shop\n"})
        ada = bitbucket.create_user("ada", "ada@example.com")
        bitbucket.grant(ada, "owner", "acme")
        reads = ("read:repository:bitbucket",)
        enough = (*reads, "read:webhook:bitbucket", "write:webhook:bitbucket")
        hosts = {
            "shop": {"bitbucket_api_token": bitbucket.create_api_token(ada, enough).secret},
            "stock": {"bitbucket_api_token": bitbucket.create_api_token(ada, reads).secret},
        }
        inventory = {"all": {"vars": {"bitbucket_workspace": "acme"}, "children": {"toy": {"hosts": hosts}}}}
        made.inventory.write_text(json.dumps(inventory))
        made.generated = made.python("-m", "tests.tools.generate")
        yield made


def text_of(copy: Copy, name: str) -> str:
    return (copy.root / name).read_text()


def test_its_own_files_and_an_entry_are_all_there_is_to_write(copy: Copy) -> None:
    """Nothing but these and generated files differs from the project, and everything that should name it does."""
    wrote = {line.removeprefix("wrote ") for line in copy.generated.splitlines()}
    assert wrote == GENERATED
    before = {str(path): (ROOT / path).read_bytes() for path in sanity.tracked()}
    changed = {name for name, content in before.items() if (copy.root / name).read_bytes() != content}
    assert changed == (GENERATED | {str(TABLE)}) & set(before)
    copy.python("-m", "tests.tools.generate", "--check")
    assert "import_playbook: toy.yml" in text_of(copy, "playbooks/site.yml")
    assert "'toy'" in text_of(copy, "playbooks/report.yml")
    assert "name: repobridge.bitbucket.toy\n        tasks_from: absent" in text_of(copy, "playbooks/teardown.yml")
    assert "'toy'" in text_of(copy, "playbooks/settings.yml")
    assert "| [`toy`](docs/toy.md) | looks at repositories | Cloud |" in text_of(copy, "README.md")
    scopes = "`read:repository:bitbucket`, `read:webhook:bitbucket`, `write:webhook:bitbucket`"
    assert f"| `toy` | {scopes} |" in text_of(copy, "docs/credentials.md")
    for name in ("plugins/doc_fragments/bitbucket.py", "roles/bitbucket/meta/argument_specs.yml"):
        assert ", toy]" in text_of(copy, name)


def test_its_scenario_is_found(copy: Copy) -> None:
    code = "from tests.integration.scenarios import SCENARIOS; print(*[kind.name for kind in SCENARIOS])"
    paths = f"import sys; sys.path.insert(0, {str(copy.root / '.build' / 'collections')!r}); "
    assert "toy" in copy.python("-c", paths + code).split()


@pytest.mark.parametrize("playbook", ["site", "teardown"])
def test_the_playbooks_run_it(copy: Copy, playbook: str) -> None:
    """For the hosts of its group; and Bitbucket's module, which examines the credential, knows the scopes that it declares."""
    code, output = copy.play(playbook, "--check", "-e", "repobridge_plan_first=false")
    assert code == 2, output
    assert "toy : Repository of the toy" in output
    assert re.search(r"^shop .* failed=0", output, re.MULTILINE), output
    assert "lacks read:webhook:bitbucket, write:webhook:bitbucket for toy" in output
    assert re.search(r"^stock .* failed=1", output, re.MULTILINE), output


def test_the_audit_reports_it(copy: Copy) -> None:
    code, output = copy.play("audit")
    assert code == 2, output
    assert "TASK [toy" not in output
    assert re.search(r"^repository +Toy$", output, re.MULTILINE), output
    assert re.search(r"^shop +ok$", output, re.MULTILINE) and re.search(r"^stock +forbidden$", output, re.MULTILINE), (
        output
    )
    assert "lacks read:webhook:bitbucket, write:webhook:bitbucket for toy" in output


def test_its_settings_are_checked_before_anything_is_called(copy: Copy) -> None:
    before = len(copy.server.calls.all())
    code, output = copy.play("site", "-e", "toy_state=perhaps")
    assert code == 2
    assert "toy, settings of shop" in output and "toy_state" in output, output
    assert len(copy.server.calls.all()) == before
