#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_workflow
short_description: Create a workflow of CDS from its description as code
version_added: 1.0.0
description:
  - Creates a missing workflow and its missing pipelines, or deletes them. They are found by their names.
  - An existing workflow is neither compared nor changed, so a later change of O(definition) has no effect.
  - Hooks are not part of it; M(repobridge.bitbucket.cds_repository_webhook) creates the hook for the repository.
  - CDS deletes a workflow in the background after its response. The module waits until this is complete, because
    pipelines and applications cannot be deleted before. CDS also deletes the workflow's webhooks in the repository.
  - Sends one request. A new workflow needs one more, and each new pipeline two.
  - The user needs read and write permission in the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.cds_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.cds
  - repobridge.bitbucket.cds.project
options:
  name:
    description: Name of the workflow.
    type: str
    required: true
  definition:
    description:
      - Workflow as code in the format of CDS, without C(name) and C(hooks). The default for C(version) is V(v2.0).
      - Required for a new workflow.
    type: dict
  pipelines:
    description:
      - Pipelines of the workflow as code in the format of CDS. The default for C(version) is V(v1.0).
      - An existing pipeline is not changed. With O(state=absent) they are deleted after the workflow.
    type: list
    elements: dict
    default: []
seealso:
  - module: repobridge.bitbucket.cds_repository_webhook
  - name: Workflows as code
    description: Format of a definition.
    link: https://ovh.github.io/cds/docs/concepts/files/workflow-syntax/
"""

EXAMPLES = r"""
- name: Create a workflow with one pipeline
  repobridge.bitbucket.cds_workflow:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: "{{ shop_project.resource.id }}"
    name: shop
    definition:
      workflow:
        build:
          pipeline: build
          application: shop
    pipelines:
      - name: build
        jobs:
          - job: Build
            steps:
              - checkout: .
              - script: make
  register: shop_workflow

- name: Delete both
  repobridge.bitbucket.cds_workflow:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    project: SHOP
    name: shop
    pipelines:
      - name: build
    state: absent
"""

RETURN = r"""
resource:
  description: The workflow. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the workflow; in check mode C(pending:cds_workflow:) and the name, if it would be created.
      type: raw
      returned: when the workflow exists or would be created
    name:
      description: Name.
      type: str
      returned: when the workflow exists or would be created
    from_repository:
      description: Repository in which the workflow is stored as code.
      type: str
      returned: when it is stored as code
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: ""
      expected: present
      actual: absent
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_workflow
      name: shop
      call: POST /project/{key}/import/workflows
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.workflow import Workflow
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Workflow)


if __name__ == "__main__":
    main()
