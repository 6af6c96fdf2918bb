#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_workflow
short_description: Make a workflow of CDS from its description as code
version_added: 1.0.0
description:
  - Makes a workflow, and the pipelines it runs, if they are missing, or deletes them. They are found by their names.
  - Once a workflow is there it belongs to those who work with it. Its content is neither compared nor changed, and what
    O(definition) says afterwards has no effect.
  - Hooks are not a part of it; M(repobridge.bitbucket.cds_repository_webhook) makes the one for the repository.
  - CDS deletes a workflow after it has answered. The module waits for that, as pipelines and applications can't be deleted before.
    Webhooks in the repository go with the workflow.
  - One call if there is nothing to do. For a new workflow one more, and two for each pipeline that is made.
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
      - The workflow as CDS has it as code, without C(name) and C(hooks). C(version) is V(v2.0) if it is not there.
      - Needed for a new workflow.
    type: dict
  pipelines:
    description:
      - Pipelines of the workflow as CDS has them as code. C(version) is V(v1.0) if it is not there.
      - One that exists is left as it is. With O(state=absent) they are deleted after the workflow.
    type: list
    elements: dict
    default: []
seealso:
  - module: repobridge.bitbucket.cds_repository_webhook
  - name: Workflows as code
    description: What a definition can hold.
    link: https://ovh.github.io/cds/docs/concepts/files/workflow-syntax/
"""

EXAMPLES = r"""
- name: A workflow with one pipeline
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
  description: The workflow. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the workflow; in check mode C(pending:cds_workflow:) and the name, if it would be made.
      type: raw
      returned: when there is a workflow or would be one
    name:
      description: Its name.
      type: str
      returned: when there is a workflow or would be one
    from_repository:
      description: The repository it is kept in as code.
      type: str
      returned: when it is kept as code
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: ""
      expected: present
      actual: absent
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_workflow
      name: shop
      call: POST /project/{key}/import/workflows
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.workflow import Workflow
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Workflow)


if __name__ == "__main__":
    main()
