# SPDX-License-Identifier: GPL-3.0-or-later
# State of the stand-in for Gemnasium Enterprise, in the data volume: a folder for each object, a file for each of its values,
# byte by byte as they came. What the product says when it refuses is documented nowhere, so these words are our own.
state=/var/opt/gemnasium/state

refuse() {
    printf '%s\n' "$1" >&2
    exit 1
}

# same FILE VALUE: newlines at the end count.
same() {
    [ -f "$1" ] && [ "$(cat "$1" && printf x)" = "$2x" ]
}

# has KIND FIELD VALUE [FIELD VALUE]
has() {
    for one in "$state/$1"/*; do
        same "$one/$2" "$3" && { [ $# -lt 5 ] || same "$one/$4" "$5"; } && return 0
    done
    return 1
}

# keep KIND FIELD VALUE...
keep() {
    kind=$1
    shift
    mkdir -p "$state/$kind"
    number=1
    while [ -e "$state/$kind/$number" ]; do number=$((number + 1)); done
    new="$state/.new-$kind-$number"
    mkdir -p "$new"
    while [ $# -gt 0 ]; do
        printf '%s' "$2" >"$new/$1"
        shift 2
    done
    # Whether there was a terminal.
    if [ -t 0 ] || [ -t 1 ] || [ -t 2 ]; then printf yes; else printf no; fi >"$new/terminal"
    mv "$new" "$state/$kind/$number"
}
