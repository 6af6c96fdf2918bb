#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_pull_mirror
short_description: Manage the pull mirror of a GitLab project
version_added: 1.0.0
description:
  - Makes a project follow a repository elsewhere, changes how it does, and ends that. Needs GitLab Premium or Ultimate.
  - Where the edition or the licence has no pull mirrors the task fails before it changes anything, in check mode too, with
    V(pull_mirroring_unavailable) as C(error.code). M(repobridge.bitbucket.gitlab_project) tells it beforehand, for nothing.
  - GitLab is told only what differs. Every change starts an update, and makes the owner of the token the user in whose
    name the mirror runs. When that user goes, or is the bot of a project access token that is revoked, GitLab switches the
    mirror off without a word. So use the token of a person or a service account that stays.
  - After a change, and while the first update is under way, the task waits for the update to end. If it fails, the task fails
    with what GitLab says about it.
  - User and password can't be read back, and there is no place for a fingerprint of them. They are sent to a new mirror,
    with a new O(url), to a mirror that failed (O(unpause)), and in every run with O(update_secret=always).
  - Branches that were removed at the source stay in GitLab. That is how its mirrors are.
  - One call if there is nothing to do. In a change one more, and one for each look at the update; for a new one one more to
    see whether there are pull mirrors at all.
  - O(state=absent) switches the mirror off, and GitLab forgets the credentials. What has been mirrored stays.
  - The token needs the scope C(api). Its owner must be Maintainer of the project.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.gitlab_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.gitlab
  - repobridge.bitbucket.gitlab.project
options:
  url:
    description:
      - Address of the repository to follow, without user and password.
      - Case of scheme and host, C(.git) and a slash at the end make no difference. Needed for a new mirror.
    type: str
  auth_user:
    description:
      - User for git at the source. At Bitbucket Cloud it is C(x-bitbucket-api-token-auth) for an API token, and C(x-token-auth)
        for an access token of a repository, project or workspace.
    type: str
  auth_password:
    description: Password or token for git at the source.
    type: str
  update_secret:
    description:
      - When O(auth_user) and O(auth_password) of a mirror that works are sent again.
      - V(on_create) only with a new O(url), V(always) in every run, which then starts an update each time.
    type: str
    choices: [on_create, always]
    default: on_create
  mirror_trigger_builds:
    description: Whether an update that brings something new starts pipelines.
    type: bool
  mirror_overwrites_diverged_branches:
    description: Whether a branch that went its own way in GitLab is put where it is at the source. Otherwise it stays behind.
    type: bool
  only_mirror_protected_branches:
    description: Whether only branches that are protected in GitLab are mirrored.
    type: bool
  mirror_branch_regex:
    description:
      - Only branches that match this regular expression are mirrored. An empty one takes it away.
      - O(mirror_branch_regex) and O(only_mirror_protected_branches=true) exclude each other.
    type: str
  unpause:
    description:
      - Whether a mirror whose last update failed is configured anew, with O(url), O(auth_user) and O(auth_password), which starts
        an update. It is also what ends the pause that GitLab makes after 14 failures.
      - With V(false) there is a warning with what GitLab says about it.
    type: bool
    default: true
  wait:
    description: Whether the task waits for the first update, and for one that it started.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.gitlab_project
  - module: repobridge.bitbucket.gitlab_project_access_token
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Follow a repository of Bitbucket Cloud and build what comes
  repobridge.bitbucket.gitlab_pull_mirror:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    url: "{{ bitbucket_site_url }}/acme/shop.git"
    auth_user: x-bitbucket-api-token-auth
    auth_password: "{{ bitbucket_api_token }}"
    mirror_trigger_builds: true
    mirror_overwrites_diverged_branches: true
  register: mirror

- name: Follow it no longer
  repobridge.bitbucket.gitlab_pull_mirror:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The mirror as GitLab describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the project; in check mode C(pending:gitlab_pull_mirror:) and the project, if the mirror would be made.
      type: raw
      returned: when there is a mirror or would be one
      sample: 101
    url:
      description: Address of the repository it follows, without credentials.
      type: str
      returned: when there is a mirror or would be one
    trigger_url:
      description:
        - Address that starts an update when it is called with POST and a token that may do so, as C(private_token) in the query.
        - A token of the project needs the scope C(api) and the access level 40; a fine-grained one of a person the permission to
          create pull mirrors there.
      type: str
      returned: when there is a mirror or would be one
      sample: https://gitlab.com/api/v4/projects/101/mirror/pull
    update_status:
      description: State of the last update, C(none), C(scheduled), C(started), C(finished) or C(failed).
      type: str
      returned: when there is a mirror
    last_error:
      description: What went wrong in the last update.
      type: str
      returned: when there is a mirror
    last_successful_update_at:
      description: When the last update that went well ended.
      type: str
      returned: when there is a mirror
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: mirror_trigger_builds
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_pull_mirror
      name: acme/shop
      call: PUT /api/v4/projects/{id}/mirror/pull
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.mirror import PullMirror


def main() -> None:
    run_module(PullMirror)


if __name__ == "__main__":
    main()
