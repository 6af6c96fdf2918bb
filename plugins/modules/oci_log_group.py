#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_log_group
short_description: Manage a log group in OCI
version_added: 1.0.0
description:
  - Makes, changes and deletes a log group of OCI Logging. Every log is in one.
  - A log group is found again by O(name), which is unique in O(compartment_id).
  - It never deletes logs. While some are in a group, OCI refuses to delete the group, and the error says which.
  - Check mode knows everything a real run would do, except that it does not look whether a group to be deleted is empty.
  - Converged, a task costs one call.
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
options:
  name:
    description: Name of the log group.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the log group is in.
    type: str
    required: true
  description:
    description: What the log group is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
seealso:
  - module: repobridge.bitbucket.oci_log
"""

EXAMPLES = r"""
- name: A log group for the mirrors
  repobridge.bitbucket.oci_log_group:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    description: What OCI DevOps writes about our mirrors
  register: log_group

- name: Take it away
  repobridge.bitbucket.oci_log_group:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The log group as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the log group; in check mode C(pending:oci_log_group:) and the name, if it would be made.
      type: str
      returned: when there is one or would be one
      sample: ocid1.loggroup.oc1.eu-frankfurt-1.aaaaaaaaexample
    display_name:
      description: Name of the log group.
      type: str
      returned: when there is one or would be one
    lifecycle_state:
      description: State of the log group in OCI's words.
      type: str
      returned: when there is one
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: description
      expected: What OCI DevOps writes about our mirrors
      actual: changed by hand
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_log_group
      name: mirrors
      call: UpdateLogGroup
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log_group import LogGroup


def main() -> None:
    run_module(LogGroup)


if __name__ == "__main__":
    main()
