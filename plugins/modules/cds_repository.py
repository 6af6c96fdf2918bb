#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_repository
short_description: Build a repository of Bitbucket Cloud with CDS
version_added: 1.0.0
description:
  - Attaches a repository to an application of CDS, creates a workflow for it if there is none, and sees to it that a push starts the
    workflow and that its commit shows how the run went.
  - From 0.53.1 on it adds the repository to the project's VCS server too.
  - CDS creates the webhook in Bitbucket, and does not look whether it still exists. This module does. It sets back its events and
    whether it is active, and has CDS create it again if it was deleted. If another webhook has the same address the task fails, for
    every push would start two runs.
  - A workflow that exists belongs to its people. It gets a webhook, its notifications and its retention policy, and nothing else in it
    is changed. It is read once.
  - Every part is found by its name, the webhook in Bitbucket by the id that CDS has of it.
  - With O(state=absent) the webhook, the workflow and its pipelines, the application, and the repository of the VCS server are
    removed, in this order. The project stays.
  - In check mode what stands on something that does not exist yet is reported as created. A webhook that CDS would create
    can't be compared.
  - It takes the scope C(Project) of CDS with read and write permission in the project. The Bitbucket credential needs to read
    webhooks, and to write them where one differs.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.cds_target_group
  - repobridge.bitbucket.bitbucket.connection
  - repobridge.bitbucket.cds.connection
  - repobridge.bitbucket.bitbucket.cloud_repository
options:
  access:
    description: The project, as M(repobridge.bitbucket.cds_projects) returns it.
    type: dict
    required: true
    suboptions:
      project:
        description: Key of the project.
        type: str
      version:
        description: Version of CDS. If it is not set CDS is asked.
        type: str
      integration:
        description: How CDS gets to Bitbucket. If it is not set its version decides.
        type: str
        choices: [repositories_manager, project_vcs]
      error:
        description: Why the project can't be used. The task fails with it.
        type: str
  session_token:
    description: A session from M(repobridge.bitbucket.cds_projects), which saves signing in.
    type: str
  server:
    description: Name of the repositories manager or of the VCS server.
    type: str
    default: bitbucketcloud
  application:
    description: Name of the application, by default O(repository).
    type: str
  application_description:
    description: Description of the application. It may be empty.
    type: str
  connection_type:
    description: How the application's actions get the code.
    type: str
    choices: [https, ssh]
  ssh_key:
    description: Name of the project's key for V(ssh).
    type: str
  workflow:
    description: Name of the workflow, by default O(repository).
    type: str
  unmarked:
    description: >-
      What O(state=absent) does with application, workflow and webhook. V(manage) deletes them. V(keep) is for those that were not
      created by this collection, and lists them in C(kept) of the result.
    type: str
    choices: [manage, keep]
    default: manage
  existing_workflow:
    description: Whether the workflow is somebody else's. Then neither it nor the application is created or deleted with it.
    type: bool
    default: false
  definition:
    description: The workflow as code, needed without O(existing_workflow). It is used if there is none of the name.
    type: dict
  pipelines:
    description: Pipelines of that workflow as code. They are created with it if they do not exist, and deleted with it.
    type: list
    elements: dict
    default: []
  events:
    description: Events of Bitbucket that start the workflow. Before 0.42 only V(repo:push) is possible.
    type: list
    elements: str
    default: ["repo:push"]
  report_status:
    description: Whether commits show how the runs went. V(false) is possible from 0.46 on.
    type: bool
    default: true
  comment_pull_requests:
    description: Whether failed runs are reported in pull requests, from 0.42 on.
    type: bool
  retention_policy:
    description:
      - Which runs are kept, as a line of Lua, from 0.48 on.
      - By default CDS from 0.50 on removes runs after a year, and a day after their branch was deleted. Older versions do the latter
        by themselves. An empty text leaves it to CDS.
    type: str
  state:
    description: V(absent) removes all that the module creates.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: repobridge.bitbucket.cds_projects
  - module: repobridge.bitbucket.cds_application_repository
  - module: repobridge.bitbucket.cds_workflow
  - module: repobridge.bitbucket.cds_repository_webhook
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Build a repository with CDS
  repobridge.bitbucket.cds_repository:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    cds:
      api_url: "{{ cds_api_url }}"
      token: "{{ cds_token }}"
    workspace: acme
    repository: stock
    access: "{{ cds_access.projects.acme }}"
    definition:
      workflow:
        build:
          pipeline: stock-build
          application: stock
    pipelines:
      - name: stock-build
        jobs:
          - job: Build
            steps:
              - checkout: .
              - script: [make]

- name: Have CDS build it no more
  repobridge.bitbucket.cds_repository:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    cds:
      api_url: "{{ cds_api_url }}"
      token: "{{ cds_token }}"
    workspace: acme
    repository: stock
    access:
      project: DEMO
    pipelines:
      - name: stock-build
    state: absent
"""

RETURN = r"""
resource:
  description: What was found or created.
  returned: success
  type: dict
  contains:
    application:
      description: The application, as M(repobridge.bitbucket.cds_application_repository) returns it.
      type: dict
    webhook:
      description: The webhook in CDS, as M(repobridge.bitbucket.cds_repository_webhook) returns it.
      type: dict
    verified:
      description: Whether the webhook was found in Bitbucket, once.
      type: bool
    project_exists:
      description: With O(state=absent) whether the project exists.
      type: bool
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value.
    - A path begins with the part it belongs to (C(repository), C(application), C(workflow), C(webhook), C(webhook in Bitbucket) or
      C(new webhook)).
  returned: success
  type: list
  elements: dict
  sample:
    - path: webhook in Bitbucket.active
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the module of each part and the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: cds_application_repository
      name: stock
      call: POST /project/{key}/applications
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.cds.repository import RepositoryLink


def main() -> None:
    run_module(RepositoryLink)


if __name__ == "__main__":
    main()
