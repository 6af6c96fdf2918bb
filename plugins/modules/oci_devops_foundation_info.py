#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_devops_foundation_info
short_description: Find the shared project and connection of OCI DevOps mirrors
version_added: 1.0.0
description:
  - Finds a DevOps project and a connection in it by their names, and optionally lists the repositories that use them.
  - If one of them does not exist, its id begins with C(pending:), in check mode and in a real run.
    M(repobridge.bitbucket.oci_devops_mirror) then fails in a real run with a message about what is missing.
  - It sends one request for each of both, none for one that is given by its OCID, and one more for each of O(users_of),
    O(vault_name) and O(log_group_name).
  - The caller needs the permissions C(inspect devops-project), C(inspect devops-connection) and
    C(inspect devops-repository), and for O(vault_name) and O(log_group_name) C(inspect vaults) and
    C(inspect log-groups).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes.info
  - repobridge.bitbucket.attributes.oci_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.oci
  - repobridge.bitbucket.adoption.unmarked
options:
  compartment_id:
    description: OCID of the compartment of the project.
    type: str
    required: true
  project_name:
    description: Name of the project.
    type: str
    required: true
  project_id:
    description: OCID of the project, instead of O(project_name).
    type: str
  connection_name:
    description: Display name of the connection.
    type: str
    required: true
  connection_id:
    description: OCID of the connection, instead of O(connection_name).
    type: str
  vault_name:
    description: Name of a vault in the compartment to find as well.
    type: str
  log_group_name:
    description: Name of a log group in the compartment to find as well.
    type: str
  users_of:
    description:
      - Which repositories to list as users, V(project) for all repositories of the project, V(connection) for those
        that are mirrored over the connection. If it is not set, none are listed.
      - A warning lists them as well, because a foundation with users cannot be deleted.
    type: str
    choices: [project, connection]
  known_users:
    description: Names of repositories that always count as users, and are not in the warning.
    type: list
    elements: str
    default: []
  ignored_users:
    description: >-
      Names of repositories that do not count as users, because they are to be deleted as well. With O(unmarked=keep) adopted
      ones count nevertheless.
    type: list
    elements: str
    default: []
seealso:
  - module: repobridge.bitbucket.oci_devops_mirror
  - module: repobridge.bitbucket.oci_devops_project
  - module: repobridge.bitbucket.oci_devops_connection
"""

EXAMPLES = r"""
- name: Find project and connection of the mirrors
  repobridge.bitbucket.oci_devops_foundation_info:
    compartment_id: "{{ oci_compartment_id }}"
    project_name: mirrors
    connection_name: bitbucket
  register: foundation

- name: Show the OCID of the project
  ansible.builtin.debug:
    var: foundation.foundation.project
"""

RETURN = r"""
foundation:
  description: The objects that were found.
  returned: success
  type: dict
  contains:
    project:
      description: OCID of the project; C(pending:oci_devops_project:) and the name if it does not exist.
      type: str
      returned: always
      sample: ocid1.devopsproject.oc1.eu-frankfurt-1.aaaaaaaaexample
    connection:
      description: OCID of the connection; C(pending:oci_devops_connection:) and the name if it does not exist.
      type: str
      returned: always
      sample: ocid1.devopsconnection.oc1.eu-frankfurt-1.aaaaaaaaexample
    users:
      description: Names of the repositories that use it.
      type: list
      elements: str
      returned: with O(users_of)
    vault:
      description:
        - The C(id), C(management_endpoint) and C(lifecycle_state) of the vault.
        - If it does not exist, the first two are C(pending:oci_vault:) and the name.
      type: dict
      returned: with O(vault_name)
    log_group:
      description: OCID of the log group; C(pending:oci_log_group:) and the name if it does not exist.
      type: str
      returned: with O(log_group_name)
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.foundation_info import FoundationInfo


def main() -> None:
    run_module(FoundationInfo)


if __name__ == "__main__":
    main()
