#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_log
short_description: Manage a log of an OCI service, such as DevOps
version_added: 1.0.0
description:
  - Makes, changes and deletes a log of OCI Logging. Without a log for its project, OCI DevOps keeps no record of what it runs.
  - A log is found again by O(name) in O(log_group_id).
  - Of one source, that is one O(service), O(resource) and O(category), OCI keeps a single log. If that is there already under another
    name or in another log group of O(compartment_id), for example because somebody has enabled it in the console, the task fails,
    names it, and changes nothing. Set O(name) and O(log_group_id) to that log's to manage it.
  - It never renames or moves a log, and never changes what it is a log of. OCI can't change the source; delete the log to do so.
  - Check mode knows everything a real run would do. For a log it would make, it looks into the other log groups of
    O(compartment_id) as well, which costs a call for each.
  - Converged, a task costs one call.
  - The caller needs the permissions C(manage log-groups) in the compartment and C(use devops-project) for the project;
    in check mode C(inspect log-groups) and C(read log-content).
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
    description: Name of the log.
    type: str
    required: true
  log_group_id:
    description: OCID of the log group the log is in.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the O(resource) is in. If it is not set, OCI takes the log group's. It counts at creation only.
    type: str
  log_type:
    description: V(SERVICE) is written by an OCI service, V(CUSTOM) by whoever may.
    type: str
    choices: [SERVICE, CUSTOM]
    default: SERVICE
  service:
    description: Service that writes the log, by the name Logging has for it.
    type: str
    default: devops
  resource:
    description: OCID of what is logged, for V(devops) of the project. A new log of type V(SERVICE) can't be made without it.
    type: str
  category:
    description: Which of the service's logs of the resource it is. DevOps has only V(all).
    type: str
    default: all
  is_enabled:
    description: Whether the log is written. If it is not set, it is left as it is; a new one is.
    type: bool
  retention_duration:
    description: Days an entry is kept, 30 to 180 in steps of 30. If it is not set, it is left as it is.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_log_group
  - module: repobridge.bitbucket.oci_devops_project
"""

EXAMPLES = r"""
- name: Keep what OCI DevOps writes about the project for sixty days
  repobridge.bitbucket.oci_log:
    name: mirrors
    log_group_id: "{{ log_group.resource.id }}"
    compartment_id: "{{ oci_compartment_id }}"
    resource: "{{ project.resource.id }}"
    is_enabled: true
    retention_duration: 60
  register: log

- name: Take it away
  repobridge.bitbucket.oci_log:
    name: mirrors
    log_group_id: "{{ log_group.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The log as OCI describes it, with its source (RV(resource.service), RV(resource.resource), RV(resource.category)) beside it.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the log; in check mode C(pending:oci_log:) and the name, if it would be made.
      type: str
      returned: when there is one or would be one
      sample: ocid1.log.oc1.eu-frankfurt-1.aaaaaaaaexample
    display_name:
      description: Name of the log.
      type: str
      returned: when there is one or would be one
    service:
      description: Service that writes it.
      type: str
      returned: for logs of type V(SERVICE)
    resource:
      description: OCID of what is logged.
      type: str
      returned: for logs of type V(SERVICE)
    category:
      description: Which of the service's logs it is.
      type: str
      returned: for logs of type V(SERVICE)
    is_enabled:
      description: Whether it is written.
      type: bool
      returned: when there is one
    retention_duration:
      description: Days an entry is kept.
      type: int
      returned: when there is one
    lifecycle_state:
      description: State of the log in OCI's words; C(INACTIVE) is a disabled one.
      type: str
      returned: when there is one
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: is_enabled
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_log
      name: mirrors
      call: UpdateLog
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.log import Log


def main() -> None:
    run_module(Log)


if __name__ == "__main__":
    main()
