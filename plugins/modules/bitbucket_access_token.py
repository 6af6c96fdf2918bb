#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_access_token
short_description: Manage an HTTP access token of Bitbucket Data Center, and renew it without a gap
version_added: 1.0.0
description:
  - Creates, renews and revokes an HTTP access token of a user, a project or a repository. The token is found by its
    name among the tokens that have not expired; of several tokens the newest is used.
  - Bitbucket returns the value of a token only once. A task that creates a token returns it as RV(token); otherwise
    RV(token) is null. The complete result of a task that returns a value is registered but never displayed, as if the
    task had C(no_log). Still set C(no_log) for tasks with C(async), and for the tasks that use the value.
  - If O(permissions) differ, the existing token is updated and keeps its value. The expiry of a token cannot be
    changed. Before it expires, a new token is created. The old token remains valid until a task with O(revoke_others)
    runs; run that task after the new token is stored where it is used.
  - A run that is interrupted in between leaves a token whose value is lost. To recover from this automatically, store
    the id of the token with its value, and pass it as O(in_use) in the next run.
  - Two runs at the same time create one token each, because neither can read the value of the other token. The token
    that was stored last is in use; with O(in_use) and O(revoke_others) one further run leaves one valid token.
  - Sends one request, one more for a new token or a change, and one for each revoked token.
  - A token cannot create, update or revoke tokens, so the task needs O(username) and O(password). For a token of a user
    it must be that user, for others an administrator of the project or the repository.
  - Only for Data Center. Cloud has no API for access tokens.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.bitbucket
options:
  name:
    description: Name of the token, by which it is found. Bitbucket allows several tokens of one name.
    type: str
    required: true
  user:
    description:
      - Slug of the user who owns the token, as in the address of the user's page. It is not always the user name.
      - One of O(user) and O(workspace) is required.
    type: str
  workspace:
    description: Key of the project that owns the token, V(~ada) for the personal project of a user.
    type: str
  repository:
    description: Slug of the repository in the project, for a token of the repository.
    type: str
  permissions:
    description:
      - Permissions of the token, compared exactly. The effective permissions never exceed those of its user. Required
        for a new token.
      - A higher permission includes the lower ones. The repository permission must not be lower than the project
        permission, and the token of a repository has no project permission.
    type: list
    elements: str
    choices: [PROJECT_READ, PROJECT_WRITE, PROJECT_ADMIN, REPO_READ, REPO_WRITE, REPO_ADMIN]
  expiry_days:
    description:
      - Number of days until a new token expires, V(0) for a token that does not expire. The instance may enforce a
        maximum.
      - It does not change an existing token.
    type: int
    default: 90
  renew_before_days:
    description: Number of days before its expiry at which a token is renewed. Must be less than O(expiry_days).
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
    type: str
  revoke_others:
    description: Whether to revoke older tokens of the name. This never happens in the task that creates a new token.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.bitbucket_credential_info
  - module: repobridge.bitbucket.gitlab_project_access_token
"""

EXAMPLES = r"""
- name: Create a token for Upsun, and renew it a month before it expires
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    user: build
    name: upsun
    permissions: [PROJECT_READ, REPO_ADMIN]
  register: upsun_token

# Store the new token where it is used, if one was created: when upsun_token.token is not none

- name: Revoke the tokens that it replaced
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    user: build
    name: upsun
    create: false
    revoke_others: true
  when: not ansible_check_mode

- name: Create a read-only token of a repository that does not expire
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    workspace: ACME
    repository: shop
    name: mirror
    permissions: [REPO_READ]
    expiry_days: 0

- name: Revoke all tokens of the name
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    workspace: ACME
    repository: shop
    name: mirror
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
  description: The newest token of the name as Bitbucket returns it, without its value. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Id of the token; in check mode C(pending:bitbucket_access_token:) and the name, if it would be created.
      type: str
      returned: when the token exists or would be created
      sample: "252973515069"
    permissions:
      description: Permissions of the token.
      type: list
      elements: str
      returned: when the token exists or would be created
    expires_at:
      description: Expiry date; null if it does not expire.
      type: str
      returned: when the token exists or would be created
    created_at:
      description: Time of its creation.
      type: str
      returned: when the token exists
    last_used:
      description: Time of its last use; null if it was never used.
      type: str
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
    - path: permissions
      expected: [PROJECT_READ, REPO_ADMIN]
      actual: [REPO_READ]
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: renew
      kind: bitbucket_access_token
      name: deploy
      call: PUT /rest/access-tokens/latest/users/{userSlug}
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.access_token import AccessToken
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(AccessToken)


if __name__ == "__main__":
    main()
