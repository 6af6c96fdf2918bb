#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_project_access_token
short_description: Manage an access token of a GitLab project, and renew it without a gap
version_added: 1.0.0
description:
  - Makes an access token of a project, replaces it before it ends, and revokes it. It is found by its name among those that are
    not revoked and have not ended; of several the newest counts.
  - GitLab tells the value of a token once. A task that makes one returns it as RV(token), any other returns null there.
    The result of a task that returns one is registered whole and shown by nothing, as if the task had C(no_log). Set C(no_log)
    all the same for tasks with C(async), and for the tasks that use the value.
  - GitLab can't change a token. Where O(scopes) or O(access_level) differ or the end is near, a new one is made, and the old one
    goes on working until a task with O(revoke_others) comes after the new one is where it is used.
  - A run that is cut off in between leaves a token whose value nobody has. To have that mended keep the id of the token
    beside its value, and give it as O(in_use) the next time.
  - Two runs at the same time create a token each, because neither can know the value of the other's. The one that was written
    last is in use; with O(in_use) and O(revoke_others) one more run leaves one token that works.
  - GitLab's own rotation is not used, as it revokes the old token at once.
  - One call if there is nothing to do, one more for a new token, and one for each that is revoked.
  - The token in O(api_token) must be that of a person or a service account, with the scope C(api). Its owner must be Maintainer of
    the project, and can't give a higher access level than the own one. GitLab.com has tokens of projects with Premium and Ultimate.
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
    description: Name of the token, by which it is found again. GitLab lets several have one name.
    type: str
    required: true
  scopes:
    description: What the token opens, exactly this. Needed for a new one. For starting a pull mirror it is V(api).
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
    description: Role of the token in the project. Needed for a new one. For starting a pull mirror it is V(maintainer).
    type: str
    choices: [guest, planner, reporter, developer, maintainer, owner]
  description:
    description: What a new token is for. An empty text clears it.
    type: str
  expires_at:
    description:
      - The day at whose beginning (UTC) the token ends, as V(2027-01-31).
      - Then neither O(valid_days) nor O(renew_before_days) counts.
    type: str
  valid_days:
    description: For how many days a new token is good, at most 365.
    type: int
    default: 90
  renew_before_days:
    description: With how many days left a token is replaced. Must be less than O(valid_days).
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
    type: int
  revoke_others:
    description: Whether older tokens of the name are revoked. Never in the task that makes a new one.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.gitlab_pull_mirror
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: A token that starts the pull mirror, new when the old one has a month left
  repobridge.bitbucket.gitlab_project_access_token:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket-webhook
    scopes: [api]
    access_level: maintainer
    description: Starts the pull mirror
  register: trigger

# Here the new token goes to where it is used, if there is a new one: when trigger.token is not none

- name: Revoke those it replaces
  repobridge.bitbucket.gitlab_project_access_token:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket-webhook
    create: false
    revoke_others: true
  when: not ansible_check_mode

- name: Revoke all of the name
  repobridge.bitbucket.gitlab_project_access_token:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    name: bitbucket-webhook
    state: absent
"""

RETURN = r"""
token:
  description:
    - Value of the token this task made. Null if it made none; in check mode a text that begins with C(pending:) if it would.
  returned: success
  type: str
resource:
  description: The newest token of the name as GitLab describes it, without its value. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the token; in check mode C(pending:gitlab_project_access_token:) and the name, if it would be made.
      type: raw
      returned: when there is a token or would be one
      sample: 517
    scopes:
      description: What it opens.
      type: list
      elements: str
      returned: when there is a token or would be one
    access_level:
      description: Its role in the project.
      type: str
      returned: when there is a token or would be one
    expires_at:
      description: The day at whose beginning it ends.
      type: str
      returned: when there is a token or would be one
    user_id:
      description: Id of its bot.
      type: int
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
    - path: expires_at
      expected: "2027-02-19"
      actual: "2026-12-01"
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: renew
      kind: gitlab_project_access_token
      name: bitbucket-webhook
      call: POST /api/v4/projects/{id}/access_tokens
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.access_token import ProjectAccessToken


def main() -> None:
    run_module(ProjectAccessToken)


if __name__ == "__main__":
    main()
