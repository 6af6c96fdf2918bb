#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_log_group
short_description: Manage a log group in OCI
version_added: 1.0.0
description:
  - Creates, updates and deletes a log group of OCI Logging. Every log belongs to a log group.
  - A log group is found by O(name), which is unique in O(compartment_id).
  - It never deletes logs. OCI does not delete a group that contains logs, and the error lists them.
  - Check mode reports exactly what a real run would change, except whether a group to be deleted is empty.
  - If nothing changes, the module sends one request.
  - The caller needs the permission C(manage log-groups) in the compartment, in check mode C(inspect log-groups).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.oci_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.oci
  - repobridge.bitbucket.oci.tags
  - repobridge.bitbucket.adoption
options:
  name:
    description: Name of the log group.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment of the log group.
    type: str
    required: true
  description:
    description: Description of the log group. If it is not set, it is not changed. An empty string clears it.
    type: str
seealso:
  - module: repobridge.bitbucket.oci_log
"""

EXAMPLES = r"""
- name: Create a log group for the mirrors
  repobridge.bitbucket.oci_log_group:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    description: What OCI DevOps writes about our mirrors
  register: log_group

- name: Delete it
  repobridge.bitbucket.oci_log_group:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The log group as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the log group; in check mode C(pending:oci_log_group:) and the name, if it would be created.
      type: str
      returned: when it exists or would be created
      sample: ocid1.loggroup.oc1.eu-frankfurt-1.aaaaaaaaexample
    display_name:
      description: Name of the log group.
      type: str
      returned: when it exists or would be created
    lifecycle_state:
      description: State of the log group as OCI reports it.
      type: str
      returned: when it exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: description
      expected: What OCI DevOps writes about our mirrors
      actual: changed by hand
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_log_group
      name: mirrors
      call: UpdateLogGroup
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log_group import LogGroup


def main() -> None:
    run_module(LogGroup)


if __name__ == "__main__":
    main()
