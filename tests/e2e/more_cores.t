#!/bin/bash
# What make sweep does after the study where more cores were asked for than there are: harness/sweep/replayed.sh and
# emulated.sh, with a knee that only pretends. They never fail the target but for a signal, and say why there is
# nothing.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
cat >knee <<'STUB'
#!/bin/bash
case $1 in
doctor) echo "cores    $CORES of $CORES physical cores usable"; [ -n "$NO_EMULATION" ] || echo "         cores can be emulated" ;;
sweep) echo "$*" >>calls; echo "study    a line"; echo "other    another"; exit "$SWEEP" ;;
fit) [ "$FIT" = 0 ] && touch "${*: -1}/fit.json"; exit "$FIT" ;;
esac
STUB
chmod +x knee
export CORES=2 NO_EMULATION='' SWEEP=0 FIT=0
mkdir s-replayed s-emulated16
script() { # script NAME CORES: its output and exit code
    local said
    rm -f calls
    case $1 in
    replayed) said=$("$root/harness/sweep/replayed.sh" ./knee s "$2" 6m 2>&1) ;;
    emulated) said=$("$root/harness/sweep/emulated.sh" ./knee s "$2" 3m 28 batch 2>&1) ;;
    esac
    echo "$? $said"
}
for name in replayed emulated; do
    folder=s-$name
    [ $name = replayed ] || folder=s-emulated16
    is "$(script $name 16) $(ls $folder)" "0 study    a line fit.json" "$name: two lines of the summary, and a fit"
    is "$(CORES=16 script $name 16) $(cat calls 2>/dev/null)" "0 $name none: the study has 16 real cores, 16 were asked for " "... nothing where the cores are there"
    like "$(script $name 0)" "^0 $name none: not asked for" "... nor where it was not asked for"
    is "$(SWEEP=1 FIT=1 script $name 16) $(ls $folder)" "0 study    a line
$name none: no trials that count: repeat 'make sweep' on a quieter machine " "... no trials that count: said, no old fit is left, exit 0"
    is "$(SWEEP=130 script $name 16 | cut -d' ' -f1)" 130 "... interrupted: so is make"
done
script replayed 16 >/dev/null
is "$(cat calls)" "sweep --replay s --study s-replayed --workers 1..16 --budget 6m" "the replay has every worker count"
script emulated 16 >/dev/null
like "$(cat calls)" '^sweep --study s-emulated16 --emulate 16 .*--workers 1,2,4,8,16 .*--items [0-9]+ .*--budget 3m batch$' "the emulation few of them"
like "$(NO_EMULATION=1 script emulated 16)" "^0 emulated none: cores cannot be emulated here" "cores that cannot be emulated: said, exit 0"
done_testing
