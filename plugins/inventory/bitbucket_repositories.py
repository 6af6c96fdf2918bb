# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: bitbucket_repositories
short_description: Repositories of Bitbucket as hosts
version_added: 1.0.0
description:
  - Makes a host of every repository of Bitbucket workspaces, or of Data Center projects, and adds it to the groups that
    the targets of this collection work with.
  - The server filters the repositories. On Cloud one request reads 100 repositories, on Data Center as many as the
    administrators allow (up to 1,000), and no request is sent for a single repository unless O(opt_in_file) is set.
  - The options for the connection and the environment variables that they fall back to are those of the modules, such as
    M(repobridge.bitbucket.bitbucket_repository_info). In strings of the source, templates with extra variables and lookups
    are resolved.
  - Each host has the variables C(bitbucket_workspace) and C(bitbucket_repository), C(bitbucket_repository_facts), and those
    of C(bitbucket_edition), C(bitbucket_url), C(bitbucket_api_url) and C(bitbucket_site_url) that the source sets.
    It has no credential.
  - C(bitbucket_repository_facts) has the keys of RV(repobridge.bitbucket.bitbucket_repository_info#module:repository), and
    C(read_at), the time at which the list was read. On Data Center C(main_branch) is null, because lists do not contain it.
  - Texts from Bitbucket and from files in repositories are marked as unsafe, and so is every result of O(compose); they are
    never templates.
  - An API token needs the scope C(read:repository:bitbucket), other credentials of Cloud C(repository), credentials of
    Data Center C(REPO_READ).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.bitbucket
options:
  plugin:
    description: Name of the plugin. It identifies the file as a source for it.
    type: str
    required: true
    choices: [repobridge.bitbucket.bitbucket_repositories]
  workspaces:
    description:
      - Slugs of workspaces, or their uuids in braces. Required for Cloud.
      - For Data Center keys of projects, V(~ada) for the personal project of a user. If it is empty, the repositories of
        all projects are read.
    type: list
    elements: str
    default: []
  role:
    description:
      - Only repositories on which the account of the credential has this role.
      - For Data Center V(member) means V(REPO_READ), V(contributor) means V(REPO_WRITE), and V(admin) means V(REPO_ADMIN);
        there is no V(owner).
    type: str
    choices: [member, contributor, admin, owner]
  projects:
    description: Only repositories of projects with these keys. Cloud only; for Data Center use O(workspaces).
    type: list
    elements: str
    default: []
  name:
    description:
      - Only repositories with this text in their display names, in upper or lower case.
      - For Data Center the server decides which names match.
    type: str
  q:
    description:
      - Only repositories that meet this condition in
        L(Bitbucket's query language,https://developer.atlassian.com/cloud/bitbucket/rest/intro/#filtering). Cloud only.
      - The other filters apply in addition.
    type: str
  hostnames:
    description:
      - Expressions for the name of a host. The first one that results in a text is used. They can contain the host's
        variables, and C(repository), which is C(bitbucket_repository_facts).
      - Roles take the repository from the variables, so that any name is possible.
      - If two repositories result in the same name, the source fails and names both.
    type: list
    elements: str
    default: [repository.full_name]
  opt_in_file:
    description:
      - Path of a file in the repositories, such as V(.repobridge.yml). If it is set, only repositories with that file at the
        head of their main branch become hosts.
      - It is read with one request for each repository, with two if the name of the main branch contains a slash.
      - The file is a YAML mapping with the keys C(targets), a list of inventory groups, and C(variables), a mapping. Both
        are optional, and an empty file is sufficient. It must not have more than 16,384 bytes, anchors, aliases, tags or
        other keys.
      - A repository with an invalid file is reported in a warning and left out; with O(strict) the source fails.
    type: str
  opt_in_targets:
    description:
      - Inventory groups of targets that C(targets) in the file can name.
      - Whoever may commit to a repository decides then whether it takes part in them.
    type: list
    elements: str
    default: []
  opt_in_variables:
    description:
      - Variables that C(variables) in the file can set. They must be documented by a role, and not be a credential.
      - Do not allow variables with addresses, because the credentials of the run are sent there.
    type: list
    elements: str
    default: []
notes:
  - The source's file can have any name that ends in C(.yml) or C(.yaml).
  - If the source fails, ansible-core continues with the other sources unless C(INVENTORY_ANY_UNPARSED_IS_FAILED) is
    set. The playbooks of this collection fail if no host is left.
  - What is kept in the cache contains no credential. Another query, another address or another user name is another entry.
seealso:
  - module: repobridge.bitbucket.bitbucket_repository_info
"""

EXAMPLES = r"""
# All repositories of a workspace. The credential is in BITBUCKET_USERNAME and BITBUCKET_API_TOKEN.
plugin: repobridge.bitbucket.bitbucket_repositories
workspaces: [acme]
groups:
  gitlab_ci: true

---
# Repositories of one project that the account administers; those with "mirror" in the description are in OCI DevOps too.
plugin: repobridge.bitbucket.bitbucket_repositories
workspaces: [acme]
projects: [SHOP]
role: admin
q: is_private = true AND name !~ "playground"
strict: true
groups:
  gitlab_ci: true
  oci_devops: "'mirror' in repository.description"
compose:
  gitlab_ci_group: "'acme/' ~ repository.project | lower"
keyed_groups:
  - key: repository.project
    prefix: project
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .cache
cache_timeout: 3600

---
# Repositories that take part by a file of theirs, which may choose between two targets.
plugin: repobridge.bitbucket.bitbucket_repositories
workspaces: [acme]
opt_in_file: .repobridge.yml
opt_in_targets: [gitlab_ci, upsun]
opt_in_variables: [gitlab_ci_image, upsun_project]

---
# Projects of Data Center, with other names for the hosts.
plugin: repobridge.bitbucket.bitbucket_repositories
bitbucket_url: https://bitbucket.example.com
access_token: "{{ lookup('ansible.builtin.env', 'BITBUCKET_DC_TOKEN') }}"
workspaces: [ACME, OPS]
hostnames:
  - repository.project | lower ~ '-' ~ repository.slug
groups:
  upsun: repository.project == 'ACME'
"""

from ansible_collections.repobridge.bitbucket.plugins.plugin_utils.inventory.plugin import RepositoriesInventory


class InventoryModule(RepositoriesInventory):
    """Repositories of Bitbucket as hosts."""

    NAME = "repobridge.bitbucket.bitbucket_repositories"
