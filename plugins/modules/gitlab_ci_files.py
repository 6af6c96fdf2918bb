#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: gitlab_ci_files
short_description: Manage files of a GitLab pipeline in a branch of a Bitbucket repository
version_added: 1.0.0
description:
  - Manages files as M(repobridge.bitbucket.bitbucket_commit_files) does, and can also manage a single C(include) entry
    in a pipeline configuration of GitLab without changing the rest of the file.
  - Compares content and executable bit of files in a branch with the task, and commits all that differ in one commit.
    On Cloud it uses the REST API. On Data Center it uses git, because the API commits one file at a time and does not
    support the executable bit.
  - The commit only succeeds if the branch has not changed since it was read. If another commit was faster, the module
    reads and compares the files again, up to three times; it never overwrites changes that it has not read.
  - On Cloud the module checks the executable bit after the commit. If the API did not apply it, a second commit with
    git sets it.
  - On Data Center git is required where the task runs. No data of the repository remains there; only the trees of the
    branch and the files in question are fetched.
  - On Cloud the module sends one request for the attributes of all files and one for each existing file. It sends one
    more for a branch with a slash in its name, for a single file, and if none of the files exists, unless O(head) is
    set. A change is one more request, and one more for the executable bit if it is set.
  - An API token needs the scopes C(read:repository:bitbucket) and C(write:repository:bitbucket), other credentials
    C(repository:write), credentials of Data Center C(REPO_WRITE). Branch restrictions also apply to the API.
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.bitbucket_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
  - repobridge.bitbucket.files_of_branch
  - repobridge.bitbucket.bitbucket.repository
options:
  files:
    description: The files. Other files in the branch are not changed.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Path from the root of the repository. A leading slash is ignored.
        type: str
        required: true
      content:
        description: Complete text of the file, encoded as UTF-8. An empty string is a value.
        type: str
      content_base64:
        description: Complete content in base64, for binary files. An empty string is a value.
        type: str
      gitlab_include:
        description:
          - Instead of the content, for a pipeline configuration of GitLab. The module only manages that C(include) in
            the file contains this file of the same repository. It does not change the rest of the file, including
            comments and layout. A missing file is created.
          - With O(files[].state=absent) the entry is deleted, and also the file if it has no other content.
          - If this is not possible without changing the rest of the file (a file in flow style, written in braces), the
            task fails.
        type: str
      executable:
        description: >-
          Whether the file is executable. If it is not set, an existing file keeps its bit, and a new file is not
          executable.
        type: bool
      marker:
        description:
          - Text that marks a file as managed by this task. An existing file without it is neither changed nor deleted,
            and listed in RV(resource.kept).
        type: str
      hint:
        description: >-
          Instructions for the operator if the file lacks its O(files[].marker). A task on the controller displays them.
        type: str
      state:
        description: Whether the file exists. V(present) requires C(content), C(content_base64) or C(gitlab_include).
        type: str
        choices: [present, absent]
        default: present
seealso:
  - module: repobridge.bitbucket.bitbucket_commit_files
  - module: repobridge.bitbucket.bitbucket_build_status
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Include a file in the pipeline configuration without changing the rest
  repobridge.bitbucket.gitlab_ci_files:
    workspace: acme
    repository: shop
    access_token: "{{ bitbucket_access_token }}"
    branch: main
    files:
      - path: .gitlab/lint.yml
        content: |
          lint:
            script: make lint
      - path: .gitlab-ci.yml
        gitlab_include: .gitlab/lint.yml

- name: Delete both
  repobridge.bitbucket.gitlab_ci_files:
    workspace: acme
    repository: shop
    access_token: "{{ bitbucket_access_token }}"
    branch: main
    files:
      - path: .gitlab/lint.yml
      - path: .gitlab-ci.yml
        gitlab_include: .gitlab/lint.yml
    state: absent
"""

RETURN = r"""
resource:
  description: The branch and the managed files in it.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Hash of the commit at the head of the branch, null if the branch does not exist; in check mode
        C(pending:gitlab_ci_files:) and a name, if a commit would be created.
      type: str
      sample: 5c8f7e1d0b1c4d0f9e3a2b6c7d8e9f0a1b2c3d4e
    commit:
      description: The same hash.
      type: str
    branch:
      description: The branch.
      type: str
    files:
      description: >-
        For each path the content as digest and size (V(absent) if the file does not exist), and whether it is
        executable.
      type: dict
      sample:
        bin/deploy:
          content: sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae (31 bytes)
          executable: true
    kept:
      description: Paths of existing files without their O(files[].marker), which were not changed.
      type: list
      elements: str
drift:
  description:
    - Differences between the task's options and the state before the run, each with path, expected and actual value.
    - Differences, each with path, expected and actual value. The path is the path of the file and C(.content) or
      C(.executable), or C(branch) if the branch was missing. The texts are in the diff.
  returned: success
  type: list
  elements: dict
  sample:
    - path: bin/deploy.executable
      expected: true
      actual: false
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: gitlab_ci_files
      name: bin/deploy, deploy.ini in main
      call: POST /2.0/repositories/{workspace}/{repo_slug}/src
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.targets.gitlab_ci.files import GitlabCiFiles


def main() -> None:
    run_module(GitlabCiFiles)


if __name__ == "__main__":
    main()
