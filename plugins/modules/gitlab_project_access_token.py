#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project_access_token
short_description: Manage an access token of a GitLab project, and renew it without a gap
version_added: 1.0.0
description:
  - Creates, renews and revokes an access token of a project. The token is found by its name among the tokens that are
    neither revoked nor expired; of several tokens the newest is used.
  - GitLab returns the value of a token only once. A task that creates a token returns it as RV(token); otherwise
    RV(token) is null. The complete result of a task that returns a value is registered but never displayed, as if the
    task had C(no_log). Still set C(no_log) for tasks with C(async), and for the tasks that use the value.
  - GitLab cannot change a token. If O(scopes) or O(access_level) differ or the token is about to expire, a new token is
    created. The old token remains valid until a task with O(revoke_others) runs; run that task after the new token is
    stored where it is used.
  - A run that is interrupted in between leaves a token whose value is lost. To recover from this automatically, store
    the id of the token with its value, and pass it as O(in_use) in the next run.
  - Two runs at the same time create one token each, because neither can read the value of the other token. The token
    that was stored last is in use; with O(in_use) and O(revoke_others) one further run leaves one valid token.
  - GitLab's own rotation is not used, because it revokes the old token at once.
  - Sends one request, one more for a new token, and one for each revoked token.
  - The token in O(api_token) must belong to a user or a service account, with the scope C(api). This user must be a
    Maintainer of the project, and cannot grant a higher access level than its own. GitLab.com supports project access
    tokens with Premium and Ultimate.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.gitlab
  - repobridge.bitbucket.gitlab.project
options:
  name:
    description: Name of the token, by which it is found. GitLab allows several tokens of one name.
    type: str
    required: true
  scopes:
    description: >-
      Scopes of the token, compared exactly. Required for a new token. To start a pull mirror the token needs V(api).
    type: list
    elements: str
    choices:
      - api
      - read_api
      - read_repository
      - write_repository
      - read_registry
      - write_registry
      - create_runner
      - manage_runner
      - ai_features
      - k8s_proxy
      - self_rotate
  access_level:
    description: >-
      Role of the token in the project. Required for a new token. To start a pull mirror the token needs V(maintainer).
    type: str
    choices: [guest, planner, reporter, developer, maintainer, owner]
  description:
    description: Description of a new token. An empty string clears it.
    type: str
  expires_at:
    description:
      - Date on which the token expires, at 00:00 UTC, for example V(2027-01-31).
      - If it is set, O(valid_days) and O(renew_before_days) are not used.
    type: str
  valid_days:
    description: Number of days until a new token expires, at most 365.
    type: int
    default: 90
  renew_before_days:
    description: Number of days before its expiry at which a token is renewed. Must be less than O(valid_days).
    type: int
    default: 30
  renew:
    description: Creates a new token in any case, for example if the value was lost or exposed.
    type: bool
    default: false
  in_use:
    description:
      - Id of the token whose value is stored where it is used, V(0) if there is none.
      - If the newest token of the name has another id, its value was lost in an earlier run, and a new token is
        created.
      - If it is not set, the newest token is assumed to be in use.
    type: int
  revoke_others:
    description: Whether to revoke older tokens of the name. This never happens in the task that creates a new token.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.gitlab_pull_mirror
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Create a token that starts the pull mirror, and renew it a month before it expires
  repobridge.bitbucket.gitlab_project_access_token:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket-webhook
    scopes: [api]
    access_level: maintainer
    description: Starts the pull mirror
  register: trigger

# Store the new token where it is used, if one was created: when trigger.token is not none

- name: Revoke the tokens that it replaced
  repobridge.bitbucket.gitlab_project_access_token:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket-webhook
    create: false
    revoke_others: true
  when: not ansible_check_mode

- name: Revoke all tokens of the name
  repobridge.bitbucket.gitlab_project_access_token:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket-webhook
    state: absent
"""

RETURN = r"""
token:
  description:
    - Value of the token that this task created. Null if it created none; in check mode a string that begins with
      C(pending:) if it would create one.
  returned: success
  type: str
resource:
  description: The newest token of the name as GitLab returns it, without its value. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Id of the token; in check mode C(pending:gitlab_project_access_token:) and the name, if it would be created.
      type: raw
      returned: when the token exists or would be created
      sample: 517
    scopes:
      description: Scopes of the token.
      type: list
      elements: str
      returned: when the token exists or would be created
    access_level:
      description: Role of the token in the project.
      type: str
      returned: when the token exists or would be created
    expires_at:
      description: Date on which it expires, at 00:00 UTC.
      type: str
      returned: when the token exists or would be created
    user_id:
      description: Id of its bot user.
      type: int
      returned: when the token exists
    live:
      description: Number of valid tokens of the name.
      type: int
      returned: when the token exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: expires_at
      expected: "2027-02-19"
      actual: "2026-12-01"
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: renew
      kind: gitlab_project_access_token
      name: bitbucket-webhook
      call: POST /api/v4/projects/{id}/access_tokens
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.access_token import ProjectAccessToken


def main() -> None:
    run_module(ProjectAccessToken)


if __name__ == "__main__":
    main()
