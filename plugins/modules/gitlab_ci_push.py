#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_ci_push
short_description: Let Bitbucket Pipelines push a repository to GitLab
version_added: 1.0.0
description:
  - For a GitLab without pull mirrors. Switches Bitbucket Pipelines on, lets a project access token push to the main branch of the
    GitLab project, and keeps that token in a secured variable of Pipelines, from which a step of the repository takes it.
  - The step itself is a file in the repository, which M(repobridge.bitbucket.gitlab_ci_files) commits.
  - The value of a token is shown once, and that of a secured variable never. Which token a variable holds is known by the id in its
    key. A renewal has no gap. The new token is created and put into a new variable, then the old variable is deleted and the
    old token revoked.
  - With nothing to do it costs two calls of Bitbucket (whether Pipelines is on, its variables) and two of GitLab (the rule of the
    branch, the tokens).
  - In GitLab the token needs the scope C(api) and the role Maintainer of a person. In Bitbucket the scopes to administer the
    repository and its pipelines are needed.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_ci_group
  - repobridge.bitbucket.bitbucket.connection
  - repobridge.bitbucket.gitlab.connection
  - repobridge.bitbucket.bitbucket.cloud_repository
  - repobridge.bitbucket.gitlab_ci
options:
  token_name:
    description: Name of the project access token.
    type: str
    default: bitbucket-pipelines
  verify:
    description:
      - When all branches and tags of Bitbucket are compared with those of GitLab, which costs five calls.
      - Only V(always) compares, and only in a run that changes nothing, because what Pipelines pushes after a change takes its time.
    type: str
    choices: [when_changed, always, never]
    default: when_changed
  main_branch:
    description: Branch that the token may push to, with force. Needed for O(state=present).
    type: str
  mirror:
    description:
      - How commits are to get to GitLab. With V(auto) the playbook has chosen this module by O(pull_mirroring), and the task says so
        where it changes something.
      - With O(state=absent) and V(auto) it depends on O(pull_mirroring) and O(removed) whether anything of Pipelines is looked for.
    type: str
    choices: [auto, pull, push]
  script_path:
    description: For O(state=absent), the path of the script that pushes.
    type: str
    default: push_to_gitlab
  pipelines_path:
    description: For O(state=absent), the path of the configuration of Pipelines.
    type: str
    default: bitbucket-pipelines.yml
  removed:
    description: For O(state=absent), the paths of files that were removed before this task.
    type: list
    elements: str
    default: []
  kept:
    description: For O(state=absent), the paths of files that belong to somebody else. With O(pipelines_path) among them Pipelines stays on.
    type: list
    elements: str
    default: []
seealso:
  - module: repobridge.bitbucket.bitbucket_pipeline_config
  - module: repobridge.bitbucket.bitbucket_pipeline_variables
  - module: repobridge.bitbucket.gitlab_project_access_token
  - module: repobridge.bitbucket.gitlab_protected_branch
  - module: repobridge.bitbucket.gitlab_ci_pull
"""

EXAMPLES = r"""
- name: Project that follows the repository
  repobridge.bitbucket.gitlab_project:
    api_token: "{{ gitlab_api_token }}"
    project: acme/stock-push
    ci_only: true
  register: stock_project

- name: Bitbucket Pipelines may push to GitLab
  repobridge.bitbucket.gitlab_ci_push:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    gitlab:
      api_token: "{{ gitlab_api_token }}"
    workspace: acme
    repository: stock
    project: "{{ stock_project.resource.reference }}"
    main_branch: main

- name: Take the token and its variable away again
  repobridge.bitbucket.gitlab_ci_push:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    gitlab:
      api_token: "{{ gitlab_api_token }}"
    workspace: acme
    repository: stock
    project: acme/stock-push
    state: absent

- name: Remove the project
  repobridge.bitbucket.gitlab_project:
    api_token: "{{ gitlab_api_token }}"
    project: acme/stock-push
    state: absent
"""

RETURN = r"""
resource:
  description: What was found or created.
  returned: success
  type: dict
  contains:
    token:
      description: The project access token without its value.
      type: dict
    verified:
      description: Whether all branches and tags were compared in this run.
      type: bool
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value.
    - A path begins with the part it belongs to (C(pipelines), C(branch), C(variables), C(token) or C(old tokens)).
  returned: success
  type: list
  elements: dict
  sample:
    - path: branch.allow_force_push
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the module of each part and the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: create
      kind: gitlab_project_access_token
      name: bitbucket-pipelines
      call: POST /api/v4/projects/{id}/access_tokens
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.push import PushLink


def main() -> None:
    run_module(PushLink)


if __name__ == "__main__":
    main()
