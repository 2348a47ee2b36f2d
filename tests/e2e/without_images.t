#!/bin/bash
# The program without the image pipeline: it needs none of its libraries, measures commands, and names the package that
# it lacks; next to the complete program it is that one.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
small=$(dirname "$KNEE")/without-images/knee
[ -x "$small" ] || skip_all "$small is not built: make all"

is "$(ldd "$small" | grep -oE 'lib(vips|av|sw|jpeg|webp|jxl|openjp2|isal|zimg|lcms2|exif|fontconfig|gobject)[^ ]*' | sort -u)" "" \
    "no library of the pipeline"
is "$(env -i "$small" --version | head -n 1)" "$("$KNEE" --version | head -n 1)" "it starts, without any environment"
"$small" sweep --study s --workers 1,2 --blocks 2 --noise 100% -- sh -c 'sleep 0.{workers}' >stdout 2>stderr
is "$? $(grep -c error stderr)" "0 0" "sweep of a command: exit 0"
"$small" fit s >stdout 2>stderr
is "$? $(cat stderr)" "0 " "... fit"
like "$("$small" predict --cores 4 s)" '^best: 1 worker' "... predict"
"$small" sweep --synthetic 'items=8 cost=2ms' --study m --workers 1,2 --blocks 1 --noise 100% >stdout 2>stderr
is $? 0 "sweep of synthetic work: exit 0"
like "$("$small" account m)" '^useful, as with one worker' "... account"
"$small" sweep --replay m --study 'r {chunk}' --workers 1,2 --blocks 1 --noise 100% >stdout 2>stderr
is "$? $(grep -c error stderr)" "0 0" "replay of a study of a command, in a folder with a place in its name: exit 0" || cat stderr
like "$(cat stdout)" '^replayed m on' "... with its summary"
like "$("$small" doctor)" 'install the package knee-images' "doctor names the package that is missing"
like "$("$small" doctor | tr '\n' ' ')" 'libraries +seccomp .*gsl .*jansson' "... and has the libraries that there are"

for command in 'run --serial in out' 'merge out' 'submit in out' 'verify a b' 'recipe list' 'sweep .'; do
    # shellcheck disable=SC2086 # words
    "$small" $command >stdout 2>stderr
    is "$? $(grep -c 'install the package knee-images' stderr)" "1 1" "knee $command: exit 1, with the package"
done
is "$("$small" --help | grep -c 'in the package knee-images')" 5 "the help says so, too"

mkdir both
cp "$small" both/knee
ln -s "$(realpath "$KNEE")" both/knee-images
is "$(both/knee recipe list | grep -c '.recipe$')" "$("$KNEE" recipe list | grep -c '.recipe$')" "next to the complete program it is that one"
done_testing
