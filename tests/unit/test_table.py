# SPDX-License-Identifier: GPL-3.0-or-later
"""Targets are one table: no file names a target but its own ones, and what is generated.

The rule. A *target* is a row of ``TARGETS``. It is named by its name (that of its role and its playbook), its inventory groups and
its uses of a Bitbucket credential.

- The table names all targets. Of other files one belongs to a target if a part of its path is, or begins with, the name of the target
  or of a service of its own (not Bitbucket, which all have): the role's folder, a module, a test of the target.
- What ``make generate`` writes is not looked at, whether it is a whole file or a part between two comments.
- In what is shipped (``SHIPPED``) no variable of a target is named either: what begins with its name and an underscore, and is no
  module.
- Examples show one target or another, and no new target changes them: EXAMPLES and samples of results of modules, and blocks of
  code in Markdown.
- Some targets have the name of their service. Such a name means the service where it is part of something longer: an attribute or a
  package (``sandbox.…``), a host (``api.….com``), a program of the vendor (``…-cli``). It means the service in ``OF_SERVICES``
  too. Everywhere else it means the target.
- ``EXCEPTIONS`` are files with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets import TARGETS
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target
from tests.tools import generate, regions, sanity

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path("plugins/module_utils/targets/__init__.py")
SHARED = {"bitbucket"}

# Tests of what all services do, by the sandbox's services. They know no targets.
OF_SERVICES = (
    "tests/sandbox/",
    "tests/contract/",
    "tests/unit/sandbox/",
    "tests/unit/test_transport_of_all.py",
    "tests/integration/canary_tasks.py",
    "tests/integration/test_canaries.py",
    "tests/integration/test_doors.py",
    "tests/integration/test_foreign_answers.py",
)
SHIPPED = ("plugins/", "roles/", "playbooks/", "meta/", "extensions/")
EXCEPTIONS = {
    "CHANGELOG.rst": "antsibull-changelog writes it",
    "changelogs/changelog.yaml": "antsibull-changelog writes it",
    "docs/bench.json": "make bench writes it",
    "docs/bench.md": "make bench writes it",
    "docs/bench.svg": "make bench writes it",
    "galaxy.yml": "words that people search Galaxy for",
    "tests/integration/test_doors.py": "one use of a credential, whichever",
    "tests/integration/test_plan.py": "two targets for several repositories",
    "tests/integration/test_report.py": "two targets for several repositories",
    "tests/integration/test_settings.py": "how variables become settings, tried with the variables of a target and with two others",
    "tests/integration/test_targets_together.py": "two targets for one repository",
    "tests/unit/report/test_document.py": "the findings of several targets in one report",
    "tests/unit/report/test_governing.py": "which variable of a target governs a field",
    "tests/unit/report/test_saved_plan.py": "the findings of several targets in one plan",
}


def words(target: Target) -> set[str]:
    """What names the target. A use with the name of a module may be the module."""
    return {target.name, *target.groups, *(set(target.uses) - set(target.modules))}


def belongs(path: Path, target: Target) -> bool:
    own = {target.name, *(set(target.services) - SHARED)}
    parts = [part.partition(".")[0].removeprefix("test_") for part in path.parts]
    return any(part == word or part.startswith(f"{word}_") for part in parts for word in own)


def pattern(word: str, target: Target, of_services: bool) -> re.Pattern[str]:
    if word not in target.services:
        return re.compile(rf"\b{word}\b")
    of_target = rf"\b(scenarios|targets|roles)[./]{word}\b|\b(playbooks|docs)/{word}\.|\btarget[:=]\s*{word}\b"
    alone = rf"(?<![\w./-]){word}(?![\w/-]|\.\w)"
    return re.compile(of_target if of_services else rf"{of_target}|{alone}")


def variables(target: Target) -> re.Pattern[str]:
    modules = "|".join(re.escape(name) for name in generate.modules())
    return re.compile(rf"\b(?!(?:{modules})\b){target.name}_\w+")


def blanked(expression: str, text: str) -> str:
    """The text without what the expression finds; the lines keep their numbers."""
    return re.sub(expression, lambda found: "\n" * found[0].count("\n"), text, flags=re.MULTILINE | re.DOTALL)


def without_examples(path: Path, text: str) -> str:
    if path.suffix == ".md":
        return blanked(r"^( *)```.*?^\1```", text)
    if path.parts[:2] == ("plugins", "modules"):
        return blanked(r"^ +sample: [^\n]*", blanked(r'^EXAMPLES = r""".*?^"""', text))
    return text


def names(path: Path, text: str) -> Iterator[str]:
    """Where a file names targets that it does not belong to."""
    of_services = str(path).startswith(OF_SERVICES)
    lines = without_examples(path, regions.without(text)).splitlines()
    for target in TARGETS.values():
        if not belongs(path, target):
            patterns = [pattern(word, target, of_services) for word in words(target)]
            if str(path).startswith(SHIPPED):
                patterns.append(variables(target))
            for number, line in enumerate(lines, 1):
                if any(one.search(line) for one in patterns):
                    yield f"{path}:{number}: names {target.name}: {line.strip()[:140]}"


def looked_at() -> Iterator[tuple[Path, str]]:
    """All files of the project but those that may name targets."""
    generated = generate.files()
    for path in sanity.tracked():
        try:
            text = (ROOT / path).read_text()
        except UnicodeDecodeError:
            continue
        if path != TABLE and (path not in generated or regions.names(text)) and str(path) not in EXCEPTIONS:
            yield path, text


def test_no_other_file_names_a_target() -> None:
    found = [line for path, text in looked_at() for line in names(path, text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", EXCEPTIONS)
def test_an_exception_is_one(path: str) -> None:
    assert list(names(Path(path), (ROOT / path).read_text())), "it names no target; no exception is needed"


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("plugins/module_utils/bitbucket/x.py", 'NEEDS_ADMIN = ("{name}",)'),
        ("plugins/plugin_utils/x.py", "from ..module_utils.targets.{name}.target import X"),
        ("playbooks/site2.yml", "  ansible.builtin.import_playbook: playbooks/{name}.yml"),
        ("roles/bitbucket/meta/argument_specs.yml", "choices: [a, {name}]"),
        ("docs/x.md", "see [it](docs/{name}.md)"),
        ("plugins/modules/x.py", 'DOCUMENTATION = r"""\nV({name}) is for …\n"""'),
        ("plugins/modules/x.py", 'DOCUMENTATION = r"""\nsuch as C({name}_state)\n"""'),
        ("tests/sandbox/sandbox.py", "from tests.integration.scenarios.{name} import X"),
        ("tests/integration/test_suite.py", "from .scenarios.{name} import X"),
        ("tests/integration/test_x.py", 'KINDS = ["{name}"]'),
        ("Makefile", "test-{name}: {name}"),
    ],
)
def test_what_names_a_target_is_found(target: Target, path: str, text: str) -> None:
    assert list(names(Path(path), text.format(name=target.name)))


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("roles/{name}/tasks/main.yml", "target: {name}"),
        ("tests/integration/test_{name}.py", "{name}"),
        ("docs/x.md", "```yaml\ntarget: {name}\n```"),
        ("docs/x.md", "<!-- begin: x (make generate) -->\n{name}\n<!-- end: x -->"),
        ("plugins/modules/x.py", 'EXAMPLES = r"""\ntarget: {name}\n"""'),
    ],
)
def test_what_may_name_a_target_does(target: Target, path: str, text: str) -> None:
    assert not list(names(Path(path.format(name=target.name)), text.format(name=target.name)))


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_a_service_may_be_named_where_it_is_meant(target: Target) -> None:
    if target.name in target.services:
        text = f"sandbox.{target.name}.url\nhttps://api.{target.name}.com\nimport tests.sandbox.{target.name}.model\n{target.name}-cli"
        assert not list(names(Path("tests/integration/test_x.py"), text))


# -- the table itself ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_a_row_is_whole(target: Target) -> None:
    """What names files and plays by the table's words finds them."""
    for path in (
        f"docs/{target.name}.md",
        f"tests/demo/targets/{target.name}.py",
    ):
        assert (ROOT / path).is_file(), path
    entries = [task.entry for play in (*target.plays.converge, *target.plays.teardown) for task in play.tasks]
    for entry in entries:
        assert "{{" in entry or (ROOT / "roles" / target.name / "tasks" / f"{entry}.yml").is_file(), entry
    plays = (*target.plays.converge, *target.plays.teardown)
    assert {play.group or target.groups[0] for play in plays} == set(target.groups)
    assert set(target.modules) <= set(generate.modules())
    assert target.name in target.uses
    assert any(use.data_center for use in target.uses.values()) == ("Data Center" in target.editions)
