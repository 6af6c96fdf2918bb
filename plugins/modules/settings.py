#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: settings
short_description: Resolve the variables of a target for a host
version_added: 1.0.0
description:
  - Reads the variables that the role of a target documents from the inventory, from extra variables and surveys,
    converts each to its type once, adds defaults and derived values, and rejects contradictory variables.
  - A variable that is blank or null counts as not set, so that the environment variable or the default applies.
  - A variable that no role documents is reported in a warning if its name begins with the name of a target, or is similar
    to a documented one. If the variable C(repobridge_strict) is true, it is an error.
  - The roles of the collection begin with this module, and read all further values from its result.
  - It runs on the controller, sends no request and changes nothing. Its result contains credentials and is never shown.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
options:
  target:
    description:
      - The target, by the name of its role.
      - With V(all) the task only validates, for all hosts of the play and every target whose inventory groups contain
        them. It reports all errors at once. Use C(run_once=true).
      - With V(all) the task also fails if no host of the play is in a group of a target, if two hosts of a target are the
        same repository, and if hosts that share an object (a foundation, a project) differ in its settings. Groups with
        names that are similar to those of a target are reported in a warning, with C(repobridge_strict) in an error.
      - With V(all) only the targets that C(--tags) and C(--skip-tags) select are validated.
    type: str
    required: true
  state:
    description: Overrides the target's variable for the state, which is named after it (C(<target>_state)).
    type: str
    choices: [present, absent]
  part:
    description:
      - Part of the target, for a host that is not a repository, such as the hosts of a service. The guide of a target
        lists its parts.
    type: str
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details: The module only reads.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details: The module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second run changes nothing.
    support: full
"""

EXAMPLES = r"""
- name: Resolve the settings
  repobridge.bitbucket.settings:
    target: gitlab_ci
  register: gitlab_ci

- name: Validate the variables of all hosts before anything is changed
  repobridge.bitbucket.settings:
    target: all
  run_once: true
"""

RETURN = r"""
connection:
  description: Connection options for all modules of a service, by service, for C(module_defaults).
  returned: success
  type: dict
state:
  description: V(present) or V(absent).
  returned: success
  type: str
checked:
  description: Number of validated hosts, by inventory group.
  returned: with O(target=all)
  type: dict
  sample: {"gitlab_ci": 12, "oci_devops": 12}
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "target": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"]},
            "part": {"type": "str"},
        },
        supports_check_mode=True,
    )
    module.fail_json(msg="repobridge.bitbucket.settings runs on the controller only: call it by its full name")


if __name__ == "__main__":
    main()
