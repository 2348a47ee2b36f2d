#!/bin/bash
# Bad arguments, recipes and images: one line that names the cause and the remedy, the right exit code, and no partial
# output under a final name.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

mkdir batch
vips gaussnoise n.v 400 300 --mean 128 --sigma 40 && vips copy n.v batch/good.jpg
recipe=$root/pipeline/recipes/web.recipe

# refused WANTED_CODE PATTERN NAME COMMAND...: exit code, exactly one line on stderr that matches.
refused() {
    local code=$1 pattern=$2 name=$3 got lines
    shift 3
    rm -rf out
    "$@" >stdout 2>stderr
    got=$?
    lines=$(grep -c '' stderr)
    is "$got" "$code" "$name: exit $code"
    is "$lines" 1 "$name: one line"
    like "$(cat stderr)" "$pattern" "$name: names it"
    is "$(find out -type f -name '*.jpg' -o -type f -name '*.webp' 2>/dev/null | head -n 1)" "" "$name: no output under a final name"
}

refused 1 'missing-folder' "missing batch" "$KNEE" run --quiet missing-folder out
mkdir empty
refused 1 'empty' "empty batch" "$KNEE" run --quiet empty out
refused 2 'no-such' "unknown option" "$KNEE" run --no-such batch out
refused 2 '--workers none: give a whole number from 0 to [0-9]+, or auto' "workers none" "$KNEE" run --workers none batch out
refused 2 '--workers 100000' "workers 100000" "$KNEE" run --workers 100000 batch out
refused 2 '--policy .*dynamic' "unknown policy" "$KNEE" run --policy random batch out
refused 2 'operand missing' "no operands" "$KNEE" run
refused 1 'not-there.recipe' "missing recipe" "$KNEE" run --quiet --recipe not-there.recipe batch out
refused 1 '/proc/knee' "unwritable output" "$KNEE" run --quiet batch /proc/knee
echo file >a-file
refused 1 'a-file' "output is a file" "$KNEE" run --quiet batch a-file

# Recipes: the message has the place, the error and the accepted values. Assets are next to the shipped recipe.
cp "$(dirname "$recipe")"/* .
bad_recipe() { # bad_recipe NAME PATTERN SED_PROGRAM
    sed "$3" "$recipe" >bad.recipe
    refused 1 "bad.recipe.*$2" "$1" "$KNEE" run --quiet --recipe bad.recipe batch out
}
bad_recipe "unknown recipe key" 'colour_of_tea' '0,/^\[rendition/s/^\[rendition.*/&\ncolour_of_tea=green/'
bad_recipe "missing watermark" 'nowhere.png' 's/^\(.*\)=.*watermark.*\.png$/\1=nowhere.png/'
bad_recipe "missing font" 'Nowhere.ttf' 's/^\(.*\)=.*\.ttf$/\1=Nowhere.ttf/'
printf 'this is not a key file\n' >bad.recipe
refused 1 'bad.recipe' "a file that is not a recipe" "$KNEE" run --quiet --recipe bad.recipe batch out

# Bad items: all others are processed, and each failure is listed with its reason.
mkdir mixed
cp batch/good.jpg mixed/good.jpg
head -c 12000 batch/good.jpg >mixed/truncated.jpg
: >mixed/zero.jpg
echo 'hello, I am a text' >mixed/text.jpg
head -c 3000 /dev/urandom >mixed/noise.png
for mode in "--workers 2" --serial; do
    rm -rf out
    # shellcheck disable=SC2086 # two words on purpose
    "$KNEE" run --quiet $mode mixed out >stdout 2>stderr
    is $? 1 "bad items ($mode): exit 1"
    is "$(cut -f1 out/FAILED.tsv | grep -c '\.\(jpg\|png\)$')" 4 "four failures are listed"
    for item in truncated.jpg zero.jpg text.jpg noise.png; do
        like "$(grep -F "$item" out/FAILED.tsv)" "$item.+[a-z]{4}" "$item is listed with a reason"
        is "$(find out -type f -path "*/$item.*" | wc -l)" 0 "$item left no output"
    done
    is "$(find out -type f -path '*/good.jpg.*' | wc -l)" 3 "the good item has its three renditions"
    (cd out && sha256sum --quiet -c MANIFEST.sha256)
    ok $? "sha256sum agrees with the manifest"
    is "$(find out -name '*.tmp*' -o -name '.*tmp*' | wc -l)" 0 "no temporary file is left"
done

mkdir nopictures
echo text >nopictures/readme.txt
"$KNEE" run --quiet nopictures out2 2>stderr
is $? 1 "a directory without images: exit 1"
like "$(cat stderr)" 'nopictures|readme.txt|FAILED.tsv' "... and names the place to look at"
done_testing
