#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_ci_pull
short_description: Let a GitLab project follow a Bitbucket repository by pulling
version_added: 1.0.0
description:
  - Keeps the pull mirror of a GitLab project, and a webhook in Bitbucket that starts it at each push. The address of the webhook
    carries a project access token, which this module creates, renews before it expires and revokes.
  - The value of a token is shown once. Which token the webhook carries is known by the id behind the webhook's description. A token
    that no webhook carries is of no use, so that after an interrupted run a new one is created.
  - A renewal has no gap. The new token is created and put into the webhook, then the old one is revoked.
  - The webhook never has a secret, because GitLab would take Bitbucket's signature for one of GitHub's and refuse.
  - Pull mirrors need GitLab Premium or Ultimate. Branches that were deleted in Bitbucket remain in GitLab.
  - With nothing to do it costs one call of Bitbucket (its webhooks) and two of GitLab (the mirror, the tokens).
  - In GitLab the token needs the scope C(api) and the role Maintainer of a person, since a project's own token can't manage tokens.
    In Bitbucket the scopes to read, write and delete webhooks are needed.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_ci_group
  - repobridge.bitbucket.bitbucket.connection
  - repobridge.bitbucket.gitlab.connection
  - repobridge.bitbucket.bitbucket.cloud_repository
  - repobridge.bitbucket.gitlab_ci
  - repobridge.bitbucket.adoption.unmarked
options:
  mirror:
    description:
      - How commits are to get to GitLab. With V(auto) the playbook has chosen this module by O(pull_mirroring), and the task says so
        where it changes something.
    type: str
    choices: [auto, pull, push]
  token_name:
    description: Name of the project access token.
    type: str
    default: bitbucket-webhook
  verify:
    description:
      - When all branches and tags of Bitbucket are compared with those of GitLab, which costs five calls.
      - V(when_changed) compares after a change of the mirror.
    type: str
    choices: [when_changed, always, never]
    default: when_changed
  url:
    description: Address of the repository that GitLab fetches, without user and password. Needed for O(state=present).
    type: str
  auth_user:
    description: User for git at Bitbucket. Needed for O(state=present).
    type: str
  auth_password:
    description: Token for git at Bitbucket, which GitLab keeps. Needed for O(state=present).
    type: str
  update_mirror:
    description:
      - Whether GitLab fetches at once, and gets O(auth_password) again, though nothing of the mirror differs. For a playbook that has
        just committed something, or knows that the credential is a new one.
    type: bool
    default: false
  overwrite_diverged:
    description: >-
      Whether a branch that has commits of its own in GitLab is set to what it is in Bitbucket. If it is not set, it is, except
      with O(adopted=true), which leaves an existing mirror as it is.
    type: bool
  branch_regex:
    description: >-
      Only branches that match it are mirrored. Empty means all, which is also the default, except with O(adopted=true), which
      leaves an existing mirror as it is.
    type: str
  hook_description:
    description: >-
      Description of the webhook. The id of the token follows it in parentheses. The default of a new one is C(GitLab mirror); an
      existing one keeps its own.
    type: str
  adopted:
    description: >-
      Whether the project was not created by this collection, as RV(repobridge.bitbucket.gitlab_project#module:resource) says. Then
      options that are not set do not change the rules of an existing mirror.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.gitlab_pull_mirror
  - module: repobridge.bitbucket.gitlab_project_access_token
  - module: repobridge.bitbucket.bitbucket_webhook
  - module: repobridge.bitbucket.gitlab_ci_push
"""

EXAMPLES = r"""
- name: Project that follows the repository
  repobridge.bitbucket.gitlab_project:
    api_token: "{{ gitlab_api_token }}"
    project: acme/stock-pull
    ci_only: true
  register: stock_project

- name: GitLab pulls what is pushed to Bitbucket
  repobridge.bitbucket.gitlab_ci_pull:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    gitlab:
      api_token: "{{ gitlab_api_token }}"
    workspace: acme
    repository: stock
    project: "{{ stock_project.resource.reference }}"
    url: "{{ bitbucket_site_url }}/acme/stock.git"
    auth_user: x-bitbucket-api-token-auth
    auth_password: "{{ bitbucket_api_token }}"

- name: Remove the mirror, the webhook and its token
  repobridge.bitbucket.gitlab_ci_pull:
    bitbucket:
      username: build@example.com
      api_token: "{{ bitbucket_api_token }}"
    gitlab:
      api_token: "{{ gitlab_api_token }}"
    workspace: acme
    repository: stock
    project: acme/stock-pull
    state: absent

- name: Remove the project
  repobridge.bitbucket.gitlab_project:
    api_token: "{{ gitlab_api_token }}"
    project: acme/stock-pull
    state: absent
"""

RETURN = r"""
resource:
  description: What was found or created.
  returned: success
  type: dict
  contains:
    mirror:
      description: The pull mirror, as M(repobridge.bitbucket.gitlab_pull_mirror) returns it.
      type: dict
    token:
      description: The project access token without its value.
      type: dict
    verified:
      description: Whether all branches and tags were compared in this run.
      type: bool
    project_exists:
      description: With O(state=absent) whether the project exists.
      type: bool
    pull_mirroring:
      description: With O(state=absent) whether the GitLab has pull mirrors, null where it does not say.
      type: bool
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value.
    - A path begins with the part it belongs to (C(mirror), C(webhook), C(token) or C(old tokens)).
  returned: success
  type: list
  elements: dict
  sample:
    - path: webhook.active
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
      name: bitbucket-webhook
      call: POST /api/v4/projects/{id}/access_tokens
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.pull import PullLink


def main() -> None:
    run_module(PullLink)


if __name__ == "__main__":
    main()
