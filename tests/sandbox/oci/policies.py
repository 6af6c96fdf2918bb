# SPDX-License-Identifier: GPL-3.0-or-later
"""What policies allow the services themselves, with IAM's delay: a change takes a while to count.

https://docs.oracle.com/en-us/iaas/Content/Identity/Concepts/policies.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .rules import VERBS, Statement, holds, parse_rule, parse_statement
from .store import Resource
from .wire import OciError, invalid

if TYPE_CHECKING:
    from .service import Oci

FAMILIES = {
    "secret-bundles": ("secret-bundles", "secret-family", "all-resources"),
    "ons-topics": ("ons-topics", "ons-family", "all-resources"),
}
PERMISSIONS = {("read", "secret-bundles"): "SECRET_BUNDLE_READ", ("use", "ons-topics"): "ONS_TOPIC_PUBLISH"}


class Policies:
    """Answers whether a resource, acting on its own, may do something."""

    def __init__(self, oci: Oci) -> None:
        self.oci = oci

    def changed(self, resource: Resource, name: str, before: Any) -> None:
        """Remember what counted before a change of ``name``, and until when it still counts."""
        resource["_before"] = before
        resource["_counts_from"] = self.oci.server.clock.now() + self.oci.iam_delay_seconds

    def _effective(self, resource: Resource, name: str) -> Any:
        waiting = self.oci.server.clock.now() < resource["_counts_from"]
        return resource["_before"] if waiting else resource[name]

    def groups_of(self, acting: Resource, type_name: str) -> set[str]:
        """Names and OCIDs of the dynamic groups a resource is in, as far as IAM has noticed."""
        values = {
            "resource.type": type_name,
            "resource.id": acting["id"],
            "resource.compartment.id": acting["compartmentId"],
        }
        out = set()
        for group in self.oci.store.shown("dynamic_group"):
            rule = self._effective(group, "matchingRule")
            if rule and holds(parse_rule(rule), values):
                domain = "" if group["_domain_type"] == "DEFAULT" else group["_domain_name"].lower() + "/"
                out |= {domain + group["name"].lower(), group["id"].lower()}
        return out

    def allows(self, acting: Resource, type_name: str, verb: str, kind: str, target: Resource) -> bool:
        """Whether the policies let ``acting`` (of ``resource.type`` ``type_name``) use the target so."""
        groups = self.groups_of(acting, type_name)
        values = {
            "request.principal.type": type_name,
            "request.principal.id": acting["id"],
            "request.principal.compartment.id": acting["compartmentId"],
            "target.compartment.id": target["compartmentId"],
            "target.secret.id": target["id"],
            "target.secret.name": target.get("secretName", ""),
        }
        for policy in self.oci.store.shown("policy"):
            for line in self._effective(policy, "statements") or ():
                try:
                    statement = parse_statement(line)
                except OciError:  # changed by hand to something that is no statement
                    continue
                if statement and self._grants(statement, policy, groups, verb, kind, values, target["compartmentId"]):
                    return True
        return False

    def _grants(
        self,
        statement: Statement,
        policy: Resource,
        groups: set[str],
        verb: str,
        kind: str,
        values: dict[str, str],
        target_compartment: str,
    ) -> bool:
        if statement.subject == "dynamic-group":
            if not groups & set(statement.names):
                return False
        elif statement.subject != "any-user":
            return False
        if statement.verb == "permissions":
            if PERMISSIONS[verb, kind] not in statement.resource.split():
                return False
        elif VERBS.index(statement.verb) < VERBS.index(verb) or statement.resource not in FAMILIES[kind]:
            return False
        where = self.location(statement, policy["compartmentId"])
        if where is None or not self.oci.in_compartment(target_compartment, where):
            return False
        return statement.where is None or holds(statement.where, values)

    def location(self, statement: Statement, attached_to: str) -> str | None:
        """The compartment a statement is about; names count from where the policy is attached."""
        wanted = statement.location.lower()
        if wanted == "tenancy":
            return self.oci.tenancy_id
        compartments = self.oci.store.shown("compartment")
        for compartment in compartments:
            if wanted == compartment["id"].lower():
                return compartment["id"] if self.oci.in_compartment(compartment["id"], attached_to) else None
        here = attached_to
        if any(c["id"] == here and c["name"].lower() == wanted for c in compartments):
            return here
        for part in wanted.split(":"):
            inner = [c for c in compartments if c["compartmentId"] == here and c["name"].lower() == part]
            if not inner:
                return None
            here = inner[0]["id"]
        return here

    def check(self, statements: list[str], attached_to: str) -> None:
        """Refuse statements that are not statements, and compartments that are not there."""
        if not statements:
            raise invalid("statements may not be empty")
        for line in statements:
            statement = parse_statement(line)
            if statement is None:
                continue
            if statement.location == "tenancy" and attached_to != self.oci.tenancy_id:
                raise invalid(f"Policy statement {line!r}: only the root compartment's policies can name the tenancy")
            if self.location(statement, attached_to) is None:
                raise invalid(
                    f"Compartment {{{statement.location}}} does not exist or is not part of the policy compartment "
                    "subtree"
                )
