# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that keep files in a branch, but for the files themselves."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  branch:
    description: Branch the files are in. In an empty repository it is made, and becomes the main branch.
    type: str
    required: true
  commit_message:
    description:
      - Message of the commit. Without it the message names the files.
      - With C([skip ci]) in it no pipeline is started by it.
    type: str
  author:
    description:
      - Author of the commit, as in V(Ada Lovelace <ada@example.com>). Without it on Cloud the one the credential belongs to, on Data
        Center this collection. An instance that verifies committers wants the name and e-mail address of the credential's user.
    type: str
  head:
    description:
      - Whole hash of the commit the branch is at, if another task has just read it; that saves a call.
      - If the branch has moved since, a commit fails, the branch is read, and the files are compared with what is there then.
    type: str
  create_branch_from:
    description:
      - Hash of a commit, branch or tag where O(branch) starts if it does not exist. Without it a missing branch is an error.
    type: str
  git_fallback:
    description:
      - For Cloud. Whether git may set the executable bit where the API left it out. It is pushed over HTTPS to O(site_url), with
        the credential in the environment of the git process only. Needs git where the task runs.
      - With V(false) the task fails in that case.
    type: bool
    default: true
  state:
    description:
      - V(present) is as each of the files says.
      - V(absent) takes all of them away, with one commit. The branch stays.
    type: str
    choices: [present, absent]
    default: present
  create:
    description: Whether a missing file is made. With V(false) the task fails if one is missing.
    type: bool
    default: true
  read_with:
    description:
      - How the files of a branch are read on Bitbucket Cloud.
      - With V(git) by one fetch of the newest commit over HTTPS, without any call of the API, which Bitbucket counts by the hour.
        Where git is not installed, is older than 2.31, or fails for a reason of its own, the API is used nevertheless; in the
        latter cases there is a warning. What the server refuses is an error with either.
    type: str
    choices: [api, git]
    default: api
notes:
  - git runs without hooks and without the configuration of the system and the user. It follows no redirect, and its credential
    is for the host of the repository only. Proxies that the environment names are used.
  - git trusts O(ca_path), or else what the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE), E(SSL_CERT_FILE) and
    E(GIT_SSL_CAINFO) that is set names.
"""
