#!/bin/bash
# The report's pure functions and its layout: tests/reports/test_*.py.
exec /usr/bin/python3 -B "$(dirname "$0")/run_units.py"
