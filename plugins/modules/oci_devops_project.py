#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_project
short_description: Manage a project of OCI DevOps
version_added: 1.0.0
description:
  - Creates, updates and deletes a project of OCI DevOps. It contains connections, mirrored repositories and pipelines.
  - A project is found by O(name) in O(compartment_id). The name cannot be changed.
  - It never deletes the content of a project. OCI does not delete a project that is not empty, and the error lists its
    content.
  - Check mode reports exactly what a real run would change, except whether a project to be deleted is empty.
  - If nothing changes, the module sends one request.
  - The caller needs the permissions C(manage devops-project) in the compartment and C(use ons-topics) for the topic; in
    check mode C(inspect devops-project).
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
    description: Name of the project; letters, digits, C(-) and C(_).
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment of the project.
    type: str
    required: true
  notification_topic_id:
    description:
      - OCID of the topic for notifications about the project. Required for a new project.
      - If it is not set, the topic of an existing project is not changed.
    type: str
  description:
    description: Description of the project. If it is not set, it is not changed. An empty string clears it.
    type: str
seealso:
  - module: repobridge.bitbucket.oci_notification_topic
  - module: repobridge.bitbucket.oci_devops_connection
  - module: repobridge.bitbucket.oci_log
"""

EXAMPLES = r"""
- name: Create a project for the mirrors
  repobridge.bitbucket.oci_devops_project:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    notification_topic_id: "{{ topic.resource.id }}"
    description: Mirrors of our Bitbucket repositories
  register: project

- name: Delete it, once it is empty
  repobridge.bitbucket.oci_devops_project:
    name: mirrors
    compartment_id: "{{ oci_compartment_id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The project as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        OCID of the project; in check mode C(pending:oci_devops_project:) and the name, if it would be created.
      type: str
      returned: when it exists or would be created
      sample: ocid1.devopsproject.oc1.eu-frankfurt-1.aaaaaaaaexample
    name:
      description: Name of the project.
      type: str
      returned: when it exists or would be created
    notification_config:
      description: The C(topic_id) of its topic.
      type: dict
      returned: when it exists or would be created
    namespace:
      description: The tenancy's namespace, which is part of the repositories' addresses.
      type: str
      returned: when it exists
    lifecycle_state:
      description: State of the project as OCI reports it.
      type: str
      returned: when it exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: notification_config.topic_id
      expected: ocid1.onstopic.oc1.eu-frankfurt-1.aaaaaaaanew
      actual: ocid1.onstopic.oc1.eu-frankfurt-1.aaaaaaaaold
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_devops_project
      name: mirrors
      call: UpdateProject
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.devops import Project


def main() -> None:
    run_module(Project)


if __name__ == "__main__":
    main()
