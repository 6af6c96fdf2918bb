#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: report
short_description: Report what a run of the collection found and did
version_added: 1.0.0
description:
  - Shows a table of repositories and targets with their statuses, then one line for each difference that needs a decision. It is
    the last task of the playbooks C(site), C(audit) and C(teardown).
  - It evaluates what the tasks of the roles have registered, and the result of M(repobridge.bitbucket.plan) for the hosts that
    took part in no task. It sends no request to any service and changes nothing there.
  - It writes the report as files if O(directory) is set. The files contain names and settings of repositories, but no secrets.
  - RV(failing) says why the run is to fail, because a status in O(fail_on) was found. The module itself does not fail, because
    ansible-core ignores the artifact of a failed task. Use M(ansible.builtin.fail) in the next task, as the playbooks do.
  - It provides the counts and the names of the hosts that differ as the artifact C(repobridge_report), as
    M(ansible.builtin.set_stats) does, for the later jobs of a workflow.
  - It evaluates all hosts of the play, so the task should have C(run_once=true). If every host of a play has failed,
    ansible-core ends the run, and no report is shown.
  - It runs on the controller.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
options:
  playbook:
    description: The playbook that was run.
    type: str
    choices: [site, audit, teardown]
    default: site
  plan:
    description: Result of M(repobridge.bitbucket.plan) at the beginning of the run.
    type: dict
    default: {}
  directory:
    description: Directory for the files of the report. It is created if it does not exist.
    type: path
  formats:
    description: Files to write. V(junit) requires the Python package junitparser.
    type: list
    elements: str
    choices: [json, html, junit, sarif, markdown]
    default: [json, html]
  fail_on:
    description: Statuses that make the run fail. Hosts that have failed in the run already do not count.
    type: list
    elements: str
    choices: [error, forbidden, missing, drift, unmanaged]
    default: [forbidden, error]
  fail_on_drift:
    description: Short for all statuses in O(fail_on).
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details: It writes the same files in check mode.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details: It changes nothing in a service.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
"""

EXAMPLES = r"""
- name: Report what differs
  repobridge.bitbucket.report:
    playbook: audit
    plan: "{{ repobridge_plan }}"
    directory: /var/lib/repobridge/report
    formats: [json, html, junit]
    fail_on: [error, forbidden, missing, drift]
  run_once: true
  register: report
"""

RETURN = r"""
counts:
  description: Number of pairs of host and target with each status.
  returned: success
  type: dict
  sample: {"ok": 41, "drift": 2}
failing:
  description: Why the run is to fail, with the number of hosts of each target and status; empty if it is not.
  returned: success
  type: str
  sample: "GitLab CI/CD: 1 error, 2 drift"
files:
  description: Files that were written.
  returned: success
  type: list
  elements: str
  sample: [/var/lib/repobridge/report/report.json]
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "playbook": {"type": "str", "choices": ["site", "audit", "teardown"], "default": "site"},
            "plan": {"type": "dict", "default": {}},
            "directory": {"type": "path"},
            "formats": {
                "type": "list",
                "elements": "str",
                "choices": ["json", "html", "junit", "sarif", "markdown"],
                "default": ["json", "html"],
            },
            "fail_on": {
                "type": "list",
                "elements": "str",
                "choices": ["error", "forbidden", "missing", "drift", "unmanaged"],
                "default": ["forbidden", "error"],
            },
            "fail_on_drift": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    module.fail_json(msg="repobridge.bitbucket.report runs on the controller only: call it by its full name")


if __name__ == "__main__":
    main()
