#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_pipeline_config
short_description: Enable or disable Bitbucket Pipelines for a repository
version_added: 1.0.0
description:
  - O(state=present) enables Pipelines for a repository of Bitbucket Cloud, O(state=absent) disables it.
  - The module does not distinguish between never enabled and disabled. Variables and schedules are not changed in
    either case.
  - Pipelines run only if the repository contains C(bitbucket-pipelines.yml); see
    M(repobridge.bitbucket.bitbucket_commit_files).
  - The response also describes the credential. With O(use), O(scopes) or O(git_user) the task fails if it is not
    sufficient, and lists everything that is missing.
  - Sends one request, and one more for a change.
  - For a repository that does not exist, check mode reports that Pipelines would be enabled, because Bitbucket's
    response is the same in both cases.
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
  - repobridge.bitbucket.bitbucket.cloud_repository
  - repobridge.bitbucket.bitbucket.use
options:
  scopes:
    description:
      - Scopes that the credential must have, instead of or in addition to those of O(use).
      - Names of OAuth scopes (V(repository:write)) and of API token scopes (V(write:repository:bitbucket)) are both
        accepted.
    type: list
    elements: str
    default: []
  git_user:
    description: User name with which this credential is used for git. The task fails if it does not work.
    type: str
seealso:
  - module: repobridge.bitbucket.bitbucket_pipeline_variables
"""

EXAMPLES = r"""
- name: Enable Pipelines
  repobridge.bitbucket.bitbucket_pipeline_config:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"

- name: Disable Pipelines
  repobridge.bitbucket.bitbucket_pipeline_config:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    state: absent
"""

RETURN = r"""
resource:
  description: Configuration of Pipelines. Empty if it is disabled.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Slugs of workspace and repository; in check mode C(pending:bitbucket_pipeline_config:) and these, if it would be
        enabled.
      type: str
      sample: acme/shop
    enabled:
      description: Whether Pipelines is enabled.
      type: bool
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
      kind: bitbucket_pipeline_config
      name: acme/shop
      call: PUT /2.0/repositories/{workspace}/{repo_slug}/pipelines_config
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.pipeline_config import PipelineConfig
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(PipelineConfig)


if __name__ == "__main__":
    main()
