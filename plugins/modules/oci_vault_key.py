#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_vault_key
short_description: Manage an encryption key in an OCI vault
version_added: 1.0.0
description:
  - Makes, changes, enables and deletes a master encryption key of an OCI vault. A vault secret needs a symmetric (V(AES)) one.
  - A key is found again by O(name) in the vault and O(compartment_id). OCI allows several of one name. Of several the one that
    encrypts a secret of the vault is taken, with a warning that names the others; where that does not decide, it is an error
    that lists them.
  - A disabled key is enabled, because O(state=present) means that it can be used.
  - Deletion is only scheduled. A key of this name that waits for its deletion is brought back in place of making another one.
  - It never rotates a key by itself, never imports key material, and never changes what a key is (algorithm, length, protection);
    a difference there is an error.
  - Check mode knows everything a real run would do. Only of a key that waits for its deletion it can't tell whether it would have
    to be enabled after its return.
  - Converged, a task costs one call. It costs a second one if O(vault_id) is set, and another if O(length), O(curve_id) or
    O(rotation_interval_days) is, because OCI's listing does not have these.
  - The caller needs the permission C(manage keys) in the compartment, in check mode C(inspect keys) (and C(read keys) where
    a second call is made), with O(vault_id) also C(read vaults).
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
    description: Display name of the key.
    type: str
    required: true
  compartment_id:
    description: OCID of the compartment the key is in; not necessarily the vault's.
    type: str
    required: true
  management_endpoint:
    description:
      - Address under which the vault's keys are managed, RV(repobridge.bitbucket.oci_vault#module:resource.management_endpoint).
      - Exactly one of O(management_endpoint) and O(vault_id) must be set.
    type: str
  vault_id:
    description: OCID of the vault, from which the module finds the address with one more call.
    type: str
  algorithm:
    description:
      - What the key is for. V(AES) encrypts (secrets need it), V(RSA) encrypts and signs, V(ECDSA) signs.
      - If it is not set, a new key is an V(AES) one.
    type: str
    choices: [AES, RSA, ECDSA]
  length:
    description:
      - Length in bytes (not bits). 16, 24 or 32 for V(AES); 256, 384 or 512 for V(RSA); 32, 48 or 66 for V(ECDSA).
      - If it is not set, it is not compared, and a new key gets 32 for V(AES), 256 for V(RSA), and what the curve has for V(ECDSA).
    type: int
  curve_id:
    description: Curve of an V(ECDSA) key, which must have one.
    type: str
    choices: [NIST_P256, NIST_P384, NIST_P521]
  protection_mode:
    description:
      - Where the key lives and works. V(HSM) never leaves the hardware, V(SOFTWARE) is kept encrypted on a server and can be exported.
      - OCI charges for key versions in hardware beyond a free number and not for those in software; see its price list.
      - If it is not set, OCI decides; at the time of writing it takes V(HSM).
    type: str
    choices: [HSM, SOFTWARE]
  auto_rotation:
    description: Whether OCI makes a new version of the key by itself from time to time. Only in vaults of type V(VIRTUAL_PRIVATE).
    type: bool
  rotation_interval_days:
    description: After how many days (60 to 365) it does so.
    type: int
  deletion_days:
    description:
      - For O(state=absent), after how many days (7 to 30) OCI deletes the key for good. It can be brought back until then.
      - What is encrypted with the key can't be read any more from the moment its deletion is scheduled.
      - If it is not set, OCI decides; at the time of writing it takes 30 days.
    type: int
seealso:
  - module: repobridge.bitbucket.oci_vault
  - module: repobridge.bitbucket.oci_vault_secret
"""

EXAMPLES = r"""
# "vault" is what a task with oci_vault has registered.
- name: A key for the secrets in the vault, kept in software
  repobridge.bitbucket.oci_vault_key:
    name: repobridge
    compartment_id: "{{ oci_compartment_id }}"
    management_endpoint: "{{ vault.resource.management_endpoint }}"
    protection_mode: SOFTWARE
  register: key

- name: Schedule its deletion
  repobridge.bitbucket.oci_vault_key:
    name: repobridge
    compartment_id: "{{ oci_compartment_id }}"
    vault_id: "{{ vault.resource.id }}"
    state: absent
"""

RETURN = r"""
resource:
  description: The key as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the key; in check mode C(pending:oci_vault_key:) and the name, if it would be made.
      type: str
      returned: when there is a key or would be one
      sample: ocid1.key.oc1.eu-frankfurt-1.example.aaaaaaaaexample
    display_name:
      description: Name of the key.
      type: str
      returned: when there is a key or would be one
    algorithm:
      description: Algorithm of the key.
      type: str
      returned: when there is a key or would be one
    length:
      description: Length of the key in bytes.
      type: int
      returned: when the key was made or read by itself, or would be made
    lifecycle_state:
      description: State of the key in OCI's words.
      type: str
      returned: when there is a key
    time_of_deletion:
      description: When OCI deletes the key for good.
      type: str
      returned: when this run has scheduled its deletion
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: lifecycle_state
      expected: ENABLED
      actual: DISABLED
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: enable
      kind: oci_vault_key
      name: repobridge
      call: EnableKey
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.key import Key


def main() -> None:
    run_module(Key)


if __name__ == "__main__":
    main()
