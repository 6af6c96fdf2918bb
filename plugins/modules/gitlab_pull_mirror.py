#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_pull_mirror
short_description: Manage the pull mirror of a GitLab project
version_added: 1.0.0
description:
  - Creates, updates and deletes the pull mirror of a project, which follows an external repository. Requires GitLab
    Premium or Ultimate.
  - If the edition or the licence does not support pull mirrors, the task fails before it changes anything, in check
    mode too, with V(pull_mirroring_unavailable) as C(error.code). M(repobridge.bitbucket.gitlab_project) returns this
    in advance without an additional request.
  - Only changed options are sent to GitLab. Every change starts an update, and the mirror then runs as the user of the
    token. If that user is removed, or is the bot of a project access token that is revoked, GitLab disables the mirror
    without a notice. Therefore use the token of a permanent user or service account.
  - After a change, and while the first update is in progress, the task waits until the update ends. If the update
    fails, the task fails with GitLab's message.
  - User and password cannot be read, and GitLab has no field to store a fingerprint. They are sent to a new mirror,
    with a new O(url), to a failed mirror (O(unpause)), and in every run with O(update_secret=always).
  - Branches that were deleted at the source remain in GitLab; this is how its pull mirrors work.
  - Sends one request. A change needs one more, and one for each poll of the update; a new mirror needs one more to
    check whether pull mirrors are supported.
  - O(state=absent) disables the mirror, and GitLab deletes the credentials. Mirrored branches and tags remain.
  - The token needs the scope C(api). Its user must be a Maintainer of the project.
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
      - Case of scheme and host, C(.git) and a trailing slash are ignored. Required for a new mirror.
    type: str
  auth_user:
    description:
      - User for git at the source. For Bitbucket Cloud it is C(x-bitbucket-api-token-auth) for an API token, and
        C(x-token-auth) for an access token of a repository, project or workspace.
    type: str
  auth_password:
    description: Password or token for git at the source.
    type: str
  update_secret:
    description:
      - When to send O(auth_user) and O(auth_password) of a working mirror again.
      - V(on_create) only with a new O(url), V(always) in every run, which then always starts an update.
    type: str
    choices: [on_create, always]
    default: on_create
  mirror_trigger_builds:
    description: Whether an update with new commits starts pipelines.
    type: bool
  mirror_overwrites_diverged_branches:
    description: >-
      Whether to overwrite a branch that has diverged in GitLab with the branch at the source. Otherwise it is not
      updated.
    type: bool
  only_mirror_protected_branches:
    description: Whether only branches that are protected in GitLab are mirrored.
    type: bool
  mirror_branch_regex:
    description:
      - Only branches that match this regular expression are mirrored. An empty string clears it.
      - O(mirror_branch_regex) and O(only_mirror_protected_branches=true) are mutually exclusive.
    type: str
  unpause:
    description:
      - Whether to configure a mirror whose last update failed again, with O(url), O(auth_user) and O(auth_password),
        which starts an update. This also ends the pause of the mirror after 14 failures.
      - With V(false) the task warns with GitLab's message.
    type: bool
    default: true
  wait:
    description: Whether the task waits for the first update, and for an update that it started.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.gitlab_project
  - module: repobridge.bitbucket.gitlab_project_access_token
  - module: repobridge.bitbucket.bitbucket_webhook
"""

EXAMPLES = r"""
- name: Mirror a repository of Bitbucket Cloud and run its pipelines
  repobridge.bitbucket.gitlab_pull_mirror:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    url: "{{ bitbucket_site_url }}/acme/shop.git"
    auth_user: x-bitbucket-api-token-auth
    auth_password: "{{ bitbucket_api_token }}"
    mirror_trigger_builds: true
    mirror_overwrites_diverged_branches: true
  register: mirror

- name: Delete the mirror
  repobridge.bitbucket.gitlab_pull_mirror:
    api_token: "{{ gitlab_api_token }}"
    project: "{{ shop_project.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The mirror as GitLab returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Id of the project; in check mode C(pending:gitlab_pull_mirror:) and the project, if the mirror would be created.
      type: raw
      returned: when the mirror exists or would be created
      sample: 101
    url:
      description: Address of the repository that it mirrors, without credentials.
      type: str
      returned: when the mirror exists or would be created
    trigger_url:
      description:
        - Address that starts an update when it is called with POST and an authorized token, as C(private_token) in the
          query.
        - A project access token needs the scope C(api) and the access level 40; a fine-grained token of a user the
          permission to create pull mirrors there.
      type: str
      returned: when the mirror exists or would be created
      sample: https://gitlab.com/api/v4/projects/101/mirror/pull
    update_status:
      description: State of the last update, C(none), C(scheduled), C(started), C(finished) or C(failed).
      type: str
      returned: when the mirror exists
    last_error:
      description: Error of the last update.
      type: str
      returned: when the mirror exists
    last_successful_update_at:
      description: Time at which the last successful update ended.
      type: str
      returned: when the mirror exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: mirror_trigger_builds
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_pull_mirror
      name: acme/shop
      call: PUT /api/v4/projects/{id}/mirror/pull
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.gitlab.mirror import PullMirror


def main() -> None:
    run_module(PullMirror)


if __name__ == "__main__":
    main()
