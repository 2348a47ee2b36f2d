#!/bin/bash
# What becomes an item: links, special files and unreadable folders are counted; lists of every kind; a single file;
# shipped recipes by name; workers by default; a finished run.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
printf '[rendition s]\nwidth=8\nheight=8\nformat=png\n' >s.recipe
vips black j.png 16 16
knee_run() { "$KNEE" run --recipe s.recipe "$@"; }
outputs() { grep -v '^#' "$1/MANIFEST.sha256" | cut -c 67- | tr '\n' ' '; }

# --- what is left out
mkdir -p in/sub in/.cache elsewhere
for name in a.png sub/b.png; do cp j.png "in/$name"; done
cp j.png elsewhere/c.png
ln -s a.png in/link.png
ln -s ../a.png in/sub/up.png
ln -s "$work/in/a.png" in/absolute.png
ln -s sub in/again
ln -s .. in/sub/loop
ln -s "$work/elsewhere" in/away
ln -s nowhere in/broken.png
mkfifo in/fifo
message=$(knee_run in out)
is "$? $(outputs out)" "0 s/a.png.png s/sub/b.png.png " "links and special files are no items"
like "$message" '^left out: 7 links \(not followed\), 1 special file, 1 hidden name$' "... and are counted in the summary"
like "$(knee_run --dry-run in never)" '^left out +7 links' "... and in the plan"
message=$(knee_run --follow-links --workers 2 in followed)
is "$? $(outputs followed)" "0 s/a.png.png s/absolute.png.png s/again/b.png.png s/again/up.png.png s/link.png.png s/sub/b.png.png s/sub/up.png.png " \
    "--follow-links follows links to files and folders within IN"
like "$message" '^left out: 1 broken link, 1 link out of the batch, 2 links in a loop, 1 special file, 1 hidden name$' \
    "... and counts those that lead nowhere, out of it, and in a circle"
like "$(knee_run --follow-links in followed)" '^nothing to do: 7 items were finished before, 7 done:' "a finished run says that there is nothing to do"
knee_run --quiet --follow-links --serial in followed2
cmp followed/MANIFEST.sha256 followed2/MANIFEST.sha256
ok $? "... and the serial run is the same"
touch in/sub/b.png
like "$(knee_run --follow-links in followed 2>&1)" 'continuing: 5 of 7 items' "an input that changed behind a link is done again under both names"

if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
    chmod 777 "$work"
else
    as_user() { "$@"; }
fi
mkdir -p locked/shut locked/half && cp j.png locked/ && cp j.png locked/shut/ && cp j.png locked/half/
chmod 000 locked/shut
chmod 444 locked/half
if as_user "$KNEE" --version >/dev/null 2>&1; then
    as_user "$KNEE" run --recipe s.recipe locked unlocked >messages 2>stderr
    is "$? $(outputs unlocked)" "1 s/j.png.png " "an unreadable folder: the others are processed, exit 1"
    like "$(cat messages)" '^left out: [12] unreadable folders?$' "... it is counted"
    like "$(cat stderr)" 'error: [12] folders? of locked cannot be read, such as (half|shut)' "... and named"
else
    skip "another user cannot run this build" "an unreadable folder"
fi
chmod 755 locked/shut locked/half

# --- lists
list() { knee_run --quiet --restart "$@" photos listed 2>stderr; }
mkdir -p photos/sub
cp j.png photos/a.png && cp j.png photos/sub/b.png && cp j.png 'photos/c c.png' && cp j.png $'photos/new\nline.png'
three="s/a.png.png s/c c.png.png s/sub/b.png.png "
printf 'a.png\nsub/b.png\nc c.png\n' | list --list -
is "$? $(outputs listed)" "0 $three" "a list of paths within IN"
printf 'a.png\r\nsub/b.png\r\nc c.png\r\n\r\n' | list --list -
is "$? $(outputs listed)" "0 $three" "... with the line ends of DOS"
printf '\xef\xbb\xbfa.png\nsub/b.png\nc c.png\n' | list --list -
is "$? $(outputs listed)" "0 $three" "... with a byte order mark"
find photos -type f ! -name 'new*' | list --list -
is "$? $(outputs listed)" "0 $three" "find IN -type f"
find ./photos/ -type f ! -name 'new*' | list --list -
is "$? $(outputs listed)" "0 $three" "... with IN spelled otherwise"
find "$work/photos" -type f ! -name 'new*' | list --list -
is "$? $(outputs listed)" "0 $three" "... as an absolute path"
(cd photos && find . -type f ! -name 'new*') | list --list -
is "$? $(outputs listed)" "0 $three" "... in IN itself"
find photos -type f -print0 | list --null --list -
is "$? $(outputs listed | wc -w)" "0 5" "find -print0 with --null"
find photos -type f -print0 >names
list -0 --list names
is "$? $(outputs listed | wc -w)" "0 5" "... and with -0, from a file"
list --list names
is "$? $(grep -c '' stderr)" "1 1" "... and is refused without it"
like "$(cat stderr)" 'list names: has a zero byte.*--null \(-0\)' "... with the remedy"
find photos | list --list -
is $? 1 "a list that names folders is refused"
like "$(cat stderr)" 'it is a folder' "... and says so"
mkdir -p photos/photos && cp j.png photos/photos/a.png
printf 'photos/a.png\n' | list --list -
is "$(outputs listed)" "s/photos/a.png.png " "where both readings of a list fit, names are paths within IN"
find photos -type f ! -name 'new*' | list --list -
is "$(outputs listed)" "s/a.png.png s/c c.png.png s/photos/a.png.png s/sub/b.png.png " "... and find IN means what it printed"
printf 'a.png\nphotos/sub/b.png\n' | list --list -
is $? 1 "... but one list has one reading"
list --null
is $? 2 "--null without a list is an error of usage"
printf 'link.png\n' | knee_run --quiet --list - in listed2 2>stderr
like "$(cat stderr)" 'link.png is not in batch in: it is a link' "a listed link that is not followed is named"
find -L in -maxdepth 1 -name link.png | knee_run --quiet --follow-links --list - in listed2
is "$? $(outputs listed2)" "0 s/link.png.png " "a listed link that is followed"

