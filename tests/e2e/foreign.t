#!/bin/bash
# The quick sweeps of third-party programs (tests/foreign): knee shows the known facts of each.
root=$(cd "$(dirname "$0")/../.." && pwd)
PYTHONPATH=$root/tests PYTHONDONTWRITEBYTECODE=1 exec /usr/bin/python3 -m foreign.run --quick --knee "${KNEE:-$root/build/knee}"
