#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_pipeline_config
short_description: Switch Bitbucket Pipelines on or off for a repository
version_added: 1.0.0
description:
  - With O(state=present) Pipelines is switched on for a repository of Bitbucket Cloud, with O(state=absent) off.
  - Whether it was never on or has been switched off is no difference. Variables and schedules stay as they are either way.
  - Nothing runs without a C(bitbucket-pipelines.yml) in the repository; see M(repobridge.bitbucket.bitbucket_commit_files).
  - The answer tells of the credential as well. With O(use), O(scopes) or O(git_user) the task fails if it will not do, and
    names all that it lacks.
  - One call if there is nothing to do, one more for a change.
  - For a repository that does not exist check mode says that Pipelines would be switched on; Bitbucket answers the same to both.
  - An API token needs the scope C(admin:repository:bitbucket), other credentials C(repository:admin). The account must be an
    admin of the repository.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.use
options:
  workspace:
    description: Slug of the workspace.
    type: str
    required: true
  repository:
    description: Slug of the repository.
    type: str
    required: true
  scopes:
    description:
      - Scopes it must have, in place of or on top of those of O(use).
      - Names of OAuth (V(repository:write)) and of API tokens (V(write:repository:bitbucket)) are both understood.
    type: list
    elements: str
    default: []
  git_user:
    description: User name that something will use for git with this credential. The task fails if it can't work.
    type: str
seealso:
  - module: repobridge.bitbucket.bitbucket_pipeline_variables
"""

EXAMPLES = r"""
- name: Pipelines is on
  repobridge.bitbucket.bitbucket_pipeline_config:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"

- name: Pipelines is off again
  repobridge.bitbucket.bitbucket_pipeline_config:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    state: absent
"""

RETURN = r"""
resource:
  description: What there is of Pipelines. Empty while it is off.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Slugs of workspace and repository; in check mode C(pending:bitbucket_pipeline_config:) and these, if it would be switched on.
      type: str
      sample: acme/shop
    enabled:
      description: Whether it is on.
      type: bool
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
      kind: bitbucket_pipeline_config
      name: acme/shop
      call: PUT /2.0/repositories/{workspace}/{repo_slug}/pipelines_config
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pipeline_config import PipelineConfig
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(PipelineConfig)


if __name__ == "__main__":
    main()
