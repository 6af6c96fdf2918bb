#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_access_token
short_description: Manage an HTTP access token of Bitbucket Data Center, and renew it without a gap
version_added: 1.0.0
description:
  - Makes an HTTP access token of a user, a project or a repository, replaces it before it ends, and revokes it. It is found by
    its name among those that have not ended; of several the newest counts.
  - Bitbucket tells the value of a token once. A task that makes one returns it as RV(token), any other returns null there.
    The result of a task that returns one is registered whole and shown by nothing, as if the task had C(no_log). Set C(no_log)
    all the same for tasks with C(async), and for the tasks that use the value.
  - Other O(permissions) are given to the token that is there, which keeps its value. The end of a token can't be changed. When it
    is near, a new one is made, and the old one goes on working until a task with O(revoke_others) comes after the new one is
    where it is used.
  - A run that is cut off in between leaves a token whose value nobody has. To have that mended keep the id of the token
    beside its value, and give it as O(in_use) the next time.
  - Two runs at the same time create a token each, because neither can know the value of the other's. The one that was written
    last is in use; with O(in_use) and O(revoke_others) one more run leaves one token that works.
  - One call if there is nothing to do, one more for a new token or a change, and one for each that is revoked.
  - A token can't make, change or revoke tokens, so the task needs O(username) and O(password). For a token of a user it must be
    that user, for others an administrator of the project or the repository.
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
    description: Name of the token, by which it is found again. Bitbucket lets several have one name.
    type: str
    required: true
  user:
    description:
      - Slug of the user whose token it is, as in the address of the user's page. It is not always the user name.
      - One of O(user) and O(workspace) is needed.
    type: str
  workspace:
    description: Key of the project whose token it is, V(~ada) for the personal one of a user.
    type: str
  repository:
    description: Slug of the repository in the project, if the token is the repository's.
    type: str
  permissions:
    description:
      - What the token opens, exactly this, which is never more than its user may do. Needed for a new one.
      - A higher permission has the lower ones in it. The one on repositories can't be lower than the one on projects, and the
        token of a repository has none on projects.
    type: list
    elements: str
    choices: [PROJECT_READ, PROJECT_WRITE, PROJECT_ADMIN, REPO_READ, REPO_WRITE, REPO_ADMIN]
  expiry_days:
    description:
      - For how many days a new token is good, V(0) for one that does not end. The instance may allow less.
      - Of a token that is there it changes nothing.
    type: int
    default: 90
  renew_before_days:
    description: With how many days left a token is replaced. Must be less than O(expiry_days).
    type: int
    default: 30
  renew:
    description: Makes a new token in any case, as when the value is lost or known to others.
    type: bool
    default: false
  in_use:
    description:
      - Id of the token whose value is known where it is used, V(0) if there is none.
      - If the newest of the name is another one, its value got lost in an earlier run, and a new one is made.
      - If it is not set, the newest is taken for the one in use.
    type: str
  revoke_others:
    description: Whether older tokens of the name are revoked. Never in the task that makes a new one.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.bitbucket_credential_info
  - module: repobridge.bitbucket.gitlab_project_access_token
"""

EXAMPLES = r"""
- name: A token with which Upsun follows a repository, new when the old one has a month left
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    user: build
    name: upsun
    permissions: [PROJECT_READ, REPO_ADMIN]
  register: upsun_token

# Here the new token goes to where it is used, if there is a new one: when upsun_token.token is not none

- name: Revoke those it replaces
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    user: build
    name: upsun
    create: false
    revoke_others: true
  when: not ansible_check_mode

- name: A token of a repository that reads and never ends
  repobridge.bitbucket.bitbucket_access_token:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    username: build
    password: "{{ bitbucket_dc_password }}"
    workspace: ACME
    repository: shop
    name: mirror
    permissions: [REPO_READ]
    expiry_days: 0

- name: Revoke all of the name
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
    - Value of the token this task made. Null if it made none; in check mode a text that begins with C(pending:) if it would.
  returned: success
  type: str
resource:
  description: The newest token of the name as Bitbucket describes it, without its value. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the token; in check mode C(pending:bitbucket_access_token:) and the name, if it would be made.
      type: str
      returned: when there is a token or would be one
      sample: "252973515069"
    permissions:
      description: What it opens.
      type: list
      elements: str
      returned: when there is a token or would be one
    expires_at:
      description: The day on which it ends; null if it does not.
      type: str
      returned: when there is a token or would be one
    created_at:
      description: When it was made.
      type: str
      returned: when there is a token
    last_used:
      description: When it was last used; null if it never was.
      type: str
      returned: when there is a token
    live:
      description: How many of the name there are that work.
      type: int
      returned: when there is a token
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: permissions
      expected: [PROJECT_READ, REPO_ADMIN]
      actual: [REPO_READ]
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: renew
      kind: bitbucket_access_token
      name: deploy
      call: PUT /rest/access-tokens/latest/users/{userSlug}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.access_token import AccessToken
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(AccessToken)


if __name__ == "__main__":
    main()
