#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_log
short_description: Manage a log of an OCI service, such as DevOps
version_added: 1.0.0
description:
  - Creates, updates and deletes a log of OCI Logging. Without a log for its project, OCI DevOps does not record its
    runs.
  - A log is found by O(name) in O(log_group_id).
  - OCI has a single log for each source, that is each combination of O(service), O(resource) and O(category). If this
    log exists under another name or in another log group of O(compartment_id), for example because it was enabled in
    the console, the task fails, reports it, and changes nothing. Set O(name) and O(log_group_id) to those of that log
    to manage it.
  - It never renames or moves a log, and never changes its source. OCI cannot change the source; delete the log to do
    so.
  - Check mode reports exactly what a real run would change. Before it reports a creation, it also reads the other log
    groups of O(compartment_id), with one request for each.
  - If nothing changes, the module sends one request.
  - The caller needs the permissions C(manage log-groups) in the compartment and C(use devops-project) for the project; in
    check mode C(inspect log-groups) and C(read log-content).
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
    description: Name of the log.
    type: str
    required: true
  log_group_id:
    description: OCID of the log group of the log.
    type: str
    required: true
  compartment_id:
    description: >-
      OCID of the compartment of the O(resource). If it is not set, OCI uses the compartment of the log group. It is
      only used for a creation.
    type: str
  log_type:
    description: V(SERVICE) is written by an OCI service, V(CUSTOM) by any authorized client.
    type: str
    choices: [SERVICE, CUSTOM]
    default: SERVICE
  service:
    description: Service that writes the log, by its name in Logging.
    type: str
    default: devops
  resource:
    description: OCID of the logged resource, for V(devops) the project. Required for a new log of type V(SERVICE).
    type: str
  category:
    description: Category of the log of the resource. DevOps has only V(all).
    type: str
    default: all
  is_enabled:
    description: Whether the log is enabled. If it is not set, it is not changed; a new log is enabled.
    type: bool
  retention_duration:
    description: Retention of an entry in days, 30 to 180 in steps of 30. If it is not set, it is not changed.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_log_group
  - module: repobridge.bitbucket.oci_devops_project
"""

EXAMPLES = r"""
- name: Keep the log of an OCI DevOps project for sixty days
  repobridge.bitbucket.oci_log:
    name: mirrors
    log_group_id: "{{ log_group.resource.id }}"
    compartment_id: "{{ oci_compartment_id }}"
    resource: "{{ project.resource.id }}"
    is_enabled: true
    retention_duration: 60
  register: log

- name: Delete it
  repobridge.bitbucket.oci_log:
    name: mirrors
    log_group_id: "{{ log_group.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: >-
    The log as OCI returns it, with its source (RV(resource.service), RV(resource.resource), RV(resource.category)) as
    additional keys.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the log; in check mode C(pending:oci_log:) and the name, if it would be created.
      type: str
      returned: when it exists or would be created
      sample: ocid1.log.oc1.eu-frankfurt-1.aaaaaaaaexample
    display_name:
      description: Name of the log.
      type: str
      returned: when it exists or would be created
    service:
      description: Service that writes the log.
      type: str
      returned: for logs of type V(SERVICE)
    resource:
      description: OCID of the logged resource.
      type: str
      returned: for logs of type V(SERVICE)
    category:
      description: Category of the log.
      type: str
      returned: for logs of type V(SERVICE)
    is_enabled:
      description: Whether the log is enabled.
      type: bool
      returned: when it exists
    retention_duration:
      description: Retention of an entry in days.
      type: int
      returned: when it exists
    lifecycle_state:
      description: State of the log as OCI reports it; C(INACTIVE) is a disabled one.
      type: str
      returned: when it exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: is_enabled
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_log
      name: mirrors
      call: UpdateLog
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log import Log


def main() -> None:
    run_module(Log)


if __name__ == "__main__":
    main()