# --- a single file
mkdir one
cp j.png one/.hidden.png
cp j.png one/other.png
knee_run --quiet one/.hidden.png single
is "$? $(outputs single)" "0 s/.hidden.png.png " "a single file, hidden or not"
(cd one && "$KNEE" run --quiet --recipe ../s.recipe other.png ../single2)
is "$? $(outputs single2)" "0 s/other.png.png " "... in this folder"
knee_run --quiet in/link.png single3
is "$? $(outputs single3)" "0 s/a.png.png " "... behind a link"
knee_run --quiet in/fifo single4 2>stderr
is "$? $(grep -c 'neither a folder nor a regular file' stderr)" "1 1" "... but no special file"

# --- recipes and workers
"$KNEE" recipe list >stdout
is "$? $(grep -cE '^(archive|catalogue|web) ' stdout)" "0 3" "the shipped recipes are listed"
"$KNEE" run --quiet --recipe archive j.png archived
is "$? $(ls archived)" "0 $(printf '%s\n' MANIFEST.sha256 RENDITIONS.json SUMMARY.json copy proof)" "a shipped recipe by its name"
"$KNEE" run --recipe archiv j.png never 2>stderr
like "$(cat stderr)" 'recipe archiv: there is no such file.*archive, catalogue, web' "... and a wrong name lists them"
cp s.recipe archive
"$KNEE" run --quiet --recipe archive j.png own
is "$? $(ls own)" "0 $(printf '%s\n' MANIFEST.sha256 RENDITIONS.json SUMMARY.json s)" "a file of that name comes first"
printf '\xef\xbb\xbf' | cat - s.recipe >bom.recipe
"$KNEE" recipe check bom.recipe >/dev/null
is $? 0 "a byte order mark is no error"
wanted=$("$KNEE" run --dry-run --recipe s.recipe in never | grep '^workers')
is "$("$KNEE" run --dry-run -j 0 --recipe s.recipe in never | grep '^workers')" "$wanted" "-j 0 means the default"
is "$("$KNEE" run --dry-run -j auto --recipe s.recipe in never | grep '^workers')" "$wanted" "-j auto too"
cpus=$(taskset -c "$(taskset -cp $$ | sed 's/.*: //;s/[-,].*//')" "$KNEE" run --dry-run --recipe s.recipe in never)
like "$cpus" '^workers +1,' "one CPU of the affinity mask: one worker"
cpu_group=/sys/fs/cgroup/cpu/knee-test-$$
members=tasks
if ! mkdir "$cpu_group" 2>/dev/null; then
    cpu_group=/sys/fs/cgroup/knee-test-$$
    members=cgroup.procs
    mkdir "$cpu_group" 2>/dev/null
fi
if { echo 100000 >"$cpu_group/cpu.cfs_quota_us" || echo '100000 100000' >"$cpu_group/cpu.max"; } 2>/dev/null; then
    cpus=$(bash -c 'echo $$ >"$1" && exec "$2" run --dry-run --recipe s.recipe in never' - "$cpu_group/$members" "$KNEE")
    like "$cpus" '^workers +1,' "a CPU quota of one CPU: one worker"
else
    skip "no group with a CPU quota can be made here" "a CPU quota of one CPU: one worker"
fi
rmdir "$cpu_group" 2>/dev/null
done_testing
