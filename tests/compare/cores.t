#!/bin/bash
# The emulated cores of the comparison: tests/compare/test_cores.py.
PYTHONPATH=$(cd "$(dirname "$0")/.." && pwd) exec /usr/bin/python3 -B -m compare.test_cores
