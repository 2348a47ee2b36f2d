#!/bin/bash
# knee recipe check: the summaries of the shipped recipes; wrong recipes are refused with file, line, key and remedy.
# After an intended change: tests/e2e/recipe.t --write
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
golden=$root/tests/golden
cd "$root/pipeline/recipes" || exit 1
recipes=(web archive catalogue)
# The digest covers the font, which Debian may change.
checked() { "$KNEE" recipe check "$1.recipe" 2>&1 | sed 's/SHA-256 [0-9a-f]\{12\}$/SHA-256 .../'; }

if [ "${1:-}" = --write ]; then
    for recipe in "${recipes[@]}"; do checked "$recipe" >"$golden/recipe-$recipe.txt"; done
    exit
fi

is "$(find . -name '*.recipe' | wc -l)" "${#recipes[@]}" "this test checks every shipped recipe"
for recipe in "${recipes[@]}"; do
    is "$(checked "$recipe")" "$(cat "$golden/recipe-$recipe.txt")" "$recipe.recipe is good and its summary is as recorded"
done

# Every key of the format is in a shipped recipe, at least in a comment.
for key in $(sed -n '/^} known\[\] = {/,/^};/p;/keys\[MOST_KEYS\];/,/^};/p' "$root/pipeline/images/recipe/recipe.c" | grep -o '"[a-z_]*"' | tr -d '"' | sort -u |
    grep -Ev '^(recipe|limits|watermark|caption|rendition)$'); do
    grep -Eq "^$key=|$key=" ./*.recipe
    ok $? "key $key is shown in a shipped recipe"
done

# refused MESSAGE: the recipe on standard input is refused with one line that matches.
refused() {
    cat >"$work/r.recipe"
    local message
    message=$("$KNEE" recipe check "$work/r.recipe" 2>&1)
    is "$? $(wc -l <<<"$message")" "1 1" "refused in one line"
    like "$message" "$1" "... with: $1"
}
refused "r.recipe:2: \[rendition a\] fit: 'stretch' is not one of: inside, cover, contain" <<'R'
[rendition a]
fit=stretch
width=5
height=5
R
refused "r.recipe:3: 'width' is in line 2 already" <<'R'
[rendition a]
width=5
width=5
R
refused "watermark .*/r.recipe: .*" <<'R'
[watermark]
file=r.recipe
[rendition a]
width=5
height=5
watermark=true
R
refused "caption font .*r.recipe: not a font" <<'R'
[caption]
font=r.recipe
[rendition a]
width=5
height=5
caption=true
R
"$KNEE" recipe check "$work/absent.recipe" 2>"$work/err"
is $? 1 "a missing recipe: exit 1"
like "$(cat "$work/err")" "absent.recipe" "... and named"
"$KNEE" recipe make x 2>"$work/err"
is $? 2 "another action: exit 2"
like "$(cat "$work/err")" "'knee recipe list' and 'knee recipe check RECIPE'" "... with the actions that exist"
"$KNEE" recipe check 2>/dev/null
is $? 2 "no file: exit 2"
done_testing
