#!/bin/bash
# GNU parallel: --resume knows items by their place in the list; a new first item is never run, and the last one twice.
#
# Expected: --resume reads the job log, which has the command of each job that is done, and runs those that are not in
#   it.
# Seen: only the column Seq is used. After b, c and d, the list a, b, c, d runs d once more; a is not run, the status is
#   0, and the log has two lines for d. Of b, c, d with another command (-q 75 becomes -q 90) nothing is run. The manual
#   says that input must be unchanged; the program, which has both commands, does not compare them.
#     b c d, then --resume a b c d: ran d, in the log b c d d   then another command: ran nothing
# Why it matters: the list of a batch is a pattern like *.png, in order of names, and new pictures come in at any place.
#   A rerun with --resume leaves out as many pictures as were added before the last one done, and says that all went
#   well; a sweep whose options were corrected keeps the old results.
# Packages: Debian 12 parallel 20221122+ds-2.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root parallel=20221122+ds-2
dpkg -x ./*.deb root
export HOME=$work

batch() # batch COMMAND ITEM...: the items that a run with --resume does
{
    root/usr/bin/parallel -j 1 --joblog log --resume "$1" ::: "${@:2}" < /dev/null | paste -sd ' '
}
first=$(batch 'echo {}' b c d)
grown=$(batch 'echo {}' a b c d)
other=$(batch 'echo other {}' a b c d)
logged=$(awk 'NR > 1 { print $NF }' log | paste -sd ' ')
echo "first run: $first; with a new first item: $grown; with another command: ${other:-nothing}; log: $logged"
[ "$first" = "b c d" ] && [ "$grown" = d ] && [ -z "$other" ] && [ "$logged" = "b c d d" ]
