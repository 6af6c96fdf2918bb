#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: cds_consumer
short_description: Manage a token for programs that use CDS
version_added: 1.0.0
description:
  - Makes a consumer of the user who signs in, renews its sign-in token, or deletes it. It is found by its name.
  - Before 0.44 there are no consumers but tokens of a group. Then it makes one of those, and finds it by its description.
  - CDS tells a token once. A task that makes one returns it as RV(token), any other returns null there. The result of a task that
    returns one is registered whole and shown by nothing, as if the task had C(no_log). Set C(no_log) all the same for tasks with
    C(async), and for the tasks that use the value.
  - A token whose answer is lost is deleted and made again. If a run is cut off before the value is where it is used, run the task
    with O(renew).
  - CDS can't change a consumer. Other O(scopes) than it has are an error.
  - If two runs create the same consumer at the same time, the later one deletes its own again and returns null as RV(token), as
    for a consumer that existed before.
  - One call if there is nothing to do, one more for a change, two more for a creation, and one for the ids of O(groups).
  - It takes the scope C(AccessToken), and C(Group) for O(groups). Before 0.44 the user must be an administrator of the group.
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
    description: What a new consumer is for. An empty text clears it.
    type: str
  groups:
    description:
      - Names of the groups whose permissions a new consumer has; without any those of all groups of the user.
      - Before 0.44 the one group whose token it is, C(shared.infra) for the services of CDS.
    type: list
    elements: str
    default: []
  scopes:
    description:
      - What the token opens, exactly this. CDS creates no consumer without any. Before 0.44 tokens have no scopes.
      - For the roles of this collection V(Project) is enough, for the service C(vcs) V(Service), for C(hooks)
        V(Service), V(Project), V(Run) and V(Hooks).
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
    description: For how many days a new token is good. Tokens from before 0.49 do not end.
    type: int
    default: 365
  service_name:
    description: Name of the service it is for, as the service's configuration has it. It can then sign in to nothing else.
    type: str
  service_type:
    description: Type of that service.
    type: str
    choices: [vcs, hooks]
  renew:
    description: Makes a new token in any case, as when the value is lost or known to others. The old one stops working.
    type: bool
    default: false
seealso:
  - module: repobridge.bitbucket.cds_config
"""

EXAMPLES = r"""
- name: A token for the playbook that sets up the integrations
  repobridge.bitbucket.cds_consumer:
    api_url: "{{ cds_api_url }}"
    token: "{{ cds_token }}"
    name: integrations
    scopes: [Project]
    valid_days: 180
  register: integrations

# Here the new token goes to where it is used, if there is a new one: when integrations.token is not none

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
    - Value of the token this task made. Null if it made none; in check mode a text that begins with C(pending:) if it would.
  returned: success
  type: str
resource:
  description: The consumer as CDS describes it, without its token. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the consumer; in check mode C(pending:cds_consumer:) and the name, if it would be made.
      type: raw
      returned: when there is a consumer or would be one
    name:
      description: Its name.
      type: str
      returned: when there is a consumer or would be one
    scopes:
      description: What it opens; empty if all that its user may do.
      type: list
      elements: str
      returned: when there is a consumer
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: renewed
      expected: true
      actual: null
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: renew
      kind: cds_consumer
      name: integrations
      call: POST /user/me/auth/consumer/{id}/regen
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.cds.consumer import Consumer
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Consumer)


if __name__ == "__main__":
    main()
