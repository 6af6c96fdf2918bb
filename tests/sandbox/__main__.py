# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.sandbox``: starts the sandbox with a small company on it and says how to use it."""

from __future__ import annotations

import argparse
import shlex
import shutil
import signal
import sys
from pathlib import Path

from tests.demo.targets import inventory as inventory_of

from .cds.engine import install
from .gemnasium import daemon
from .sandbox import ALL_SCOPES, Sandbox


def _written(path: Path, variables: dict[str, str]) -> Path:
    """A file for the shell, for its owner only: there are secrets in it."""
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()))
    return path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8099, help="port on 127.0.0.1 (default 8099; 0 takes a free one)")
    parser.add_argument(
        "--root",
        type=Path,
        default=Path(".sandbox"),
        help="folder for its files, emptied at the start (default .sandbox)",
    )
    parser.add_argument("--cds-version", default="0.57.0", help="release of CDS, such as 0.41.0 (default 0.57.0)")
    parser.add_argument(
        "--before-change-2770",
        action="store_true",
        help="Bitbucket still lists workspaces, and CDS is in the inventory; without that CDS can't work with Bitbucket",
    )
    options = parser.parse_args()
    root = options.root.resolve()
    if root.exists():
        if not (root / "environment.sh").exists():
            parser.error(f"{root} is there and is not a sandbox's folder")
        shutil.rmtree(root)  # every sandbox starts anew; its accounts and keys are not the old ones
    sandbox = Sandbox(options.port, root, cds_version=options.cds_version)
    sandbox.bitbucket.cross_workspace_listings = options.before_change_2770
    if not daemon.why_not():
        sandbox.gemnasium.run()
    token = sandbox.populate(ALL_SCOPES)
    if options.before_change_2770:
        sandbox.run_cds()
    environment = _written(root / "environment.sh", sandbox.environment(token))
    data_center = _written(root / "data-center.sh", sandbox.data_center_environment())
    engine = install(root / "bin", options.cds_version)
    inventory = root / "inventory.yml"
    inventory.write_text(inventory_of(sandbox))
    sandbox.start()
    print(
        f"""The sandbox answers on {sandbox.url} until you press Ctrl-C.

In another shell:

  . {environment}
  ansible-playbook -i {inventory} repobridge.bitbucket.site

Workspace acme has the repositories shop and stock, for example
  git clone {sandbox.bitbucket.url.replace("://", "://x-bitbucket-api-token-auth@")}/acme/shop.git
  (password: $BITBUCKET_API_TOKEN of that file)
Bitbucket Data Center has the same in project ACME, for the modules after
  . {data_center}

CDS's program that starts its services: {engine}

Upsun's project for shop is {sandbox.upsun_project.id}; its own CLI (make upsun-cli) works with
  UPSUN_CLI_API_BASE_URL={sandbox.upsun.api_url} UPSUN_CLI_API_AUTH_URL={sandbox.upsun.auth_url}

What it was asked:          curl {sandbox.url}/_sandbox/calls
Let an hour pass:           curl -d '{{"advance": 3600}}' {sandbox.url}/_sandbox/clock
The next OCI call fails:    curl -d '{{"kind": "status", "match": "^oci ", "status": 503}}' {sandbox.url}/_sandbox/faults
No more faults:             curl -X DELETE {sandbox.url}/_sandbox/faults
""",
        flush=True,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
