#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_policy
short_description: Manage a policy in OCI
version_added: 1.0.0
description:
  - Makes, changes and deletes a policy of OCI's identity service.
  - A policy is found again by O(name) in O(compartment_id). Neither can be changed.
  - O(statements) are compared as a set and by their meaning. Order, spaces, case of keywords, quotes around simple names, and
    the name of the C(Default) domain do not count. What is sent is your text as it is.
  - The policy has exactly these statements; others in it are removed. Other policies are never touched.
  - IAM takes its time to spread a change. A listing that contradicts the answer to a call is asked again for up to a minute;
    that a change is in force may take longer.
  - Check mode knows everything a real run would do.
  - The caller needs the permission C(manage policies) in the compartment, in check mode C(inspect policies). It can't give away more than
    it has. Where the home region has to be looked up, C(inspect tenancies).
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
    description: Name of the policy; letters, digits, C(.), C(-) and C(_).
    type: str
    required: true
  statements:
    description: The statements. Required unless O(create=false).
    type: list
    elements: str
  description:
    description: What the policy is for. If it is not set, a new policy gets a general text, and one that is there keeps its own.
    type: str
  compartment_id:
    description:
      - OCID of the compartment the policy is attached to. Its statements can speak of what is in and below that compartment.
      - If it is not set, the policy is attached to the root compartment, that is to the tenancy.
    type: str
  home_region:
    description:
      - The tenancy's home region, for example V(eu-frankfurt-1), the only one where IAM takes changes.
      - If it is not set, changes are tried in O(region) first, and where that refuses them, the home region is looked up.
      - Not used where O(endpoint) or O(endpoints) gives an address for V(identity).
    type: str
seealso:
  - module: repobridge.bitbucket.oci_dynamic_group
"""

EXAMPLES = r"""
- name: What the mirrors may do
  repobridge.bitbucket.oci_policy:
    name: repobridge-devops
    statements:
      - Allow dynamic-group repobridge-devops to read secret-family in compartment devops
      - Allow dynamic-group repobridge-devops to use ons-topics in compartment devops
    description: DevOps connections read the Bitbucket credential

- name: Take it away
  repobridge.bitbucket.oci_policy:
    name: repobridge-devops
    state: absent
"""

RETURN = r"""
resource:
  description: The policy as OCI describes it. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description: OCID of the policy; in check mode C(pending:oci_policy:) and the name, if it would be made.
      type: str
      returned: when there is a policy or would be one
      sample: ocid1.policy.oc1..aaaaaaaaexample
    name:
      description: Name of the policy.
      type: str
      returned: when there is a policy or would be one
    statements:
      description: Its statements.
      type: list
      elements: str
      returned: when there is a policy or would be one
    compartment_id:
      description: OCID of the compartment the policy is attached to.
      type: str
      returned: when there is a policy or would be one
    lifecycle_state:
      description: State of the policy in OCI's words.
      type: str
      returned: when there is a policy
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: statements
      expected:
        - allow dynamic-group repobridge-devops to read secret-family in compartment devops
      actual:
        - allow dynamic-group repobridge-devops to manage secret-family in compartment devops
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_policy
      name: repobridge-devops
      call: UpdatePolicy
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.identity import Policy


def main() -> None:
    run_module(Policy)


if __name__ == "__main__":
    main()
