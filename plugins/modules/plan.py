#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: plan
short_description: Report what a run would change, for all hosts in one task
version_added: 1.0.0
description:
  - Runs the task lists of the collection's roles in check mode for all hosts of the play, in one task and in several
    threads. The result is the same as that of C(ansible-playbook --check), in a fraction of the time.
  - It evaluates every target whose inventory group contains the host. C(--limit), C(--tags) and C(--skip-tags) apply.
  - A failure, such as a credential without a permission, is a finding of that host and target. The task continues with
    the others and does not fail.
  - It evaluates all hosts of the play, so the task should have C(run_once=true).
  - It runs on the controller. Tasks of a role that run on another machine, such as the host of CDS, are not run; the
    target is then V(left out) for that host, with the reason. Run the role in check mode for it.
  - It never changes anything, with or without check mode.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
options:
  playbook:
    description: Playbook of the collection to evaluate.
    type: str
    choices: [site, teardown]
    default: site
  threads:
    description: Number of hosts that are evaluated in parallel.
    type: int
    default: 10
  saved_plan:
    description:
      - Path of the file C(plan.json) that M(repobridge.bitbucket.report) has written in check mode. The task fails if the plan of
        now differs from it for any host of the run, so that nothing is changed that nobody has reviewed.
      - With C(--limit) only the hosts of the run are compared.
    type: path
  hourly_budget:
    description:
      - Number of requests that Bitbucket Cloud accepts in an hour, for webhooks and for all other data of repositories. It is
        used outside check mode only. V(0) means no limit.
      - The default is what Bitbucket reports, as it does for access tokens of a workspace, otherwise 1000.
      - The task fails if a run would need more, by an estimate from what the plan has read and found. It then writes the hosts
        in parts, as files for C(--limit).
    type: int
  directory:
    description: Directory for these files. The default is the current directory.
    type: path
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details: It only reads.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details: It changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
"""

EXAMPLES = r"""
- name: Report drift
  repobridge.bitbucket.plan:
  run_once: true
  register: plan

- name: Report what a teardown would delete
  repobridge.bitbucket.plan:
    playbook: teardown
    threads: 20
  run_once: true
"""

RETURN = r"""
findings:
  description: Every resource that differs or could not be read, in the order of a run. Secrets are hidden.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
      returned: always
      sample: shop
    target:
      description: The target.
      type: str
      returned: always
      sample: gitlab_ci
    status:
      type: str
      returned: always
      description: >-
        V(missing) would be created, V(drift) would be updated or deleted, V(forbidden) and V(error) could not be read,
        V(left out) requires a run of the role.
      sample: drift
    task:
      description: Name of the role's task.
      type: str
      returned: always
      sample: Project
    module:
      description: Module of the task.
      type: str
      returned: always
      sample: gitlab_project
    action:
      description: Action of a run.
      type: str
      returned: always
      sample: update
    kind:
      description: Kind of the resource.
      type: str
      returned: always
      sample: gitlab_project
    name:
      description: Name of the resource.
      type: str
      returned: always
      sample: acme/shop
    drift:
      description: Fields that differ, in the format of every module, with the C(variable) that governs the field if it is known.
      type: list
      elements: dict
      returned: always
    diff:
      description: Unified diff of the texts of files.
      type: str
      returned: always
    message:
      description: The error, or the reason why it was left out.
      type: str
      returned: always
    where:
      description: Of what is unmanaged or kept an URL or an id, otherwise empty.
      type: str
      returned: always
    variable:
      description: >-
        Of what is unmanaged the variable of the inventory that adopts it if it has the value in RV(ignore:findings[].value).
        Empty if nothing adopts it.
      type: str
      returned: always
      sample: gitlab_ci_project_path
    value:
      description: That value.
      type: raw
      returned: always
      sample: acme/storefront
    state:
      description: Digest of what the action starts from and leads to.
      type: str
      returned: always
managed:
  description:
    - How many resources of those that were looked at exist and are managed, how many are unmanaged, and how many of these are
      ignored with C(repobridge_ignore_unmanaged).
    - C(share) is the share of the managed ones; what is ignored does not count.
  returned: success
  type: dict
  sample: {"managed": 120, "unmanaged": 3, "ignored": 1, "share": 0.976}
ignored:
  description: >-
    What is unmanaged and ignored, in the format of RV(ignore:findings), with the reason and the last day of the rule in C(ignored).
  returned: success
  type: list
  elements: dict
targets:
  description: The most serious status of each target and host, or V(ok).
  returned: success
  type: dict
  sample: {"gitlab_ci": {"shop": "drift", "stock": "ok"}}
differs:
  description: The hosts of each target that are not V(ok).
  returned: success
  type: dict
  sample: {"gitlab_ci": ["shop"]}
repositories:
  description: The repository of each host and the URL of its web page, as far as known.
  returned: success
  type: dict
  sample: {"shop": {"repository": "acme/shop", "url": "https://bitbucket.org/acme/shop"}}
started:
  description: When the plan began, in UTC.
  returned: success
  type: str
  sample: "2026-11-29T16:00:00Z"
hosts:
  description: RV(to_run) as patterns for the plays of each inventory group.
  returned: success
  type: dict
  sample: {"gitlab_ci": ["gitlab_ci"], "oci_devops": ["all:!all"]}
to_run:
  description:
    - The hosts of each target for which a run has something to do. These are the hosts in RV(ignore:differs); where hosts of a target
      decide together, all of them if one differs.
    - In check mode, only the hosts with a task that runs on another machine.
  returned: success
  type: dict
  sample: {"gitlab_ci": ["shop"], "oci_devops": []}
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "playbook": {"type": "str", "choices": ["site", "teardown"], "default": "site"},
            "threads": {"type": "int", "default": 10},
            "saved_plan": {"type": "path"},
            "hourly_budget": {"type": "int"},
            "directory": {"type": "path"},
        },
        supports_check_mode=True,
    )
    module.fail_json(msg="repobridge.bitbucket.plan runs on the controller only: call it by its full name")


if __name__ == "__main__":
    main()
