#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: hosts_by_setting
short_description: Group the hosts of a play by a setting
version_added: 1.0.0
description:
  - Groups the hosts of the play by one of the settings that M(repobridge.bitbucket.settings) registered for them, such
    as the foundation of a target. One host can then run the tasks that all hosts of a group need once.
  - It evaluates all hosts of the play, so the task should have C(run_once=true); then all hosts get the result.
  - It runs on the controller, sends no request and changes nothing.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
options:
  settings:
    description: Name of the variable in which the result of M(repobridge.bitbucket.settings) was registered.
    type: str
    required: true
  setting:
    description: Setting by whose value the hosts are grouped. Hosts without it are in no group.
    type: str
    required: true
  collect:
    description: Settings of the hosts to return for each group.
    type: list
    elements: str
    required: true
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
    target: oci_devops
  register: oci_devops

- name: Group the hosts by foundation
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
      description: C(present) is the first host whose integration is to exist, C(absent) the first of the other hosts.
      type: dict
      returned: always
      sample: {"present": "shop"}
    present:
      description: Collected settings of the hosts whose integration is to exist, one list for each setting.
      type: dict
      returned: always
      sample: {"repository_name": ["shop", "stock"]}
    absent:
      description: Collected settings of the hosts whose integration is to be deleted.
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
