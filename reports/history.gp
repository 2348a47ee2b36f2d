# Figures over the studies of a history:  gnuplot -c history.gp data picture.svg item|trial
# data, written by knee history: the number of the study, then value, low and high of each of the four figures.
set encoding utf8
set terminal svg size 1000,900 font 'DejaVu Sans,14' background '#ffffff'
set output ARG2
set multiplot layout 4,1 margins 0.10,0.97,0.07,0.96 spacing 0,0.07
set border 3 linecolor rgb '#6B6B6B'
set tics nomirror textcolor rgb '#222222'
set grid ytics linecolor rgb '#E0E0E0'
set style line 1 linecolor rgb '#0072B2' linewidth 1.5 pointtype 7 pointsize 0.6
set xrange [0.5:*]
set offsets 0, 0.5, 0, 0
unset key
array titles[4] = ['efficiency, mean over worker counts', 'tail, share of core time', 'CPU time per '.ARG3.', s', 'peak memory, MiB']
do for [f = 1:4] {
    set title titles[f] offset 0,-0.6
    if (f == 4) { set xlabel 'study' }
    column_of_value = 3 * f - 1
    stats ARG1 using column_of_value nooutput
    if (STATS_records > 0) {
        plot ARG1 using 1:column_of_value:column_of_value + 1:column_of_value + 2 with yerrorlines linestyle 1
    } else {
        plot [0:1] [0:1] -1 notitle
    }
}
unset multiplot
