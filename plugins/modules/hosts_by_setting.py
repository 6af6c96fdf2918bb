#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: hosts_by_setting
short_description: Find the hosts of a play that share something
version_added: 1.0.0
description:
  - Groups the hosts of the play by one of the settings that M(repobridge.bitbucket.settings) registered for them, such as the
    foundation of a target. So one host can do once what all hosts of a group need.
  - It looks at all hosts of the play, so that the task should have C(run_once=true); then all of them get the result.
  - It runs on the controller, calls no service and changes nothing.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
options:
  settings:
    description: Name of the variable that the module M(repobridge.bitbucket.settings) was registered as.
    type: str
    required: true
  setting:
    description: The setting whose value hosts of one group share. Hosts without it are in no group.
    type: str
    required: true
  collect:
    description: Settings of the hosts that are listed for each group.
    type: list
    elements: str
    required: true
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
    target: oci_devops
  register: oci_devops

- name: Hosts of each foundation
  repobridge.bitbucket.hosts_by_setting:
    settings: oci_devops
    setting: foundation
    collect: [repository_name]
  run_once: true
  register: foundations
"""

RETURN = r"""
groups:
  description: The groups, by the value of the setting that their hosts share.
  returned: success
  type: dict
  contains:
    first:
      description: The first host whose integration is to exist, as C(present), and the first of the others, as C(absent).
      type: dict
      returned: always
      sample: {"present": "shop"}
    present:
      description: The collected settings of the hosts whose integration is to exist, a list for each.
      type: dict
      returned: always
      sample: {"repository_name": ["shop", "stock"]}
    absent:
      description: The collected settings of the hosts whose integration is to be removed.
      type: dict
      returned: always
      sample: {"repository_name": []}
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    module = AnsibleModule(
        argument_spec={
            "settings": {"type": "str", "required": True},
            "setting": {"type": "str", "required": True},
            "collect": {"type": "list", "elements": "str", "required": True},
        },
        supports_check_mode=True,
    )
    module.fail_json(msg="repobridge.bitbucket.hosts_by_setting runs on the controller only: call it by its full name")


if __name__ == "__main__":
    main()
