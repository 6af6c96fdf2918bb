#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_consumer
short_description: Manage a token for programs that use CDS
version_added: 1.0.0
description:
  - Creates a consumer of the user who signs in, renews its sign-in token, or deletes it. It is found by its name.
  - Before 0.44 CDS has tokens of groups instead of consumers. The module then manages such a token, and finds it by its
    description.
  - CDS returns a token only once. A task that creates a token returns it as RV(token); otherwise RV(token) is null. The
    complete result of a task that returns a value is registered but never displayed, as if the task had C(no_log).
    Still set C(no_log) for tasks with C(async), and for the tasks that use the value.
  - If the response with a token is lost, the token is deleted and created again. If a run is interrupted before the
    value is stored where it is used, run the task with O(renew).
  - CDS cannot change a consumer. If its scopes differ from O(scopes), the task fails.
  - If two runs create the same consumer at the same time, the later run deletes its own and returns null as RV(token),
    as for an existing consumer.
  - Sends one request, one more for a change, two more for a creation, and one for the ids of O(groups).
  - The token needs the scope C(AccessToken), and C(Group) for O(groups). Before 0.44 the user must be an administrator
    of the group.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.cds_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.cds
options:
  name:
    description: Name of the consumer. Before 0.44 the description of the token.
    type: str
    required: true
  description:
    description: Description of a new consumer. An empty string clears it.
    type: str
  groups:
    description:
      - Names of the groups whose permissions a new consumer has. The default is all groups of the user.
      - Before 0.44 the group that owns the token, C(shared.infra) for the services of CDS.
    type: list
    elements: str
    default: []
  scopes:
    description:
      - Scopes of the token, compared exactly. CDS does not create a consumer without scopes. Before 0.44 tokens have no
        scopes.
      - The roles of this collection need V(Project), the service C(vcs) needs V(Service), C(hooks) needs V(Service),
        V(Project), V(Run) and V(Hooks).
    type: list
    elements: str
    choices:
      - User
      - AccessToken
      - Action
      - Admin
      - Group
      - Template
      - Project
      - Run
      - RunExecution
      - Hooks
      - WorkerModel
      - Hatchery
      - Service
  valid_days:
    description: Number of days until a new token expires. Tokens from before 0.49 do not expire.
    type: int
    default: 365
  service_name:
    description: >-
      Name of the service that uses the consumer, as in the service's configuration. The consumer is then valid for this
      service only.
    type: str
  service_type:
    description: Type of that service.
    type: str
    choices: [vcs, hooks]
  renew:
    description: >-
      Creates a new token in any case, for example if the value was lost or exposed. The old token becomes invalid.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_config
"""

EXAMPLES = r"""
- name: Create a token for the playbook that sets up the integrations
  repobridge.bitbucket.cds_consumer:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    name: integrations
    scopes: [Project]
    valid_days: 180
  register: integrations

# Store the new token where it is used, if one was created: when integrations.token is not none

- name: Delete the consumer
  repobridge.bitbucket.cds_consumer:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    name: integrations
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
  description: The consumer as CDS returns it, without its token. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the consumer; in check mode C(pending:cds_consumer:) and the name, if it would be created.
      type: raw
      returned: when the consumer exists or would be created
    name:
      description: Name.
      type: str
      returned: when the consumer exists or would be created
    scopes:
      description: Scopes of the consumer; empty if it has all permissions of its user.
      type: list
      elements: str
      returned: when the consumer exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: renewed
      expected: true
      actual: null
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: renew
      kind: cds_consumer
      name: integrations
      call: POST /user/me/auth/consumer/{id}/regen
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.consumer import Consumer
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Consumer)


if __name__ == "__main__":
    main()
