#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_build_status
short_description: Set the status of a build on a commit in Bitbucket
version_added: 1.0.0
description:
  - Creates or updates a build status on a commit of a repository.
  - A status is found by its commit and its O(key). Options that are not set are not changed.
  - Bitbucket Cloud's API cannot delete a status, so this module cannot either. Use V(STOPPED) for a build that will not
    finish.
  - Sends one request, one more for a change, and one or two more if O(commit) is not a hash, on Data Center also if it
    is not a full hash.
  - An API token needs the scope C(read:repository:bitbucket), other credentials C(repository), credentials of Data
    Center C(REPO_READ). No write permission is needed. Data Center supports build statuses of this kind since version
    7.14.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.bitbucket.repository
options:
  commit:
    description:
      - Hash of the commit (at least 7 digits), or the name of a branch or a tag.
      - A name that looks like a hash needs the prefix C(refs/heads/) or C(refs/tags/).
    type: str
    required: true
  key:
    description:
      - Identifier of the build among those of the commit. A build that runs again uses the same key.
      - Cloud accepts 40 characters. A longer key is shortened to its first 23 characters and a digest of the complete
        key. Data Center accepts 255.
    type: str
    required: true
  state:
    description:
      - State of the build.
      - V(STOPPED) of Cloud and V(CANCELLED) of Data Center are equivalent, and both names are accepted for both.
        V(UNKNOWN) exists on Data Center only.
    type: str
    choices: [SUCCESSFUL, FAILED, INPROGRESS, STOPPED, CANCELLED, UNKNOWN]
    required: true
  url:
    description:
      - Address of the build's page. Required for a new status.
      - Cloud rejects a host without a dot, such as C(https://jenkins:8080/); use its full name or its IP address.
      - Data Center takes at most 450 characters.
    type: str
  name:
    description: Display name of the build. Without one Bitbucket shows the key.
    type: str
  description:
    description: Description of the result. An empty string clears it.
    type: str
  refname:
    description: Branch that was built. If set, Bitbucket shows the status on pull requests of the branch.
    type: str
  create:
    description: Whether to create a missing status. With V(false) the task fails if it is missing.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.bitbucket_commit_files
"""

EXAMPLES = r"""
- name: Report that a build has started
  repobridge.bitbucket.bitbucket_build_status:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    commit: main
    key: nightly
    state: INPROGRESS
    url: https://ci.example.com/builds/7
    name: Nightly build
    refname: main

- name: Report a successful deployment of this commit
  repobridge.bitbucket.bitbucket_build_status:
    workspace: acme
    repository: shop
    access_token: "{{ bitbucket_access_token }}"
    commit: main
    key: deployment/production
    state: SUCCESSFUL
    url: https://ci.example.com/deployments/3

- name: Report on Data Center that a build has started
  repobridge.bitbucket.bitbucket_build_status:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    workspace: ACME
    repository: shop
    commit: main
    key: nightly
    state: INPROGRESS
    url: https://ci.example.com/builds/7
    refname: main
"""

RETURN = r"""
resource:
  description: The status as Bitbucket returns it.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Key as stored in Bitbucket; in check mode C(pending:bitbucket_build_status:) and the key, if it would be
        created.
      type: str
      sample: nightly
    commit:
      description: Hash of the commit.
      type: str
      returned: when the status exists
    key:
      description: Key as stored in Bitbucket.
      type: str
      returned: when the status exists
    state:
      description: State of the build.
      type: str
    url:
      description: Address of the build's page.
      type: str
    name:
      description: Name of the build.
      type: str
    description:
      description: Description of the result.
      type: str
    refname:
      description: Branch that was built.
      type: str
    created_on:
      description: Time of its creation.
      type: str
      returned: when the status exists
    updated_on:
      description: Time of its last update.
      type: str
      returned: when the status exists
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: state
      expected: SUCCESSFUL
      actual: INPROGRESS
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_build_status
      name: nightly
      call: POST /2.0/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.build_status import BuildStatus
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(BuildStatus)


if __name__ == "__main__":
    main()
