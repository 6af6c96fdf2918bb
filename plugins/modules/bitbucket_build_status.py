#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_build_status
short_description: Set the status of a build on a commit in Bitbucket
version_added: 1.0.0
description:
  - Makes a build status on a commit of a repository, or changes it.
  - A status is found by its commit and its O(key). What is not set is left as it is.
  - Cloud's API has no way to take a status away, and so has this module. V(STOPPED) is what it offers for a build that will not
    end.
  - One call if there is nothing to do, one more for a change, one or two more where O(commit) is not a hash, on Data Center also
    where it is not a whole one.
  - An API token needs the scope C(read:repository:bitbucket), other credentials C(repository), those of Data Center C(REPO_READ).
    Nothing has to be written. Data Center has it since version 7.14.
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
      - Hash of the commit, at least 7 digits of it, or the name of a branch or a tag.
      - A name that looks like a hash needs C(refs/heads/) or C(refs/tags/) in front.
    type: str
    required: true
  key:
    description:
      - What tells this build from the others of the commit. A build that runs again uses the same key again.
      - Cloud takes 40 characters. Of a longer key the first 23 are used, and a digest of the whole. Data Center takes 255.
    type: str
    required: true
  state:
    description:
      - How the build is.
      - V(STOPPED) of Cloud and V(CANCELLED) of Data Center are the same, and either name will do for both.
        V(UNKNOWN) is Data Center's alone.
    type: str
    choices: [SUCCESSFUL, FAILED, INPROGRESS, STOPPED, CANCELLED, UNKNOWN]
    required: true
  url:
    description:
      - Address of the build's page. A new status can't be without.
      - Cloud refuses a host without a dot, such as C(https://jenkins:8080/); use its full name or its IP address.
      - Data Center takes at most 450 characters.
    type: str
  name:
    description: Name of the build for people. Without one Bitbucket shows the key.
    type: str
  description:
    description: A sentence on how it went. An empty text clears it.
    type: str
  refname:
    description: Branch that was built. With it Bitbucket shows the status on the branch's pull requests.
    type: str
  create:
    description: Whether a missing status is made. With V(false) the task fails if there is none.
    type: bool
    default: true
seealso:
  - module: repobridge.bitbucket.bitbucket_commit_files
"""

EXAMPLES = r"""
- name: Say that a build has begun
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

- name: Say that a deployment of this commit went well
  repobridge.bitbucket.bitbucket_build_status:
    workspace: acme
    repository: shop
    access_token: "{{ bitbucket_access_token }}"
    commit: main
    key: deployment/production
    state: SUCCESSFUL
    url: https://ci.example.com/deployments/3

- name: Say on Data Center that a build has begun
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
  description: The status as Bitbucket describes it.
  returned: success
  type: dict
  contains:
    id:
      description: The key, as Bitbucket has it; in check mode C(pending:bitbucket_build_status:) and the key, if it would be made.
      type: str
      sample: nightly
    commit:
      description: Hash of the commit.
      type: str
      returned: when there is a status
    key:
      description: The key, as Bitbucket has it.
      type: str
      returned: when there is a status
    state:
      description: How the build is.
      type: str
    url:
      description: Address of the build's page.
      type: str
    name:
      description: Name of the build.
      type: str
    description:
      description: A sentence on how it went.
      type: str
    refname:
      description: Branch that was built.
      type: str
    created_on:
      description: When the status was made.
      type: str
      returned: when there is a status
    updated_on:
      description: When it was last set.
      type: str
      returned: when there is a status
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: state
      expected: SUCCESSFUL
      actual: INPROGRESS
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_build_status
      name: nightly
      call: POST /2.0/repositories/{workspace}/{repo_slug}/commit/{commit}/statuses/build
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.build_status import BuildStatus
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(BuildStatus)


if __name__ == "__main__":
    main()
