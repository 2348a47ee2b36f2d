#!/bin/bash
# csvkit: a column whose values are all 0 or 1 is a truth value, and one of "10m" a duration: the table decides by
#   itself.
#
# Expected: numbers of a CSV file are numbers in the JSON of csvjson, and have a mean in csvstat.
# Seen: each column gets the first type that takes all of its values, and truth values come before numbers. A study with
#   one setting, or one in which no more than one item failed, has "workers": true and "failed": false; csvstat gives no
#   mean for them. With another row, of 2 workers and 2 failed items, the same columns are 1.0 and 2.0. A memory of 10m
#   (MiB) is the duration 0:10:00. -I (no inference) leaves everything as text.
#     one setting: workers true, failed false   two settings: workers 1.0, failed 0.0   memory: 0:10:00
# Why it matters: the type of a field changes with the data, so that a consumer that was tried with a whole study fails,
#   or counts true as 1 or not at all, for the first one with a single setting or without failures.
# Packages: Debian 12 csvkit and python3-csvkit 1.0.7-1, python3-agate 1.6.3-2, and what these load (python3-babel and
#   python-babel-localedata 2.10.3-1, python3-isodate 0.6.1-1, python3-leather 0.3.4-2, python3-parsedatetime 2.6-3,
#   python3-pytimeparse 1.1.5-3, python3-six 1.16.0-4, python3-slugify 4.0.0-2, python3-text-unidecode 1.3-1, python3-tz
#   2022.7.1-4).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root csvkit=1.0.7-1 python3-csvkit=1.0.7-1 python3-agate=1.6.3-2 \
    python3-babel=2.10.3-1 python-babel-localedata=2.10.3-1 python3-isodate=0.6.1-1 python3-leather=0.3.4-2 \
    python3-parsedatetime=2.6-3 python3-pytimeparse=1.1.5-3 python3-six=1.16.0-4 python3-slugify=4.0.0-2 \
    python3-text-unidecode=1.3-1 python3-tz=2022.7.1-4
for package in *.deb; do
    dpkg -x "$package" root
done
export PYTHONPATH=$work/root/usr/lib/python3/dist-packages
csvjson() { /usr/bin/python3 root/usr/bin/csvjson "$@"; }

printf 'workers,failed,memory\n1,0,10m\n1,1,12m\n' > one.csv
printf 'workers,failed,memory\n1,0,10m\n2,2,12m\n' > two.csv
field() # field FILE NAME: the first value of the column in the JSON
{
    csvjson "$1" | /usr/bin/python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)[0][sys.argv[1]]))' "$2"
}
one="$(field one.csv workers) $(field one.csv failed)"
two="$(field two.csv workers) $(field two.csv failed)"
memory=$(field one.csv memory)
mean=$(/usr/bin/python3 root/usr/bin/csvstat --mean one.csv | grep workers)
echo "one setting: $one (mean:$mean); two settings: $two; memory $memory"
[ "$one" = "true false" ] && [ "$two" = "1.0 0.0" ] && [ "$memory" = '"0:10:00"' ] && [[ $mean = *None* ]]
