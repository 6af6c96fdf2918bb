# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that keep files in a branch, but for the files themselves."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  branch:
    description: Branch of the files. In an empty repository it is created, and becomes the main branch.
    type: str
    required: true
  commit_message:
    description:
      - Message of the commit. The default message lists the files.
      - If it contains C([skip ci]), the commit starts no pipeline.
    type: str
  author:
    description:
      - Author of the commit, for example V(Ada Lovelace <ada@example.com>). The default is the account of the
        credential on Cloud, and this collection on Data Center. An instance that verifies committers requires the name
        and e-mail address of the credential's user.
    type: str
  head:
    description:
      - Full hash of the commit at the head of the branch, if another task has just read it; this saves a request.
      - If the branch has changed since, the commit is rejected; then the module reads the branch again and compares the
        files with their current state.
    type: str
  create_branch_from:
    description:
      - Hash of a commit, branch or tag from which a missing O(branch) is created. Without it a missing branch is an
        error.
    type: str
  git_fallback:
    description:
      - Cloud only. Whether the module sets the executable bit with git if the API did not apply it. It pushes over
        HTTPS to O(site_url); the credential is only in the environment of the git process. Requires git where the task
        runs.
      - With V(false) the task fails in this case.
    type: bool
    default: true
  state:
    description:
      - With V(present), the state of each file is given by its own options.
      - V(absent) deletes all listed files in one commit. The branch is not deleted.
    type: str
    choices: [present, absent]
    default: present
  create:
    description: Whether to create a missing file. With V(false) the task fails if a file is missing.
    type: bool
    default: true
  read_with:
    description:
      - How to read the files of a branch on Bitbucket Cloud.
      - V(git) fetches the newest commit once over HTTPS and sends no API request, whose number Bitbucket limits per
        hour. The module itself speaks version 2 of git's protocol. It starts the program git if the server does not
        support what it needs, or if O(validate_certs=false).
      - If git is not installed, or fails for a local reason (for example because it is older than 2.31), the module falls
        back to the API; in the latter case with a warning. If the server rejects the request, the task fails with either
        value.
    type: str
    choices: [api, git]
    default: api
notes:
  - git runs without hooks and without the configuration of the system and the user. It follows no redirect, and sends
    the credential only to the host of the repository. Proxies in the environment are used.
  - git trusts the certificates in O(ca_path), otherwise those in the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE),
    E(SSL_CERT_FILE) and E(GIT_SSL_CAINFO) that is set.
"""
