#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# python.sh [VERSION...]: prints the first Python of these versions (3.13 ...) that is here and can make virtual
# environments; with no versions, the best one to develop the collection with. Exits with 1 if there is none.
[ $# -gt 0 ] || set -- 3.13 3.12 3.14 3.11

# pyenv's own folders, because its shims fail for versions that are not selected.
pyenv_root=${PYENV_ROOT:-$HOME/.pyenv}

for version in "$@"; do
    for candidate in "python$version" "$pyenv_root/versions/$version".*/bin/"python$version" python3 python; do
        "$candidate" - "$version" 2>/dev/null <<'EOF' && exit 0
import ensurepip, sys, venv

if "%d.%d" % sys.version_info[:2] != sys.argv[1]:
    sys.exit(1)
print(sys.executable)
EOF
    done
done
exit 1
