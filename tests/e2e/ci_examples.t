#!/bin/bash
# The examples for CI systems in docs/ci: their commands are taken out of the files and run, in a repository with a
# program whose new commit scales worse, and in one where it does not; and the files are YAML.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v git >/dev/null || skip_all "git is missing"
cd "$work" || exit 1
mkdir bin
# A budget and limits for programs that sleep on a machine that does other work.
cat >bin/knee <<SCRIPT
#!/bin/bash
shift
exec "$KNEE" gate --budget 5m --limit 80% --tolerance 10% --noise-policy keep --workers 1,2 "\$@"
SCRIPT
chmod +x bin/knee
PATH=$work/bin:$PATH

commands_github() { # the lines of all `run: |`, without their indentation
    awk '/^ *run: \|/ { match($0, /^ */); deep = RLENGTH; inside = 1; next }
         inside { match($0, /^ */); if (NF && RLENGTH <= deep) inside = 0; else print substr($0, deep + 3) }' "$1"
}
commands_gitlab() { # the entries of `script:`
    awk '/^  script:/ { inside = 1; next } inside && !/^    - / { inside = 0 } inside { print substr($0, 7) }' "$1"
}

# repository NAME MILLISECONDS: its main sleeps 60 ms by number of workers, its HEAD MILLISECONDS longer with every
# number
repository() {
    git init --quiet --initial-branch=main "$1"
    (
        cd "$1" || exit 1
        git config user.name tester
        git config user.email tester@localhost
        printf 'all:\n\ttrue\n' >Makefile
        # shellcheck disable=SC2016 # perl
        printf '#!/usr/bin/perl\nselect undef, undef, undef, 0.06 / $ARGV[0] + 0;\n' >prog
        chmod +x prog
        git add . && git commit --quiet -m base
        git update-ref refs/remotes/origin/main HEAD
        sed -i "s/+ 0;/+ $2;/" prog
        git commit --quiet --allow-empty -a -m new
    )
}
repository same 0
repository worse 0.12

try() { # try NAME REPOSITORY CODE COMMAND...
    local name=$1 repository=$2 code=$3
    shift 3
    (
        cd "$repository" || exit 1
        rm -rf base gate.json gate.xml && git worktree prune
        GITHUB_STEP_SUMMARY=$work/summary.md "$@" >"$work/out" 2>&1
    )
    is $? "$code" "$name: exit $code" || sed 's/^/# /' out
    ok $((!$(grep -c 'knee-gate 1' "$repository/gate.json"))) "... with a report"
}
commands_github "$root/docs/ci/github.yml" >github.sh
commands_gitlab "$root/docs/ci/gitlab.yml" >gitlab.sh
is "$(grep -c 'knee gate' github.sh) $(grep -c 'knee gate' gitlab.sh)" "1 1" "the commands were found"
try "GitHub, no change" same 0 bash -e "$work/github.sh"
like "$(cat summary.md)" '^### knee gate: pass$' "... and a summary"
try "GitHub, worse" worse 1 bash -e "$work/github.sh"
like "$(cat out)" '^::error title=knee gate%3A regression::' "... and an annotation"
try "GitLab, worse" worse 1 bash -e "$work/gitlab.sh"
ok $((!$(grep -c '^# EOF' worse/gate.prom))) "... and metrics"
try "shell, no change" same 0 "$root/docs/ci/gate.sh"

# --- make gate, tests/gate.sh -------------------------------------------------------------------
BUILD=$work/none "$root/tests/gate.sh" no-such-commit >out 2>&1
is "$? $(wc -l <out)" "2 1" "tests/gate.sh with a commit that is not there: exit 2 and one line"
like "$(cat out)" 'no-such-commit is no commit here: fetch it' "... that says what to do"
for file in "$root"/docs/ci/*.yml "$root"/.github/workflows/*.yml; do
    is "$(grep -cP '\t' "$file")" 0 "$(basename "$file") has no tabs"
done
done_testing
