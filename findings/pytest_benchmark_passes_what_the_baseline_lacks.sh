#!/bin/bash
# pytest-benchmark: --benchmark-compare-fail says nothing of a benchmark that is in one of the two runs only.
#
# Expected: with --benchmark-compare and --benchmark-compare-fail=mean:5% the run fails when a mean is more than 5%
#   above the baseline, and fails, or warns at least, when there is nothing to compare it with: that there is no
#   baseline at all is an error.
# Seen: benchmarks are paired by full name, with parameters; one without a counterpart is passed over. The same function
#   five times as slow: same name, status 4; another name, another parameter or another folder, status 0, and a usual
#   table of one line. A benchmark of the baseline that is not run any more is not named either.
#     same name: status 4   renamed: 0   parameter 2 becomes 4: 0   file moved to a folder: 0   not run any more: 0
# Why it matters: a check of speed in CI ends with the first clean-up of names, and stays green. Parameters are often
#   taken from the machine, as a number of workers from os.cpu_count(): on a runner with another number of cores
#   nothing is compared. Only the table shows it, by a line less for each benchmark.
# Packages: Debian 12 python3-pytest-benchmark 3.2.2-3, python3-pytest 7.2.1-2, python3-cpuinfo 5.0.0-5,
#   python3-pluggy 1.0.0+repack-1, python3-iniconfig 1.1.1-2, python3-packaging 23.0-1, python3-attr 22.2.0-1,
#   python3-py 1.11.0-1, with python3.11 of Debian 12.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root python3-pytest-benchmark=3.2.2-3 python3-pytest=7.2.1-2 \
    python3-cpuinfo=5.0.0-5 python3-pluggy=1.0.0+repack-1 python3-iniconfig=1.1.1-2 python3-packaging=23.0-1 \
    python3-attr=22.2.0-1 python3-py=1.11.0-1
for package in *.deb; do
    dpkg -x "$package" root
done
export PYTHONPATH=$work/root/usr/lib/python3/dist-packages PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore

write() # write NAME PARAMETER SECONDS: test_speed.py, a benchmark that takes SECONDS
{
    cat > test_speed.py <<PY
import time
import pytest


@pytest.mark.parametrize("workers", [$2])
def $1(benchmark, workers):
    benchmark.pedantic(time.sleep, ($3,), rounds=3)
PY
}
check() # check WHAT [FILE]: the status of a comparison with the baseline
{
    local status=0
    run --benchmark-compare=0001 --benchmark-compare-fail=mean:5% "${2:-test_speed.py}" > said 2>&1 || status=$?
    grep -q 'Comparing against benchmarks from: .*0001_base' said
    echo "$1: status $status, lines of the baseline in the table: $(grep -c '(0001_base) *[0-9]' said || true)"
}
run()
{
    /usr/bin/python3.11 -m pytest -q -p no:cacheprovider "$@"
}
write test_resize 2 0.02
run --benchmark-save=base test_speed.py > said 2>&1
write test_resize 2 0.1
{
    check 'same name'
    write test_scale 2 0.1
    check 'renamed'
    write test_resize 4 0.1
    check 'another parameter'
    mkdir tests
    write test_resize 2 0.1
    mv test_speed.py tests
    check 'another folder' tests/test_speed.py
    echo 'def test_scale(benchmark): benchmark(len, "")' > test_speed.py
    check 'not run any more'
} | tee found
cmp -s found - <<'END'
same name: status 4, lines of the baseline in the table: 1
renamed: status 0, lines of the baseline in the table: 0
another parameter: status 0, lines of the baseline in the table: 0
another folder: status 0, lines of the baseline in the table: 0
not run any more: status 0, lines of the baseline in the table: 0
END
