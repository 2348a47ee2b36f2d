#!/bin/bash
# CPU time and peak memory of everything that is made of a study (fit, curve, PDF, page, numbers, all exports), on one
# core: of 100 trials with 60 items each, and of 100 with 10,000. Goals: 6 s and a page of 1 MB; 20 s, 300 MB and a page
# of 3 MB. Exit 1: one is missed. usage: tests/bench/report_speed.sh; `make report-speed` calls it.
set -euo pipefail
cd "$(dirname "$0")/../.."
knee=$PWD/${BUILD:-build}/knee
work=$(mktemp -d "${TMPDIR:-/tmp}/knee-report-speed.XXXXXX")
trap 'rm -rf "$work"' EXIT
core=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')

# shellcheck disable=SC2317 # called by another bash
everything() { # everything STUDY
    "$knee" report --quiet "$1"
    for format in csv json markdown latex hyperfine benchmark openmetrics vega-lite trace; do
        "$knee" export --format "$format" --output "$work/export" "$1"
    done
}
export -f everything
export knee work

missed=0
check() { # check STUDY SECONDS MB PAGE_MB
    /usr/bin/python3 -B tests/reports/studies.py "$1" "$work/$1"
    taskset -c "$core" /usr/bin/time -o "$work/time" -f '%U %S %M' bash -c "everything '$work/$1'" >/dev/null
    read -r user system peak <"$work/time"
    page=$(stat -c %s "$work/$1/report.html")
    awk -v study="$1" -v user="$user" -v system_s="$system" -v peak="$peak" -v page="$page" -v s="$2" -v mb="$3" -v page_mb="$4" 'BEGIN {
        bad = user + system_s > s || peak * 1024 > mb * 1e6 || page > page_mb * 1e6
        printf "report_speed: %s: %.1f s of CPU time (goal %d), %.0f MB (goal %d), page %.2f MB (goal %d)%s\n",
            study, user + system_s, s, peak * 1024 / 1e6, mb, page / 1e6, page_mb, bad ? ": missed" : ""
        exit bad
    }' || missed=1
}
check hundred 6 300 1
check million 20 300 3
exit $missed
