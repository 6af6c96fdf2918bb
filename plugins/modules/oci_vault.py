#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_vault
short_description: Manage a vault in OCI
version_added: 1.0.0
description:
  - Makes, changes and deletes a vault of the OCI Key Management service. Keys and secrets live in one.
  - A vault is found again by O(name) in O(compartment_id). OCI allows several of one name. Of several the one in use
    is taken, with a warning that names the others (one whose secret an OCI DevOps connection reads, or else one with secrets,
    or else one with enabled keys); where that does not decide, it is an error that lists them.
  - Deletion is only scheduled. A vault of this name that waits for its deletion is brought back in place of making another one,
    with all the keys and secrets in it.
  - It never touches the keys and secrets in the vault, except that a deleted vault takes them along. It never moves a vault
    to another compartment, and it does not make external vaults.
  - A vault that is still being made is waited for.
  - Check mode knows everything a real run would do.
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
options:
  name:
    description: Display name of the vault.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the vault is in.
    type: str
    required: true
  vault_type:
    description:
      - V(DEFAULT) shares a partition of the hardware, V(VIRTUAL_PRIVATE) has its own, which is charged by the hour.
      - Can't be changed later. If it is not set, a new vault is a V(DEFAULT) one, and one that is there is taken as it is.
    type: str
    choices: [DEFAULT, VIRTUAL_PRIVATE]
  deletion_days:
    description:
      - For O(state=absent), after how many days (7 to 30) OCI deletes the vault for good. It can be brought back until then.
      - If it is not set, OCI decides; at the time of writing it takes 30 days.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_vault_key
  - module: repobridge.bitbucket.oci_vault_secret
"""

EXAMPLES = r"""
- name: A vault for what connects our repositories
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
  description: The vault as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the vault; in check mode C(pending:oci_vault:) and the name, if it would be made.
      type: str
      returned: when there is a vault or would be one
      sample: ocid1.vault.oc1.eu-frankfurt-1.example.aaaaaaaaexample
    display_name:
      description: Name of the vault.
      type: str
      returned: when there is a vault or would be one
    management_endpoint:
      description:
        - Address under which the vault's keys are managed; M(repobridge.bitbucket.oci_vault_key) takes it.
        - In check mode C(pending:oci_vault:) and the name, if the vault would be made.
      type: str
      returned: when there is a vault or would be one
      sample: https://example-management.kms.eu-frankfurt-1.oraclecloud.com
    vault_type:
      description: Type of the vault.
      type: str
      returned: when there is a vault or would be one
    lifecycle_state:
      description: State of the vault in OCI's words. After O(state=absent) it is C(SCHEDULING_DELETION) or C(PENDING_DELETION).
      type: str
      returned: when there is a vault
    time_of_deletion:
      description: When OCI deletes the vault for good.
      type: str
      returned: when this run has scheduled its deletion
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: freeform_tags
      expected:
        team: build
      actual: {}
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_vault
      name: repobridge
      call: UpdateVault
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.vault import Vault


def main() -> None:
    run_module(Vault)


if __name__ == "__main__":
    main()
