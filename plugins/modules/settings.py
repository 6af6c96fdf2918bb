#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: settings
short_description: Resolve the variables of a target for a host
version_added: 1.0.0
description:
  - Takes the variables that the role of a target documents from the inventory, from extra variables and surveys, converts each
    to its type once, adds defaults and what follows from them, and refuses what contradicts itself.
  - A variable that is blank or null counts as not set, so that the environment variable or the default applies.
  - A variable that no role knows, but whose name is nearly that of one, is reported in a warning.
  - The roles of the collection begin with it, and read everything else from what it returns.
  - It runs on the controller, calls no service and changes nothing. Its result has credentials in it and is never shown.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
options:
  target:
    description:
      - The target, which is the name of its role.
      - With V(all) the task only checks, for all hosts of the play and every target whose inventory groups they are in. Where
        something is wrong it names all of it. The task should have C(run_once=true).
      - Of V(all) those targets are checked that C(--tags) and C(--skip-tags) leave to be run.
    type: str
    required: true
  state:
    description: In place of the target's own variable for the state, which is named after it (C(<target>_state)).
    type: str
    choices: [present, absent]
  part:
    description:
      - For a host that is no repository, what it is for, such as the hosts that a service runs on. The guide of a target says
        which parts it has.
    type: str
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
- name: Settings
  repobridge.bitbucket.settings:
    target: gitlab_ci
  register: gitlab_ci

- name: Check the variables of all hosts before anything is changed
  repobridge.bitbucket.settings:
    target: all
  run_once: true
"""

RETURN = r"""
connection:
  description: The options of all modules of a service, by the service, for C(module_defaults).
  returned: success
  type: dict
state:
  description: V(present) or V(absent).
  returned: success
  type: str
checked:
  description: How many hosts were checked, by their inventory groups.
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
