#!/bin/bash
# sqlite3: after .import into a new table the maximum of 9.8, 10.2, 11 and 100.5 is 9.8, and only 9.8 is above 20.
#
# Expected: numbers of a CSV file are numbers. avg() and sum() of the column are right, so max() is, too; a comparison
#   with the number 20 is one of numbers, whatever the column holds.
# Seen: .import makes each column one of TEXT. avg, sum and + turn text into numbers, but max, min, ORDER BY and GROUP
#   BY go by characters, and a comparison turns the *number* into text: '9.8' > '20'. No message. With a table that was
#   created with REAL before, with CAST and with max(seconds + 0) all are right.
#     max 9.8, min 10.2, avg 32.88, order 10.2 100.5 11 9.8, above 20: 9.8
#     with REAL: max 100.5, min 9.8, avg 32.88, above 20: 100.5
# Why it matters: .import of a table of times and a query is the usual glance at results, or a gate in CI ("select
#   count(*) where seconds > 20"). As long as all values have the same number of digits it is right; the first run that
#   takes ten times as long is not the slowest, and below a limit of 20 s.
# Packages: Debian 12 sqlite3 and libsqlite3-0 3.40.1-2+deb12u2 (other libraries of an installed sqlite3).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=3.40.1-2+deb12u2
apt-get download -qq -o APT::Sandbox::User=root sqlite3=$version libsqlite3-0=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu

printf '%s\n' workers,seconds 8,9.8 4,10.2 2,11 1,100.5 > times.csv
tail -n +2 times.csv > rows.csv
root/usr/bin/sqlite3 -batch -init /dev/null study.db > found <<'SQL'
.import --csv times.csv made
CREATE TABLE typed (workers INTEGER, seconds REAL);
.import --csv rows.csv typed
SELECT 'made', max(seconds), min(seconds), round(avg(seconds), 2) FROM made;
SELECT 'order', group_concat(seconds, ' ') FROM (SELECT seconds FROM made ORDER BY seconds);
SELECT 'above 20', seconds FROM made WHERE seconds > 20;
SELECT 'with + 0', max(seconds + 0), min(seconds + 0) FROM made;
SELECT 'typed', max(seconds), min(seconds), round(avg(seconds), 2) FROM typed;
SELECT 'above 20', seconds FROM typed WHERE seconds > 20;
SQL
cat found
cmp -s found - <<'END'
made|9.8|10.2|32.88
order|10.2 100.5 11 9.8
above 20|9.8
with + 0|100.5|9.8
typed|100.5|9.8|32.88
above 20|100.5
END
