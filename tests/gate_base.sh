#!/bin/bash
# Prints the commit that this tree is compared with: BASE, or origin/main where that is another commit than HEAD, else
# HEAD~1. Exit 1 with the reason when there is none.
# usage: tests/gate_base.sh [BASE]
cd "$(dirname "$0")/.." || exit 1
commit() { git rev-parse --verify --quiet "$1^{commit}"; }
head=$(commit HEAD) || { echo "this is no git repository with a commit: clone it" >&2 && exit 1; }
base=${1:-origin/main}
if [ $# -eq 0 ] && [ "$(commit origin/main || echo "$head")" = "$head" ]; then
    base=HEAD~1
fi
commit "$base" || { echo "$base is no commit here: fetch it (a shallow clone lacks it: fetch-depth: 0)" >&2 && exit 1; }
