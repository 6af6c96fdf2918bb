#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: bitbucket_commit_files
short_description: Keep files in a branch of a Bitbucket repository
version_added: 1.0.0
description:
  - Compares files of a branch, their bytes and their executable bit, with what they should be, and puts all that differ into
    one commit, on Cloud over the REST API, on Data Center by git, whose API commits one file at a time and knows no executable bit.
  - The commit goes through only if the branch is still where it was read. If somebody was faster, the files are read again
    and compared anew, up to three times; nothing of theirs is overwritten unseen.
  - On Cloud the executable bit is looked at after the commit. Where the API left it out, a second commit made by git sets it.
  - On Data Center git is needed where the task runs. Nothing of the repository stays there; only the trees of the branch and
    the files in question are fetched.
  - On Cloud with nothing to do the calls are one for the attributes of all files and one for each file that is there. For a branch
    with a slash in its name, for a single file, and where none of the files is there, it is one more, unless O(head) is set.
    A change is one more, and one more for the executable bit if it is wanted.
  - An API token needs the scopes C(read:repository:bitbucket) and C(write:repository:bitbucket), other credentials
    C(repository:write), those of Data Center C(REPO_WRITE). Restrictions of the branch count for the API too.
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
    description: The files. Others in the branch are left as they are.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Path from the root of the repository. A slash in front makes no difference.
        type: str
        required: true
      content:
        description: The whole text of the file, sent as UTF-8. An empty text is a value.
        type: str
      content_base64:
        description: The whole content in base64, for what is no text. An empty text is a value.
        type: str
      executable:
        description: Whether it is executable. If it is not set, a file keeps its bit, and a new one has none.
        type: bool
      marker:
        description:
          - Text by which a file that is there is known as the task's own. One without it belongs to somebody else - it is neither
            changed nor removed, and named in RV(resource.kept).
        type: str
      state:
        description: Whether the file is there. For V(present) one of C(content) and C(content_base64) is needed.
        type: str
        choices: [present, absent]
        default: present
seealso:
  - module: repobridge.bitbucket.bitbucket_build_status
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
- name: Keep a script and its configuration in the main branch
  repobridge.bitbucket.bitbucket_commit_files:
    workspace: acme
    repository: shop
    username: build@example.com
    api_token: "{{ bitbucket_api_token }}"
    branch: main
    commit_message: Update the deployment script
    files:
      - path: bin/deploy
        content: |
          #!/bin/sh
          exec make deploy
        executable: true
      - path: deploy.ini
        content: |
          region = eu
      - path: bin/deploy.old
        state: absent

- name: Keep a file in the main branch of a repository of Data Center
  repobridge.bitbucket.bitbucket_commit_files:
    bitbucket_url: "{{ bitbucket_dc_url }}"
    access_token: "{{ bitbucket_dc_token }}"
    workspace: ACME
    repository: shop
    branch: main
    files:
      - path: bin/deploy
        content: |
          #!/bin/sh
          exec make deploy
        executable: true
"""

RETURN = r"""
resource:
  description: The branch and the managed files in it.
  returned: success
  type: dict
  contains:
    id:
      description: >-
        Hash of the commit the branch is at, null if there is no branch;
        in check mode C(pending:bitbucket_commit_files:) and a name, if a commit would be made.
      type: str
      sample: 5c8f7e1d0b1c4d0f9e3a2b6c7d8e9f0a1b2c3d4e
    commit:
      description: The same.
      type: str
    branch:
      description: The branch.
      type: str
    files:
      description: By its path what each file holds, as a digest and a size (V(absent) if it is not there), and whether it is executable.
      type: dict
      sample:
        bin/deploy:
          content: sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae (31 bytes)
          executable: true
    kept:
      description: Paths of the files that are there without their O(files[].marker), and were left as they are.
      type: list
      elements: str
drift:
  description:
    - What differed from the task's options before the run, as paths with the expected and the actual value.
    - The path is that of the file and C(.content) or C(.executable), or C(branch) if there was none. The texts are in the diff.
  returned: success
  type: list
  elements: dict
  sample:
    - path: bin/deploy.executable
      expected: true
      actual: false
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: bitbucket_commit_files
      name: bin/deploy, deploy.ini in main
      call: POST /2.0/repositories/{workspace}/{repo_slug}/src
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.bitbucket.commit_files import CommitFiles
from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module


def main() -> None:
    run_module(CommitFiles)


if __name__ == "__main__":
    main()
