#!/usr/bin/python
# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: oci_dynamic_group
short_description: Manage a dynamic group in OCI
version_added: 1.0.0
description:
  - Makes, changes and deletes a dynamic group of OCI's identity service, so that policies can speak of resources
    such as DevOps connections. The group is the tenancy's, or with O(domain) or O(domain_url) that of another identity domain.
  - A dynamic group is found again by O(name), which is unique among all groups of its domain and is never changed here.
  - O(matching_rule) is compared by its meaning. Spaces, case of keywords, kind of quotes, and order inside C(any {}) and C(all {}) do not
    count. What is sent is your text as it is.
  - It never touches the policies that speak of the group.
  - IAM takes its time to spread a change. A listing that contradicts the answer to a call is asked again for up to a minute;
    that a change of the rule counts may take longer.
  - Check mode knows everything a real run would do.
  - The caller needs the permission C(manage dynamic-groups) in the tenancy, in check mode C(inspect dynamic-groups). With O(domain)
    also C(inspect domains), and the domain's own role for groups. Where the home region has to be looked up, C(inspect tenancies).
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
    description: Name of the group; letters, digits, C(.), C(-) and C(_).
    type: str
    required: true
  matching_rule:
    description:
      - Which resources are in the group. Required unless O(create=false).
      - Several rules must be put into one C(Any {...}); to write them one after the other is a convenience of the console.
    type: str
  description:
    description: What the group is for. If it is not set, a new group gets a general text, and one that is there keeps its own.
    type: str
  domain:
    description:
      - Display name of an identity domain in the root compartment. If neither this nor O(domain_url) is set, the group is the tenancy's,
        which is the domain V(Default).
      - Finding the domain costs one more call; O(domain_url) saves it.
      - Tags are not supported for the groups of a domain.
    type: str
  domain_url:
    description: Address of an identity domain, for example V(https://idcs-0123456789abcdef.identity.oraclecloud.com:443).
    type: str
  home_region:
    description:
      - The tenancy's home region, for example V(eu-frankfurt-1), the only one where IAM takes changes.
      - If it is not set, changes are tried in O(region) first, and where that refuses them, the home region is looked up.
      - Not used where O(endpoint) or O(endpoints) gives an address for V(identity).
    type: str
seealso:
  - module: repobridge.bitbucket.oci_policy
"""

EXAMPLES = r"""
- name: What mirrors our repositories
  repobridge.bitbucket.oci_dynamic_group:
    name: repobridge-devops
    matching_rule: >-
      Any {ALL {resource.type = 'devopsconnection', resource.compartment.id = '{{ oci_compartment_id }}'},
      ALL {resource.type = 'devopsrepository', resource.compartment.id = '{{ oci_compartment_id }}'}}
    description: DevOps connections and repositories
  register: group

- name: The same in another identity domain
  repobridge.bitbucket.oci_dynamic_group:
    name: repobridge-devops
    domain: Automation
    matching_rule: resource.type = 'devopsconnection'

- name: Take it away
  repobridge.bitbucket.oci_dynamic_group:
    name: repobridge-devops
    state: absent
"""

RETURN = r"""
resource:
  description: The group as OCI describes it; that of a domain in the same words. Empty if there is none.
  returned: success
  type: dict
  contains:
    id:
      description:
        - OCID of the group; in check mode C(pending:oci_dynamic_group:) and the name, if it would be made.
        - A policy can speak of it as C(dynamic-group id) and the OCID, whichever domain it is in.
      type: str
      returned: when there is a group or would be one
      sample: ocid1.dynamicgroup.oc1..aaaaaaaaexample
    name:
      description: Name of the group.
      type: str
      returned: when there is a group or would be one
    matching_rule:
      description: Its matching rule.
      type: str
      returned: when there is a group or would be one
    scim_id:
      description: Id of the group within its identity domain.
      type: str
      returned: when there is a group and O(domain) or O(domain_url) is set
    domain_id:
      description: OCID of the identity domain.
      type: str
      returned: when there is a group and O(domain) or O(domain_url) is set
    lifecycle_state:
      description: State of the group in OCI's words.
      type: str
      returned: when there is a group of the tenancy
drift:
  description: What differed from the task's options before the run, as paths with the expected and the actual value.
  returned: success
  type: list
  elements: dict
  sample:
    - path: matching_rule
      expected: all{resource.compartment.id=ocid1.compartment.oc1..aaaaaaaaexample,resource.type=devopsconnection}
      actual: resource.type=devopsconnection
actions:
  description: What was done, or in check mode would be done, with the name of the service's own call.
  returned: success
  type: list
  elements: dict
  sample:
    - action: update
      kind: oci_dynamic_group
      name: repobridge-devops
      call: UpdateDynamicGroup
error:
  description: What went wrong, taken apart (kind, service, operation, status, code, words, request_id, remedy).
  returned: failure
  type: dict
"""

from ansible_collections.repobridge.bitbucket.plugins.module_utils.core.module import run_module
from ansible_collections.repobridge.bitbucket.plugins.module_utils.oci.dynamic_group import DynamicGroup


def main() -> None:
    run_module(DynamicGroup)


if __name__ == "__main__":
    main()
