#!/bin/bash
# Perl's Benchmark: cmpthese() compares rates of CPU time, children among it, so that parallel is never faster.
#
# Expected: the table "Rate" of cmpthese(), 12/s next to 50/s, says how often a second each variant runs.
# Seen: a second is one of CPU time (user and system) of the process and its children. A variant with four processes has
#   the CPU time of all four, and waiting takes none: four parts one after the other and the same four at once, each of
#   50 ms of work and 500 ms of waiting, have nearly the same rate, although the second ends three times as early. The
#   table has no elapsed time. timethese() prints "wallclock secs" in whole seconds, next to a rate of CPU time.
#     rate of four parts in turn 4.94/s, at once 3.85/s   runs per second of elapsed time 0.4 and 1.2
# Why it matters: a scaling study by cmpthese() finds a speedup of 1 at any number of workers, or less, by the cost of
#   fork(), and time spent waiting for disks costs nothing. Time::HiRes around each run has the elapsed time.
# Packages: Debian 12 perl-modules-5.36 5.36.0-7+deb12u4 with its perl.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root perl-modules-5.36=5.36.0-7+deb12u4
dpkg -x ./*.deb root

cat > compare.pl <<'PL'
use strict;
use warnings;
use lib "root/usr/share/perl/5.36.0";
use Benchmark qw(timethese cmpthese);
use Time::HiRes qw(clock sleep time);

use constant { RUNS => 4, PARTS => 4, WORK_S => 0.05, WAIT_S => 0.5 };

sub part {
    my $end = clock() + WORK_S;
    1 while clock() < $end;
    sleep WAIT_S;
}

sub at_once {
    for (1 .. PARTS) {
        my $child = fork() // die "fork: $!";
        next if $child;
        part();
        exit 0;
    }
    1 while wait() > 0;
}

my (%rate, %runs_per_s);
my %variants = (in_turn => sub { part() for 1 .. PARTS }, at_once => \&at_once);
my %results;
for my $name (sort keys %variants) {
    my $start = time();
    $results{$name} = timethese(RUNS, { $name => $variants{$name} }, 'none')->{$name};
    $runs_per_s{$name} = RUNS / (time() - $start);
}
for my $row (@{ cmpthese(\%results, 'none') }) {
    $rate{ $row->[0] } = $row->[1] =~ s{/s}{}r if $row->[0];
}
printf "rate of four parts in turn %s/s, at once %s/s; runs per second of elapsed time %.1f and %.1f\n",
    $rate{in_turn}, $rate{at_once}, $runs_per_s{in_turn}, $runs_per_s{at_once};
my $said = $rate{at_once} / $rate{in_turn};
my $speedup = $runs_per_s{at_once} / $runs_per_s{in_turn};
exit !($said < 1.25 && $speedup > 2);
PL
/usr/bin/perl compare.pl
