#!/bin/bash
# The report's web page in headless Chromium (tests/reports/browser.py): numbers, keyboard, controls, axe-core, console.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for tool in gnuplot chromium chromedriver; do
    command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps deps-browser"
done
/usr/bin/python3 -c 'import selenium' 2>/dev/null || skip_all "python3-selenium is missing: make deps-browser"
/usr/bin/python3 -c 'import matplotlib' 2>/dev/null || skip_all "python3-matplotlib is missing: make deps"
axe=${BUILD:-$root/build}/browser/node_modules/axe-core/axe.min.js
[ -r "$axe" ] || axe=
/usr/bin/python3 -B "$root/tests/reports/studies.py" usual "$work/usual"
"$KNEE" report --core-hour-price 0.04 --core-watts 9 "$work/usual" >/dev/null || exit 1
/usr/bin/python3 -B "$root/tests/reports/browser.py" "$work/usual" "$axe"
