#!/bin/bash
# Perl's MCE: max_workers => 'auto' is 8 on every machine with more than eight processors.
#
# Expected: 'auto' is a worker for each processor, as MCE::Util::get_ncpu() counts them: 64 workers on 64.
# Seen: 'auto' is the smaller of the count and 8, and so are the expressions with it, which are limited by the count
#   after the arithmetic: with 64 processors 'auto' is 8, 'auto*2' 16 and 'auto/2' 4, with 16 'auto/2' is 4, too. A
#   number is taken as it is. The documentation has the limit in one sentence; a program that runs says nothing.
#     64 processors: auto 8, auto*2 16, auto/2 4, 64 is 64   8 processors: auto 8, auto*2 8, auto/2 4
# Why it matters: a developer's machine has up to eight processors, and 'auto' is all of them there. On the server the
#   program leaves 7/8 of the machine idle, and in a comparison of machines the larger one seems to scale badly. With
#   'auto/2', as for a machine with two hardware threads a core, it uses a sixteenth.
# Packages: Debian 12 libmce-perl 1.884-1 with its perl. The number of processors is invented: get_ncpu() is replaced.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libmce-perl=1.884-1
dpkg -x ./*.deb root

cat > workers.pl <<'PL'
use strict;
use warnings;
use MCE;

for my $processors (2, 8, 16, 64) {
    no warnings 'redefine';
    local *MCE::Util::get_ncpu = sub { $processors };
    my @workers = map { MCE->new(max_workers => $_, user_func => sub { })->max_workers }
        'auto', 'auto*2', 'auto/2', $processors;
    print "$processors processors: @workers\n";
}
PL
echo "workers for auto, auto*2, auto/2 and the number itself:"
PERL5LIB=$work/root/usr/share/perl5 /usr/bin/perl workers.pl | tee found
cmp -s found - <<'END'
2 processors: 2 2 1 2
8 processors: 8 8 4 8
16 processors: 8 16 4 16
64 processors: 8 16 4 64
END
