#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_vault
short_description: Manage a vault in OCI
version_added: 1.0.0
description:
  - Creates, updates and deletes a vault of the OCI Key Management service. It contains keys and secrets.
  - A vault is found by O(name) in O(compartment_id). OCI allows several vaults of one name. Of several the module uses
    the one in use, with a warning that lists the others. In use is a vault whose secret an OCI DevOps connection reads,
    otherwise one with secrets, otherwise one with enabled keys. If this is not conclusive, the task fails and lists
    them.
  - Deletion is only scheduled. If a vault of this name is scheduled for deletion, it is restored with all its keys and
    secrets, and no new vault is created.
  - It never changes the keys and secrets in the vault, except that they are deleted with the vault. It never moves a
    vault to another compartment, and it does not create external vaults.
  - If a vault is still being created, the module waits for it.
  - Check mode reports exactly what a real run would change.
  - The caller needs the permission C(manage vaults) in the compartment, in check mode C(inspect vaults).
author:
  - The repobridge.bitbucket maintainers (@repobridge)
extends_documentation_fragment:
  - repobridge.bitbucket.attributes
  - repobridge.bitbucket.attributes.oci_group
  - repobridge.bitbucket.transport
  - repobridge.bitbucket.transport.wait
  - repobridge.bitbucket.transport.state
  - repobridge.bitbucket.oci
  - repobridge.bitbucket.oci.tags
  - repobridge.bitbucket.adoption
options:
  name:
    description: Display name of the vault.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment of the vault.
    type: str
    required: true
  vault_type:
    description:
      - V(DEFAULT) uses a shared hardware partition, V(VIRTUAL_PRIVATE) a dedicated one, which is charged by the hour.
      - It cannot be changed later. If it is not set, a new vault has the type V(DEFAULT), and the type of an existing
        vault is not compared.
    type: str
    choices: [DEFAULT, VIRTUAL_PRIVATE]
  deletion_days:
    description:
      - For O(state=absent), number of days (7 to 30) after which OCI permanently deletes the vault. Until then it can
        be restored.
      - If it is not set, OCI uses its default, currently 30 days.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_vault_key
  - module: repobridge.bitbucket.oci_vault_secret
"""

EXAMPLES = r"""
- name: Create a vault for the credentials of the mirrors
  repobridge.bitbucket.oci_vault:
    name: repobridge
    compartment_id: "{{ oci_compartment_id }}"
    freeform_tags:
      team: build
  register: vault

- name: Schedule its deletion, as early as OCI allows
  repobridge.bitbucket.oci_vault:
    name: repobridge
    compartment_id: "{{ oci_compartment_id }}"
    deletion_days: 7
    state: absent
"""

RETURN = r"""
resource:
  description: The vault as OCI returns it. Empty if it does not exist.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the vault; in check mode C(pending:oci_vault:) and the name, if it would be created.
      type: str
      returned: when the vault exists or would be created
      sample: ocid1.vault.oc1.eu-frankfurt-1.example.aaaaaaaaexample
    display_name:
      description: Name of the vault.
      type: str
      returned: when the vault exists or would be created
    management_endpoint:
      description:
        - Address for the management of the vault's keys, for M(repobridge.bitbucket.oci_vault_key).
        - In check mode C(pending:oci_vault:) and the name, if the vault would be created.
      type: str
      returned: when the vault exists or would be created
      sample: https://example-management.kms.eu-frankfurt-1.oraclecloud.com
    vault_type:
      description: Type of the vault.
      type: str
      returned: when the vault exists or would be created
    lifecycle_state:
      description: >-
        State of the vault as OCI reports it. After O(state=absent) it is C(SCHEDULING_DELETION) or C(PENDING_DELETION).
      type: str
      returned: when the vault exists
    time_of_deletion:
      description: Time at which OCI permanently deletes the vault.
      type: str
      returned: when this run has scheduled its deletion
drift:
  description: >-
    Differences between the task's options and the state before the run, each with path, expected and actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: freeform_tags
      expected:
        team: build
      actual: {}
actions:
  description: Actions that were taken, or would be taken in check mode, each with the service's API call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_vault
      name: repobridge
      call: UpdateVault
error:
  description: Details of the error (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault


def main() -> None:
    run_module(Vault)


if __name__ == "__main__":
    main()
