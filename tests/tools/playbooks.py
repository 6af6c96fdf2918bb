# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks, written from the table of targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.plays import Play, Task
    from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.target import Target

FOLDER = Path("playbooks")
COLLECTION = "repobridge.bitbucket"
NOBODY = "all:!all"
EMPTY = "The inventory has no host, or could not be parsed."

_SITE = """\
# Brings every integration of the inventory to its state. Targets that commit to Bitbucket come before those that only read.
"""
_AUDIT = """\
# What differs between the inventory and the services, without changing anything.
# With repobridge_fail_on_drift=true the run fails where something does.
"""
_TEARDOWN = """\
# The way back: takes away what site.yml made. Repositories in Bitbucket stay, and all in them but the files site.yml put there.
"""
_SETTINGS = """\
# Checks the variables of all hosts, for every target whose group they are in, without a call to any service. The first play
# of site, audit and teardown: what is wrong anywhere is known before anything is changed. With --tags and the name of a
# target only that one is checked.
"""
_PLAN = """\
# Finds for all hosts and targets at once what differs. Of the plays after it in site only hosts take part for which something
# does, so that a converged repository costs next to nothing. repobridge_plan_first=false goes through all tasks for all hosts.
"""
_LOCAL = """\
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
"""
_ELSEWHERE = "  gather_facts: false\n"
_CHECK = '  check_mode: "{{ repobridge_check_mode | default(ansible_check_mode) }}"\n'


def files(table: Iterable[Target]) -> dict[Path, str]:
    """Every playbook by its path from the root."""
    targets = list(table)
    out = {
        "site": _with_settings(_SITE, [_PLAN_IMPORTED, *(_imported(target) for target in converged(targets))]),
        "plan": _plan(converged(targets)),
        "audit": _with_settings(_AUDIT, [play for target in audited(targets) for play in _audit(target)]),
        "teardown": _with_settings(
            _TEARDOWN, [play for target in removed(targets) for play in _teardown(target)], "absent"
        ),
        "settings": _settings(converged(targets)),
    }
    out.update({target.name: _converge(target) for target in targets})
    return {FOLDER / f"{name}.yml": "---\n" + text for name, text in out.items()}


# -- the order of the targets --------------------------------------------------------------------------------------------


def converged(targets: Iterable[Target]) -> list[Target]:
    """Those that commit come first, those with parts for hosts of a service last."""
    return sorted(targets, key=lambda target: (not target.plays.commits, bool(target.parts)))


def audited(targets: Iterable[Target]) -> list[Target]:
    """As the table; those with parts for hosts of a service last."""
    return sorted(targets, key=lambda target: bool(target.parts))


def removed(targets: Iterable[Target]) -> list[Target]:
    """The reverse of the table; at the end those that say why."""
    backwards = list(targets)[::-1]
    return sorted(backwards, key=lambda target: bool(target.plays.last))


# -- the playbooks -------------------------------------------------------------------------------------------------------


def _with_settings(comment: str, plays: list[str], state: str = "") -> str:
    first = "- name: Settings of all targets\n  ansible.builtin.import_playbook: settings.yml\n"
    if state:
        first += f"  vars:\n    repobridge_settings_state: {state}\n"
    return comment + "\n".join([first, *plays])


_PLAN_IMPORTED = "- name: Plan\n  ansible.builtin.import_playbook: plan.yml\n"


def _plan(targets: list[Target]) -> str:
    return f"""{_PLAN}- name: Plan
  hosts: "{_all_hosts(targets)}"
{_LOCAL}  tags: [always]
  tasks:
    - name: What differs
      {COLLECTION}.plan:
      run_once: true
      when: repobridge_plan_first | default(true) | bool
      register: repobridge_plan
"""


def _all_hosts(targets: list[Target]) -> str:
    return f"{{{{ {_those_in_inventory(targets)} | default(['{NOBODY}'], true) }}}}"


def _those_in_inventory(targets: list[Target]) -> str:
    groups = ", ".join(f"'{group}'" for target in targets for group in target.groups)
    return f"[{groups}] | select('in', groups) | list"


def _somebody(groups: Iterable[str]) -> str:
    return " or ".join(f"groups['{group}'] | default([])" for group in groups)


