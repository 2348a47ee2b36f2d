#!/bin/bash
# The bytes do not depend on the environment: workers, chunk, policy, start method, order and choice of items,
# working directory, locale, time zone, umask, size of the environment. Random combinations, from a seed that is printed
# (KNEE_SEED=N repeats one).
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
for tool in vips ffmpeg; do command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps"; done
seed=${KNEE_SEED:-$(($(date +%s) % 100000))}
RANDOM=$seed
echo "# KNEE_SEED=$seed"

# Small items for both engines, and clips; smaller and larger than the boxes, names in several scripts, a bad file.
mkdir -p batch/deep
vips gaussnoise n.v 700 500 --mean 120 --sigma 40 && vips bandjoin "n.v n.v n.v" rgb.v && vips copy rgb.v soft.v --interpretation srgb || exit 1
for i in 1 2 3 4; do
    vips resize soft.v "batch/photo $i.jpg[Q=90]" "0.$((i * 2))" && vips resize soft.v "batch/deep/سلام $i.png" "0.$((9 - i))" || exit 1
done
vips copy soft.v batch/picture.webp && vips copy soft.v batch/scan.tif && head -c 9000 "batch/photo 4.jpg" >batch/cut.jpg || exit 1
ffmpeg -v error -f lavfi -i testsrc=size=320x240:rate=10:duration=1 -pix_fmt yuv420p batch/clip.mp4 || exit 1
cat >all.recipe <<'R'
[recipe]
keep=copyright, icc
[caption]
font=DejaVuSans.ttf
size=4%
text={index} {stem} {taken:%B}
[watermark]
file=mark.png
[rendition a]
width=300
height=300
sharpen=0.7
caption=true
watermark=true
[rendition b]
fit=contain
width=120
height=90
format=webp
[rendition c]
fit=cover
width=64
height=64
format=png
R
sed '/^keep/d; /contain/d; s/^format=png/format=jpeg/' all.recipe >plain.recipe # for the engine on planes too
cp "$root/pipeline/recipes/watermark.png" mark.png
# pick NAME VALUE...: one of the values into the variable; not in a subshell, which would not advance RANDOM.
pick() {
    local -n picked=$1
    shift
    # shellcheck disable=SC2034 # it is the caller's variable
    picked=${*:RANDOM % $# + 1:1}
}

mapfile -t items < <(cd batch && find . -type f | sed 's|^\./||' | LC_ALL=C sort)
for recipe in plain all; do
    "$KNEE" run --quiet --serial --recipe $recipe.recipe batch "$recipe" 2>/dev/null
    like "$(head -n 1 "$recipe/MANIFEST.sha256")" '^# made with .*libvips\.so\.[0-9.]+' "$recipe: the manifest's first line names the libraries"
    (cd "$recipe" && sha256sum --strict --quiet -c MANIFEST.sha256)
    ok $? "... and sha256sum reads it"
done

folder='' mask='' # pick fills them
for round in {1..10}; do
    pick recipe plain all
    pick workers 1 2 3 5 8
    pick chunk 1 2 3 7
    pick policy static dynamic guided largest-first
    pick start fresh zygote
    options=(--workers "$workers" --chunk "$chunk" --policy "$policy" --start "$start")
    [ $((RANDOM % 5)) -gt 0 ] || options=(--serial)
    pick folder / "$work/batch" "$work"
    pick lang C ja_JP.UTF-8 tr_TR.UTF-8
    pick all C C.UTF-8 POSIX
    pick zone UTC Asia/Tokyo America/St_Johns
    pick home / /nonexistent
    pick mask 022 077 002
    padding=$(head -c $((RANDOM % 8000 + 1)) /dev/zero | tr '\0' x)
    settings=("LANG=$lang" "LC_ALL=$all" "TZ=$zone" "HOME=$home" "PADDING=$padding")
    wanted=$recipe/MANIFEST.sha256
    if [ $((RANDOM % 3)) -eq 0 ]; then # some of the items, in another order
        printf '%s\n' "${items[@]}" | shuf --random-source=<(yes "$RANDOM") | head -n 7 >list
        options+=(--list "$work/list")
        grep -F -f <(sed 's/$/./; s|^|/|' list) "$wanted" | sort -k 2 >some
        wanted=some
    fi
    (cd "$folder" && umask "$mask" &&
        env "${settings[@]}" "$KNEE" run --quiet --recipe "$work/$recipe.recipe" "${options[@]}" "$work/batch" "$work/out") 2>/dev/null
    cmp <(grep -v '^#' "$wanted" | sort -k 2) <(grep -v '^#' out/MANIFEST.sha256 | sort -k 2)
    ok $? "round $round: $recipe, ${options[*]:0:8}, in $folder, ${settings[*]:0:3}"
    rm -rf out
done
done_testing
