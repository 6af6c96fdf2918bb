#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_notification_topic
short_description: Manage a notification topic in OCI
version_added: 1.0.0
description:
  - Creates, updates and deletes a topic of the OCI Notifications service. An OCI DevOps project needs one.
  - A topic is found by O(name), which is unique in the tenancy and cannot be changed.
  - It never changes the topic's subscriptions, except that deleting a topic deletes them too.
  - Check mode reports exactly what a real run would change.
  - The caller needs the permission C(manage ons-topics) in the compartment, in check mode C(inspect ons-topics).
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
    description: Name of the topic.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment of the topic.
    type: str
    required: true
  description:
    description: Description of the topic. If it is not set, it is not changed. An empty string clears it.
    type: str
seealso:
  - module: repobridge.bitbucket.oci_devops_project
"""

EXAMPLES = r"""
- name: Create a topic for the notifications of a DevOps project
  repobridge.bitbucket.oci_notification_topic:
    name: devops-events
    compartment_id: "{{ oci_compartment_id }}"
    description: Mirrors and builds of our repositories
  register: topic

- name: Delete it
  repobridge.bitbucket.oci_notification_topic:
    name: devops-events
    compartment_id: "{{ oci_compartment_id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The topic as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        OCID of the topic; in check mode C(pending:oci_notification_topic:) and the name, if it would be created.
      type: str
      returned: when the topic exists or would be created
      sample: ocid1.onstopic.oc1.eu-frankfurt-1.aaaaaaaaexample
    name:
      description: Name of the topic.
      type: str
      returned: when the topic exists or would be created
    lifecycle_state:
      description: State of the topic as OCI reports it.
      type: str
      returned: when the topic exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: description
      expected: Mirrors and builds of our repositories
      actual: ""
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_notification_topic
      name: devops-events
      call: UpdateTopic
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic


def main() -> None:
    run_module(Topic)


if __name__ == "__main__":
    main()