def _all_or_anybody(targets: list[Target]) -> str:
    """The hosts of all targets. The play must not be empty, because nobody would see then that nothing is done: where no group has
    a host, or a limit may leave none, any other host or the implicit localhost says so. With neither there is only an error."""
    either = "\n    or ".join(_somebody(target.groups) for target in targets)
    return f"""{{{{ undef(hint='{EMPTY}') if ansible_limit is defined and not groups['all'] else
    ({_those_in_inventory(targets)})
    + ([] if ansible_limit is not defined and (
    {either})
    else ['all', 'localhost']) }}}}"""


def _settings(targets: list[Target]) -> str:
    return f"""{_SETTINGS}- name: Settings of all targets
  hosts: >-
    {_all_or_anybody(targets)}
  gather_facts: false
  tags: [always]
  tasks:
    - name: Settings of all targets
      {COLLECTION}.settings:
        target: all
        state: "{{{{ repobridge_settings_state | default(omit) }}}}"
      run_once: true
      register: repobridge_settings
"""


def _imported(target: Target, variables: str = "") -> str:
    return f"""- name: {target.title}
  ansible.builtin.import_playbook: {target.name}.yml
  vars:
    repobridge_nobody: {NOBODY}
{variables}"""


def _converge(target: Target) -> str:
    plays = [_play(target, play, converges=True) for play in target.plays.converge]
    return f"# {target.plays.about} See docs/{target.name}.md.\n" + "\n".join(plays)


def _audit(target: Target) -> Iterator[str]:
    yield _imported(target, "    repobridge_check_mode: true\n")
    yield f"""- name: {target.title}, report
  hosts: "{_hosts(*target.groups)}"
{_LOCAL}  tags: [{target.name}]
  tasks:
    - name: Report
      ansible.builtin.include_role:
        name: {COLLECTION}.{target.name}
        tasks_from: report.yml
"""


def _teardown(target: Target) -> Iterator[str]:
    for number, play in enumerate(target.plays.teardown):
        why = f"# Last, because {target.plays.last}\n" if target.plays.last and number == 0 else ""
        yield why + _play(target, play)


def _play(target: Target, play: Play, converges: bool = False) -> str:
    name = ", ".join(filter(None, (target.title, play.name)))
    return f"""- name: {name}
  hosts: {_hosts_of_play(target, play, converges)}
{_LOCAL if play.local else _ELSEWHERE}{_CHECK if converges else ""}  tags: [{", ".join((target.name, *play.tags))}]
  tasks:
""" + "\n".join([*([_planned(target)] if converges else []), *(_task(target, task) for task in play.tasks)])


def _hosts_of_play(target: Target, play: Play, converges: bool) -> str:
    """Alone, the playbook of a target whose groups have no host is an error; in ``site`` there are others."""
    group = play.group or target.groups[0]
    if not converges:
        return f'"{_hosts(group)}"'
    others = [other for other in target.groups if other != group]
    either = f"\n    else '{NOBODY}' if {_somebody(others)}" if others else ""
    hint = f"No host of the inventory is in a group of {target.title}: {', '.join(target.groups)}."
    return f""">-
    {{{{ '{group}' if groups['{group}'] | default([]){either}
    else repobridge_nobody if repobridge_nobody is defined
    else undef(hint='{hint}') }}}}"""


def _planned(target: Target) -> str:
    """After a plan a host takes part only if it differs; it is no task result."""
    return f"""    - name: End the play for hosts that do not differ
      ansible.builtin.meta: end_host
      when: "inventory_hostname not in (repobridge_plan | default({{}})).to_run.{target.name} | default([inventory_hostname])"
      tags: [always]
"""


def _hosts(*groups: str) -> str:
    """The hosts of the groups. A group that the inventory does not have would be a warning."""
    if len(groups) == 1:
        return f"{{{{ '{groups[0]}' if groups['{groups[0]}'] | default([]) else '{NOBODY}' }}}}"
    return f"{{{{ {list(groups)} | select('in', groups) | join(':') | default('{NOBODY}', true) }}}}"


def _task(target: Target, task: Task) -> str:
    entry = f'"{task.entry}"' if "{{" in task.entry else task.entry
    lines = [
        f"    # {task.comment}" if task.comment else "",
        f"    - name: {task.name}",
        f"      ansible.builtin.{'include' if task.included or task.when else 'import'}_role:",
        f"        name: {COLLECTION}.{target.name}",
        f"        tasks_from: {entry}" if entry != "main" else "",
        "        rolespec_validate: false",
        f"      when: {task.when}" if task.when else "",
        f"      tags: [{', '.join(task.tags)}]" if task.tags else "",
    ]
    return "".join(f"{line}\n" for line in lines if line)
