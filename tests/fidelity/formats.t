#!/bin/bash
# Every kind of input, made here by independent tools: tests/fidelity/formats_cases.py is the table.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for module in numpy PIL; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "Debian's python3 has no $module: make deps"
done
export VIPS_WARNING=0
/usr/bin/python3 -B "$(dirname "$0")/test_formats.py" "$KNEE" "$work"
