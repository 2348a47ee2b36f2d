#!/bin/bash
# Any CI system: gates the program `prog` of this commit against that of BASE (origin/main). Exit code of knee gate: 0
# pass, 1 regression, 3 undecided, 4 not comparable, 2 usage.
set -eu
git worktree add --force --detach base "${BASE:-origin/main}"
make -C base
make
exec knee gate --json gate.json --junit gate.xml --base 'base/prog {workers}' -- ./prog '{workers}'
