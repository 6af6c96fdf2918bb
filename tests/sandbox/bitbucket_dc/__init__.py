# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Bitbucket Data Center 9.2: REST, HTTP access tokens, git over HTTP, webhooks, and its refusals."""

from __future__ import annotations

from .model import AccessToken, BuildStatus, Project, Repository, User, Webhook
from .permissions import Caller
from .service import BitbucketDataCenter

__all__ = ["AccessToken", "BitbucketDataCenter", "BuildStatus", "Caller", "Project", "Repository", "User", "Webhook"]
