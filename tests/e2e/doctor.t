#!/bin/bash
# knee doctor: this machine, other machines, plans, JSON, and mistakes.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1

table=$("$KNEE" doctor)
is $? 0 "knee doctor succeeds whatever is missing"
for what in cores SMT NUMA memory "CPU quota" "cgroup CPU" load steal "run-queue delay" "hardware counters" \
    "software counters" sandbox libraries "reads pictures" "reads clips" writes "picture libraries"; do
    is "$(grep -cE "^[ !-] $what  " <<<"$table")" 1 "one line for $what"
done
is "$(awk 'length($0) > 100' <<<"$table" | wc -l)" 0 "no line is wider than 100 columns"
for library in vips zimg jpeg webp jxl openjp2 isal lcms2 libavformat libavcodec libavutil libswscale; do
    like "$(tr -s ' \n' ' ' <<<"$table")" "[ ,]$library [0-9]+\.[0-9.]+," "the version of $library"
done
for library in heif aom de265 png16 tiff webpdemux dav1d; do
    like "$table" "lib$library\.so\.[0-9]+\.[0-9]" "... and the file of $library, which others load"
done
is "$(grep -c "^. missing formats" <<<"$table")" 0 "nothing that it could read is missing"
modules=$(LD_DEBUG=files "$KNEE" doctor 2>&1 >/dev/null | grep -oE 'vips-[a-z]+\.so' | sort -u)
is "$modules" "vips-heif.so" "of libvips' modules only the one that is used is loaded"
: >"$work/libheif.so.1" # found first, and no library: the module that needs it cannot be loaded
without=$(LD_LIBRARY_PATH=$work "$KNEE" doctor)
like "$without" "^- missing formats +HEIC and AVIF, writing AVIF: the library is not installed" "a format without its library is named"
like "$without" "reads pictures +JPEG, PNG, WebP, TIFF, GIF, JPEG 2000" "... and is not among those that are read"
like "$table" "reads pictures +JPEG, PNG, WebP, TIFF, GIF" "the formats that it reads"
like "$table" "^. cores +[0-9]+ of [0-9]+ physical cores? usable" "cores usable of those there"
is "$(grep -c pinned <<<"$table")" 0 "knee doctor pins nothing and mentions no pinning"

"$KNEE" doctor --json >"$work/doctor.json"
is $? 0 "--json succeeds"
is "$(/usr/bin/python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
print(d["format"], d["plan"], d["topology"]["is_this_system"], all(f["state"] in ("good", "weak", "missing") for f in d["facts"]))
' "$work/doctor.json")" "knee-doctor 1 None True True" "JSON holds facts, topology and no plan"
is "$(/usr/bin/python3 -c '
import json, os, sys
print(json.load(open(sys.argv[1]))["topology"]["allowed_cpus"] == len(os.sched_getaffinity(0)))
' "$work/doctor.json")" True "the CPUs it may use are those of the affinity mask"
if [ "$(env -u OMP_NUM_THREADS nproc)" -gt 1 ]; then
    for variable in OMP_PROC_BIND=true OMP_PLACES=threads GOMP_CPU_AFFINITY=0; do
        is "$(env "$variable" "$KNEE" doctor | grep -E '^. cores ')" "$(grep -E '^. cores ' <<<"$table")" \
            "$variable, by which GCC's OpenMP library binds what loads it to a CPU, changes none of them"
    done
else
    skip "one CPU" "variables by which GCC's OpenMP library binds what loads it"
fi

plan=$("$KNEE" doctor --topology 'package:2 [numa] l3:1 core:8 pu:1' --workers 3 --placement scatter)
is $? 0 "another machine can be described"
like "$plan" "not this machine: nothing is pinned" "... with a note"
is "$(awk '$1 ~ /^[0-9]+$/ && NF == 7 { printf "%s ", $2 }' <<<"$plan")" "0 8 1 " "scatter goes over both packages"
like "$("$KNEE" doctor)" "webp [0-9]" "the libraries that pictures depend on are named"
is "$(grep -cE 'libraries|counters|steal' <<<"$plan")" 0 "... and nothing of this machine is shown for it"
is "$("$KNEE" doctor --topology 'core:2 pu:2' -j 5 --json | /usr/bin/python3 -c '
import json, sys
p = json.load(sys.stdin)["plan"]
print(p["cpus"], p["oversubscribed"], p["pinned"])')" "[0, 2, 1, 3, 0] True False" "the plan as JSON"
is "$("$KNEE" doctor --topology 'core:4 pu:1' --cpus 1,3 -j 2 | awk '$1 ~ /^[0-9]+$/ && NF == 7 { printf "%s ", $2 }')" "1 3 " \
    "--cpus narrows what may be used"
for machine in "package:1 l3:1 core:16 pu:1" "package:2 numa:2 l3:1 core:2 pu:2" "$root"/tests/unit/machine/machines/*.xml; do
    for placement in compact scatter core-type none; do
        "$KNEE" doctor --topology "$machine" --workers 6 --placement "$placement"
        "$KNEE" doctor --topology "$machine" --workers 6 --placement "$placement" --json
    done
done >synthetic
is "$(grep pinned synthetic | grep -cvE 'nothing is pinned|"pinned": false')" 0 "for another machine no output claims that a worker is pinned"
is "$(grep -c '"is_this_system": false' synthetic)" 20 "... and all state that it is not this machine"
like "$("$KNEE" doctor --topology "$root/tests/unit/machine/machines/hybrid.xml" -j 3 --placement core-type --json)" '"from 3 workers on, cores of different kinds work \(core-type\): with 3 workers 2 on IntelCore, 1 on IntelAtom"' \
    "kinds of core that a plan mixes are named"

mistake() { # mistake PATTERN NAME OPTION...: exit 2 and one line that matches
    local pattern=$1 name=$2 message code
    shift 2
    message=$("$KNEE" doctor "$@" 2>&1 >/dev/null)
    code=$?
    is "$code $(wc -l <<<"$message")" "2 1" "$name: exit 2 and one line"
    like "$message" "$pattern" "... that names it"
}
mistake "topology 'sixteen cores'.*write it like" "a topology that is none" --topology "sixteen cores"
mistake "CPU list '7-9'.*none of these" "CPUs that are not there" --topology "core:4 pu:1" --cpus 7-9
mistake "CPU list 'x'.*such as" "a CPU list that is none" --cpus x
mistake "--workers 0" "no workers" --workers 0
mistake "--placement anywhere: choose one of: compact, scatter, core-type, none" "a placement that is none" --placement anywhere
done_testing
