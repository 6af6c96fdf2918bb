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
# The fact of localhost that says for which hosts of each group there is something to do.
HOSTS = "repobridge_hosts"

_SITE = """\
# Brings every integration of the inventory to its state. Targets that commit to Bitbucket come before those that only read.
"""
_AUDIT = """\
# Reports what differs between the inventory and the services, without changing anything: site in check mode. Set
# repobridge_report_dir for the report as files, and repobridge_fail_on for what makes the run fail.
- name: Audit
  ansible.builtin.import_playbook: site.yml
  vars:
    repobridge_check_mode: true
    repobridge_report_of: audit
"""
_TEARDOWN = """\
# Deletes what site.yml created, in the reverse order. Repositories in Bitbucket remain, except for the files that site.yml added.
"""
_SETTINGS = """\
# Checks the variables of all hosts, for every target whose group they are in, without a call to any service. The first play
# of site, audit and teardown: what is wrong anywhere is known before anything is changed. With --tags and the name of a
# target only that one is checked.
"""
_PLAN = """\
# Finds for all hosts and targets at once what differs. Of the plays after it in site only hosts take part for which something
# does, so that a converged repository costs next to nothing; in check mode only those with tasks that the plan cannot run.
# repobridge_plan_first=false goes through all tasks for all hosts.
"""
_LOCAL = """\
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
"""
_ELSEWHERE = "  gather_facts: false\n"
_REPORT = """\
# Shows what the run found and did, for all hosts and targets at once, and fails if that is asked for.
"""
_CHECK = '  check_mode: "{{ repobridge_check_mode | default(ansible_check_mode) }}"\n'


def files(table: Iterable[Target]) -> dict[Path, str]:
    """Every playbook by its path from the root."""
    targets = list(table)
    out = {
        "site": _with_settings(
            _SITE, [_PLAN_IMPORTED, *(_imported(target) for target in converged(targets)), _report_imported("site")]
        ),
        "plan": _plan(converged(targets)),
        "report": _report(converged(targets)),
        "audit": _AUDIT,
        "teardown": _with_settings(
            _TEARDOWN,
            [*(play for target in removed(targets) for play in _teardown(target)), _report_imported("teardown")],
            "absent",
        ),
        "settings": _settings(converged(targets)),
    }
    out.update({target.name: _converge(target) for target in targets})
    return {FOLDER / f"{name}.yml": "---\n" + text for name, text in out.items()}


# -- the order of the targets --------------------------------------------------------------------------------------------


def converged(targets: Iterable[Target]) -> list[Target]:
    """Those that commit come first, those with parts for hosts of a service last."""
    return sorted(targets, key=lambda target: (not target.plays.commits, bool(target.parts)))


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
{_LOCAL}{_CHECK}  tags: [always]
  tasks:
    - name: What differs
      {COLLECTION}.plan:
        saved_plan: "{{{{ repobridge_plan | default(omit, true) }}}}"
        hourly_budget: "{{{{ bitbucket_hourly_budget | default(omit) }}}}"
        directory: "{{{{ repobridge_report_dir | default(omit) }}}}"
      run_once: true
      when: repobridge_plan_first | default(true) | bool
      register: repobridge_planned

    - name: Hosts that take part
      ansible.builtin.set_fact:
        {HOSTS}: "{{{{ repobridge_planned.hosts }}}}"
      delegate_to: localhost
      delegate_facts: true
      run_once: true
      when: repobridge_planned.hosts is defined
"""


def _report_imported(playbook: str) -> str:
    return f"""- name: Report
  ansible.builtin.import_playbook: report.yml
  vars:
    repobridge_report_playbook: {playbook}
"""


def _report(targets: list[Target]) -> str:
    return f"""{_REPORT}- name: Report
  hosts: "{_all_hosts(targets)}"
{_LOCAL}{_CHECK}  tags: [always]
  tasks:
    - name: Report
      {COLLECTION}.report:
        playbook: "{{{{ repobridge_report_of | default(repobridge_report_playbook) }}}}"
        plan: "{{{{ repobridge_planned | default(omit) }}}}"
        directory: "{{{{ repobridge_report_dir | default(omit) }}}}"
        formats: "{{{{ repobridge_report_formats | default(omit) }}}}"
        fail_on: "{{{{ repobridge_fail_on | default(omit) }}}}"
        fail_on_drift: "{{{{ repobridge_fail_on_drift | default(omit) }}}}"
      run_once: true
      register: repobridge_report

    # After the report, so that a workflow gets the artifact of a run that fails.
    - name: Fail on what repobridge_fail_on names
      ansible.builtin.fail:
        msg: "{{{{ repobridge_report.failing }}}}"
      run_once: true
      when: repobridge_report.failing != ''
"""


def _all_hosts(targets: list[Target]) -> str:
    return f"{{{{ {_those_in_inventory(targets)} | default(['{NOBODY}'], true) }}}}"


def _those_in_inventory(targets: list[Target]) -> str:
    groups = ", ".join(f"'{group}'" for target in targets for group in target.groups)
    return f"[{groups}] | select('in', groups) | list"


def _somebody(groups: Iterable[str]) -> str:
    return " or ".join(f"groups.{group} | default([])" for group in groups)


def _all_or_anybody(targets: list[Target]) -> str:
    """The hosts of all targets. The play must not be empty, because nobody would see then that nothing is done: where no group has
    a host, or a limit may leave none, any other host or the implicit localhost says so. With neither there is only an error."""
    either = "\n    or ".join(_somebody(target.groups) for target in targets)
    return f"""{{{{ undef(hint='{EMPTY}') if ansible_limit is defined and not groups.all else
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
""" + "\n".join(_task(target, task) for task in play.tasks)


def _hosts_of_play(target: Target, play: Play, converges: bool) -> str:
    """Alone, the playbook of a target whose groups have no host is an error; in ``site`` there are others.

    Of an inventory without any host ansible-core warns itself; a syntax check has none.
    """
    group = play.group or target.groups[0]
    if not converges:
        return f'"{_hosts(group)}"'
    others = [other for other in target.groups if other != group]
    either = f"\n    else '{NOBODY}' if {_somebody(others)}" if others else ""
    hint = f"No host of the inventory is in a group of {target.title}: {', '.join(target.groups)}."
    differing = f"hostvars.localhost.{HOSTS}.{group}"
    return f""">-
    {{{{ {differing} if {differing} is defined
    else '{group}' if groups.{group} | default([]){either}
    else repobridge_nobody if repobridge_nobody is defined
    else '{NOBODY}' if not groups.all
    else undef(hint='{hint}') }}}}"""


def _hosts(group: str) -> str:
    """The hosts of the group. A group that the inventory does not have would be a warning."""
    return f"{{{{ {_group(group)} }}}}"


def _group(group: str) -> str:
    return f"'{group}' if groups.{group} | default([]) else '{NOBODY}'"


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
