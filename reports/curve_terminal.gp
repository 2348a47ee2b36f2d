# The scaling curve with letters:  gnuplot -c curve_terminal.gp curve.dat COLUMNS
# curve.dat is that of curve.gp. What comes later is drawn over what came before: points last.
load ARG1
load ARG0[1:strlen(ARG0) - strlen('curve_terminal.gp')] . 'curve_axis.gp'
set print '-'

left = 1 - 0.04 * width
right = worker(place(last) + 0.03 * width)

print title
print subtitle
print knee_label
print ''
# Letters of one line of the key, those that are drawn.
line = 'o measured  | 95% interval  , a trial  . ideal'
if (has_model) { line = line . '  * ' . model . (model_band ? '  - its band' : '') }
if (strlen(replayed)) { line = line . '  R ' . replayed . '  r a trial' }
if (strlen(emulated)) { line = line . '  E ' . emulated . '  e a trial' }
print line
line = ''
if (has_knee) { line = line . 'K knee' . ((knee_low < knee || knee_high > knee) ? '  k its interval' : '') . '  ' }
if (has_cores && cores <= last) { line = line . sprintf('C %d %s%s%s', cores, core_word, cores == 1 ? '' : 's', oversubscribed ? ', right of it more workers than cores' : '') }
print line

columns = ARG2 + 0
set border 3
set tics nomirror
unset key
set xrange [left:right]
set samples 2 * columns
set lmargin 10
set rmargin 2
eval 'set xtics (' . ticks . ')'
knee_low_at = has_knee && knee_low < knee ? knee_low : NaN
knee_high_at = has_knee && knee_high > knee ? knee_high : NaN

do for [panel = 1:2] {
    per(n) = panel == 1 ? 1 : n
    highest_y = panel == 1 ? top : efficiency_top
    if (panel == 1) {
        set terminal dumb size columns, 24 noenhanced
        set ytics autofreq
        set label 1 speedup_word at graph -0.07, graph 1.07 left
        unset xlabel
    } else {
        set terminal dumb size columns, 14 noenhanced
        set ytics ('0%%' 0, '50%%' 0.5, '100%%' 1)
        set label 1 'efficiency' at graph -0.07, graph 1.12 left
        set xlabel 'workers'
    }
    set yrange [0:highest_y]
    low = panel == 1 ? 3 : 6
    value = panel == 1 ? 2 : 5
    single = panel == 1 ? 2 : 3
    # Only what has a point: the dumb terminal of gnuplot 5.4 does not survive a plot without any.
    rest = "+ step / 20.0 * (column(low + 1) - column(low))) with points pointtype '|', "
    list = "ideal(x) / per(x) with points pointtype '.', "
    if (has_knee) { list = list . "'+' using (knee):($0 / (2 * columns) * highest_y) with points pointtype 'K', " }
    if (!is_nan(knee_low_at)) { list = list . "'+' using (knee_low_at):($0 / (2 * columns) * highest_y) with points pointtype 'k', " }
    if (!is_nan(knee_high_at)) { list = list . "'+' using (knee_high_at):($0 / (2 * columns) * highest_y) with points pointtype 'k', " }
    if (has_cores && cores <= last) { list = list . "'+' using (cores):($0 / (2 * columns) * highest_y) with points pointtype 'C', " }
    if (has_model && model_band) { list = list . "$fitted using 1:($3 / per($1)) with points pointtype '-', $fitted using 1:($4 / per($1)) with points pointtype '-', " }
    if (has_model) { list = list . "$fitted using 1:($2 / per($1)) with lines linetype 1, " }
    if (singles) { list = list . "$trials using 1:single with points pointtype ',', " }
    if (strlen(replayed)) {
        if (replayed_singles) { list = list . "$replayed_trials using 1:single with points pointtype 'r', " }
        if (replayed_bars) { list = list . "for [step = 0:20] $replayed_points using 1:(column(low) " . rest }
        list = list . "$replayed_points using 1:value with points pointtype 'R', "
    }
    if (strlen(emulated)) {
        if (emulated_singles) { list = list . "$emulated_trials using 1:single with points pointtype 'e', " }
        if (emulated_bars) { list = list . "for [step = 0:20] $emulated_points using 1:(column(low) " . rest }
        list = list . "$emulated_points using 1:value with points pointtype 'E', "
    }
    if (bars) { list = list . "for [step = 0:20] $measured using 1:(column(low) " . rest }
    if (points) { list = list . "$measured using 1:value with points pointtype 'o', " }
    eval 'plot ' . list[1:strlen(list) - 2]
}
