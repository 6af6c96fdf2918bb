# SPDX-License-Identifier: GPL-3.0-or-later
"""Oracle Cloud Infrastructure, as much of it as mirroring a repository into OCI DevOps touches."""

from .service import Oci

__all__ = ["Oci"]
