#!/bin/bash
# gnuplot: set xrange takes points out of a fit, set yrange does not, and stats leaves them out for either.
#
# Expected: set xrange and set yrange choose what of the data is drawn. Either both choose what is fitted, or neither.
# Seen: fit leaves out points beyond xrange in silence, and keeps those beyond yrange; a range given to fit itself,
#   "fit [*:*][0:10]", takes them out by y as well. stats, which gives the mean of the same data, goes by both.
#   Of y = x with one point off (5, 50), the slope of f(x) = a x, and the mean of y:
#     no ranges: slope 5.09, mean 12   set xrange [1:4]: 1, 2.5   set yrange [0:10]: 5.09, 2.5
#     fit [*:*][0:10]: 1
# Why it matters: a script that draws a scaling curve sets ranges for the looks of it. Zooming in to 1 to 8 workers also
#   changes the printed serial fraction or slope, and cutting an outlier from the picture leaves it in the fit, while
#   the mean next to it is without. The curve and its numbers are not of the same points. "set autoscale" before fit.
# Packages: Debian 12 gnuplot-nox 5.4.4+dfsg1-2+b2 (other libraries of an installed gnuplot).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root gnuplot-nox=5.4.4+dfsg1-2+b2
dpkg -x ./*.deb root

cat > ranges.gp <<'GP'
set print '-'
set fit quiet nolog
$points << END
1 1
2 2
3 3
4 4
5 50
END
f(x) = a * x
a = 1
fit f(x) $points via a
stats $points nooutput
print sprintf('no ranges: slope %.2f of %d, mean %.2f', a, FIT_NDF + 1, STATS_mean_y)
set xrange [1:4]
a = 1
fit f(x) $points via a
stats $points nooutput
print sprintf('xrange: slope %.2f of %d, mean %.2f', a, FIT_NDF + 1, STATS_mean_y)
set xrange [*:*]
set yrange [0:10]
a = 1
fit f(x) $points via a
stats $points nooutput
print sprintf('yrange: slope %.2f of %d, mean %.2f', a, FIT_NDF + 1, STATS_mean_y)
a = 1
fit [*:*][0:10] f(x) $points via a
print sprintf('range of fit: slope %.2f of %d', a, FIT_NDF + 1)
GP
root/usr/bin/gnuplot-nox ranges.gp | tee found
cmp -s found - <<'END'
no ranges: slope 5.09 of 5, mean 12.00
xrange: slope 1.00 of 4, mean 2.50
yrange: slope 5.09 of 5, mean 2.50
range of fit: slope 1.00 of 4
END
