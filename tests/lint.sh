#!/bin/bash
# Runs every checker: layers (which folder may include which), clang-format, clang-tidy with clang's warnings,
# cppcheck, shellcheck, pyflakes, mypy. The warnings of gcc are errors in a build with DEVELOPER=1 or CI=true. Prints
# one line per checker, and the findings. Exit 1 when a checker found something.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
unset OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc would print these
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

mapfile -t c_files < <(git ls-files --cached --others --exclude-standard '*.c')
mapfile -t h_files < <(git ls-files --cached --others --exclude-standard '*.h')
mapfile -t shell_files < <(git ls-files --cached --others --exclude-standard '*.sh' '*.t' '.ci/*')
mapfile -t python_files < <(git ls-files --cached --others --exclude-standard '*.py')
{
    read -ra flags
    read -ra warnings
} < <(make --silent --no-print-directory print-flags)
if [ "${#warnings[@]}" -eq 0 ]; then
    echo "lint: make print-flags gives no flags"
    exit 1
fi

check() { # check NAME COMMAND...: runs it, shows its output when it fails
    local name=$1
    shift
    if "$@" >"$log" 2>&1; then
        printf 'lint: %-12s ok\n' "$name"
    else
        printf 'lint: %-12s FAILED\n' "$name"
        grep -vE '^[0-9]+ warnings? generated' "$log"
        failed=1
    fi
}

# shellcheck disable=SC2317 # called through check
each() { # each COMMAND... : FILE...: the command once per file, which replaces its {}, on all cores
    local command=()
    while [ "$1" != : ]; do
        command+=("$1")
        shift
    done
    shift
    printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I{} "${command[@]}"
}

check layers tests/layers.py
check clang-format clang-format --dry-run -Werror "${c_files[@]}" "${h_files[@]}"
# The analyzer follows paths through short functions; with its usual 225,000 nodes it takes five times as long.
analyzer=(-Xclang -analyzer-config -Xclang max-nodes=40000)
check clang-tidy each clang-tidy --quiet --config-file=.clang-tidy {} -- "${flags[@]}" "${warnings[@]}" "${analyzer[@]}" \
    : "${c_files[@]}"
check cppcheck cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr -j "$(nproc)" \
    --enable=warning,portability,performance --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
    -D_GNU_SOURCE '-Djson_array_foreach(array,i,value)=for (i = 0; (value = json_array_get(array, i)) != NULL; i++)' \
    '-Djson_object_foreach(object,key,value)=for (key = NULL; (value = json_object_get(object, key)) != NULL;)' \
    -I. "${c_files[@]}"
[ "${#shell_files[@]}" -eq 0 ] || check shellcheck shellcheck -x "${shell_files[@]}"
if [ "${#python_files[@]}" -gt 0 ]; then
    check pyflakes /usr/bin/python3 -m pyflakes "${python_files[@]}"
    check mypy env MYPYPATH=reports:tests:tests/bench:pipeline/reference /usr/bin/python3 -m mypy --strict --ignore-missing-imports --explicit-package-bases \
        --namespace-packages "${python_files[@]}"
fi
exit "$failed"
