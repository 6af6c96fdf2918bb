#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_webhook
short_description: Manage a webhook of a Bitbucket repository, workspace or project
version_added: 1.0.0
description:
  - Makes, changes and deletes a webhook of a repository, or without O(repository) of a workspace of Cloud or a project of Data
    Center.
  - Nothing about a webhook is unique but its uuid, so O(match_by) says how it is found again. If more than one match, the
    task fails and lists their uuids.
  - What is not set is left as it is. A new webhook is active and subscribed to V(repo:push) unless the task says otherwise.
  - The secret can't be read back. O(update_secret) says when it is sent.
  - One call if there is nothing to do, one more for a change, and two more for a creation.
  - Bitbucket creates a second webhook of the same address without an error. So the task lists the webhooks again after it has
    created one. If another run has created the same webhook before, the task deletes its own and continues with the older one.
    It never deletes a webhook that it has not created itself. If a run is killed between its creation and that listing while
    another run does the same, two remain, and the next run fails and lists their uuids.
  - An API token needs the scopes C(read:webhook:bitbucket) and C(write:webhook:bitbucket), for deleting
    C(delete:webhook:bitbucket), other credentials C(webhook), and all of them the scope to read what the events are about.
    The account must be an admin of the repository, or an owner of the workspace.
  - On Data Center it takes C(REPO_ADMIN), for a project's webhook C(PROJECT_ADMIN). There a change replaces all of a webhook.
    If it has a secret, the task must know it, or fails rather than lose it; a secret set by hand that Data Center does not tell of
    is gone after a change by a task without O(secret). A webhook that logs in at its address can't be changed.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.bitbucket
options:
  workspace:
    description: Slug of the workspace; for Data Center the key of the project, V(~ada) for the personal one of a user.
    type: str
    required: true
  repository:
    description: Slug of the repository. Without it the webhook is the workspace's or the project's own.
    type: str
  url:
    description: Address that is called.
    type: str
  secret_url:
    description:
      - The same, for an address that is a secret itself, such as one with a token in its query. It is shown nowhere.
      - O(url) and O(secret_url) exclude each other.
    type: str
  uuid:
    description:
      - Uuid of an existing webhook, which then is the one that is meant, whatever O(match_by) says. On Data Center its number.
    type: str
    aliases: [id]
  match_by:
    description:
      - How the webhook is found again.
      - V(url) by its whole address, V(endpoint) by the address without its query (for a token in the query that changes),
        V(description) by its description, with or without a note in parentheses at its end.
      - With V(endpoint) and an address without a query, the query of a webhook that is there already is left as it is.
      - Case of scheme and host, the scheme's own port and an empty path make no difference between addresses.
    type: str
    choices: [url, endpoint, description]
    default: url
  description:
    description:
      - What the webhook is for. On Data Center this is its name; without one it is that of the address's host.
      - What stands in parentheses at its end is not part of the name by which results speak of the webhook.
      - An empty text clears it.
    type: str
  events:
    description:
      - Events it is called for, exactly these, or with O(more_events) at least these. An event that is not known to this collection
        is sent with a warning.
      - For Data Center both its own names (V(repo:refs_changed), V(pr:opened)) and those of Cloud (V(repo:push),
        V(pullrequest:created)) will do, and results have its own. V(pullrequest:updated) is V(pr:modified) and
        V(pr:from_ref_updated) there. Events that only Cloud has are refused.
    type: list
    elements: str
  more_events:
    description: Whether further events that the webhook is called for are left as they are, as for one that somebody else made.
    type: bool
    default: false
  active:
    description: Whether it is called at all.
    type: bool
  secret:
    description:
      - Key of the signature in C(X-Hub-Signature), on Cloud at most 128 characters. An empty one takes the secret away.
      - A webhook without a secret gets it in any case. Data Center does not tell whether one has a secret, so there that is known
        only with O(update_secret=on_change).
    type: str
  update_secret:
    description:
      - When the O(secret) of a webhook that has one is sent again.
      - V(on_change) when it is another one than last time. For that a salted fingerprint is kept behind the description.
      - V(on_create) never, V(always) in every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  skip_cert_verification:
    description:
      - Whether the TLS certificate of the address is not verified.
      - For Cloud this is not documented by Atlassian, and only sent if it is set.
    type: bool
  history_enabled:
    description: Cloud only. Whether Bitbucket keeps a history of calls. Not documented by Atlassian; only sent if it is set.
    type: bool
seealso:
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Call a build server on every push
  repobridge.bitbucket.bitbucket_webhook:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    url: https://ci.example.com/hook
    description: Build server
    events: ["repo:push", "pullrequest:created", "pullrequest:updated"]
    secret: "{{ build_server_secret }}"

- name: Start a mirror with an address that holds a token
  repobridge.bitbucket.bitbucket_webhook:
    workspace: acme
    repository: shop
    access_token: "{{ bitbucket_access_token }}"
    secret_url: "https://gitlab.example.com/api/v4/projects/7/mirror/pull?private_token={{ trigger_token }}"
    match_by: endpoint
    description: GitLab mirror
    events: ["repo:push"]

- name: Call a build server on every push to a repository of Data Center
  repobridge.bitbucket.bitbucket_webhook:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    workspace: ACME
    repository: shop
    url: https://ci.example.com/hook
    description: Build server
    events: ["repo:push", "pullrequest:created", "pullrequest:updated"]
    secret: "{{ build_server_secret }}"

- name: Take one of two that are the same away
  repobridge.bitbucket.bitbucket_webhook:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    uuid: "{6f3b2ab4-7c61-4b0c-8f5a-0d3f0b9d4a11}"
    state: absent
"""

RETURN = r"""
resource:
  description: The webhook as Bitbucket describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Uuid in braces, on Data Center the number; in check mode C(pending:bitbucket_webhook:) and a name, if it would be made.
      type: str
      returned: when there is a webhook or would be one
      sample: "{6f3b2ab4-7c61-4b0c-8f5a-0d3f0b9d4a11}"
    url:
      description:
        - Address that is called, hidden if O(secret_url) is used. Tokens in its query are always hidden.
        - Where the task gives no address, a uuid in its path is hidden as well; it keeps others from calling it.
      type: str
      returned: when there is a webhook or would be one
    description:
      description: Description without the fingerprint.
      type: str
      returned: when there is a webhook
    events:
      description: Events it is called for.
      type: list
      elements: str
      returned: when there is a webhook or would be one
    active:
      description: Whether it is called at all.
      type: bool
      returned: when there is a webhook or would be one
    same_url:
      description: Ids of other webhooks with the same address. Each event is then delivered several times.
      type: list
      elements: str
      returned: when there is a webhook, with O(uuid)
    secret_set:
      description: Whether it has a secret. On Data Center null where neither Bitbucket nor the fingerprint tells.
      type: bool
      returned: when there is a webhook
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: events
      expected: ["pullrequest:created", "repo:push"]
      actual: ["repo:push"]
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_webhook
      name: Build server
      call: PUT /2.0/repositories/{workspace}/{repo_slug}/hooks/{uid}
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.webhook import Webhook
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(Webhook)


if __name__ == "__main__":
    main()
