#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_notification_topic
short_description: Manage a notification topic in OCI
version_added: 1.0.0
description:
  - Makes, changes and deletes a topic of the OCI Notifications service. An OCI DevOps project needs one.
  - A topic is found again by O(name), which is unique in the tenancy and can't be changed.
  - It never touches the topic's subscriptions, except that deleting a topic deletes them too.
  - Check mode knows everything a real run would do.
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
options:
  name:
    description: Name of the topic.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the topic is in.
    type: str
    required: true
  description:
    description: What the topic is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
seealso:
  - module: repobridge.bitbucket.oci_devops_project
"""

EXAMPLES = r"""
- name: A topic for what happens in the DevOps project
  repobridge.bitbucket.oci_notification_topic:
    name: devops-events
    compartment_id: "{{ oci_compartment_id }}"
    description: Mirrors and builds of our repositories
  register: topic

- name: Take it away
  repobridge.bitbucket.oci_notification_topic:
    name: devops-events
    compartment_id: "{{ oci_compartment_id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The topic as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the topic; in check mode C(pending:oci_notification_topic:) and the name, if it would be made.
      type: str
      returned: when there is a topic or would be one
      sample: ocid1.onstopic.oc1.eu-frankfurt-1.aaaaaaaaexample
    name:
      description: Name of the topic.
      type: str
      returned: when there is a topic or would be one
    lifecycle_state:
      description: State of the topic in OCI's words.
      type: str
      returned: when there is a topic
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: description
      expected: Mirrors and builds of our repositories
      actual: ""
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_notification_topic
      name: devops-events
      call: UpdateTopic
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.notification import Topic


def main() -> None:
    run_module(Topic)


if __name__ == "__main__":
    main()
