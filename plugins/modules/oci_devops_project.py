#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_project
short_description: Manage a project of OCI DevOps
version_added: 1.0.0
description:
  - Makes, changes and deletes a project of OCI DevOps. Connections, mirrored repositories and pipelines are in one.
  - A project is found again by O(name) in O(compartment_id). The name can't be changed.
  - It never deletes what is in a project. While something is, OCI refuses to delete the project, and the error says what is left.
  - Check mode knows everything a real run would do, except that it does not look whether a project to be deleted is empty.
  - Converged, a task costs one call.
  - The caller needs the permissions C(manage devops-project) in the compartment and C(use ons-topics) for the topic;
    in check mode C(inspect devops-project).
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
    description: Name of the project; letters, digits, C(-) and C(_).
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the project is in.
    type: str
    required: true
  notification_topic_id:
    description:
      - OCID of the topic that hears of what happens in the project. A new project can't be made without one.
      - If it is not set, the topic of an existing project is left as it is.
    type: str
  description:
    description: What the project is for. If it is not set, it is left as it is. An empty text clears it.
    type: str
seealso:
  - module: repobridge.bitbucket.oci_notification_topic
  - module: repobridge.bitbucket.oci_devops_connection
  - module: repobridge.bitbucket.oci_log
"""

EXAMPLES = r"""
- name: A project for the mirrors
  repobridge.bitbucket.oci_devops_project:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    notification_topic_id: "{{ topic.resource.id }}"
    description: Mirrors of our Bitbucket repositories
  register: project

- name: Take it away, once nothing is in it any more
  repobridge.bitbucket.oci_devops_project:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The project as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the project; in check mode C(pending:oci_devops_project:) and the name, if it would be made.
      type: str
      returned: when there is one or would be one
      sample: ocid1.devopsproject.oc1.eu-frankfurt-1.aaaaaaaaexample
    name:
      description: Name of the project.
      type: str
      returned: when there is one or would be one
    notification_config:
      description: The C(topic_id) of its topic.
      type: dict
      returned: when there is one or would be one
    namespace:
      description: The tenancy's namespace, which is part of the repositories' addresses.
      type: str
      returned: when there is one
    lifecycle_state:
      description: State of the project in OCI's words.
      type: str
      returned: when there is one
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: notification_config.topic_id
      expected: ocid1.onstopic.oc1.eu-frankfurt-1.aaaaaaaanew
      actual: ocid1.onstopic.oc1.eu-frankfurt-1.aaaaaaaaold
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_devops_project
      name: mirrors
      call: UpdateProject
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project


def main() -> None:
    run_module(Project)


if __name__ == "__main__":
    main()
