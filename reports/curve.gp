# The scaling curve of a study:  gnuplot -c curve.gp curve.dat curve.svg curve.png curve.pdf
# curve.dat, written by knee report, sets title, subtitle, description, cores, last, bound (up to here each worker has a
# core), scale (length of a worker beyond it on the axis), highest, highest_efficiency, knee, knee_low, knee_high, knee_label,
# threshold, model (the line's name in the key), model_band, ticks, replayed, emulated and spread (names in the key; empty:
# none), axis (its name), and holds the points. curve_terminal.gp draws the same file with letters.
# Colours are those of Okabe and Ito, distinguishable with any colour vision; shapes and dashes differ too.
load ARG1
load ARG0[1:strlen(ARG0) - strlen('curve.gp')] . 'curve_axis.gp'

measured_colour = '#0072B2'
model_colour = '#D55E00'
knee_colour = '#CC79A7'
knee_ink = '#9C3F73'
replayed_colour = '#009E73'
emulated_colour = '#56B4E9'
spread_colour = '#E69F00'
ink = '#222222'
soft = '#6B6B6B'
grid_colour = '#E0E0E0'
shade = '#F0F0F0'

has_replayed = strlen(replayed) > 0
has_emulated = strlen(emulated) > 0
has_spread = strlen(spread) > 0
left = 1 - 0.035 * width
right = worker(place(last) + 0.025 * width)
aside(n) = worker(place(n) - 0.009 * width) # trials, left of their mean

single = '#900072B2' # a trial: faint
single_replayed = '#90009E73'
single_emulated = '#9056B4E9'

do for [picture = 1:3] {
    # The PNG has twice as many pixels as the SVG, so everything in it is twice as large.
    if (picture == 1) {
        set terminal svg size 1200,750 font 'DejaVu Sans,17' enhanced background '#ffffff'
        set output ARG2
        dot = 0.5; big = 'DejaVu Sans,25'; small = 'DejaVu Sans,15'
    }
    if (picture == 3) {
        set terminal pdfcairo size 20cm,12.5cm font 'DejaVu Sans,8' enhanced background '#ffffff' linewidth 0.7 pointscale 0.55
        set output ARG4
        dot = 0.8; big = 'DejaVu Sans,12'; small = 'DejaVu Sans,7'
    }
    if (picture == 2) {
        set terminal pngcairo size 2400,1500 font 'DejaVu Sans,26' enhanced background '#ffffff' linewidth 2 pointscale 2
        set output ARG3
        dot = 0.9; big = 'DejaVu Sans,38'; small = 'DejaVu Sans,23'
    }
    set multiplot
    set border 3 linecolor rgb soft
    set tics nomirror out scale 0.6 textcolor rgb ink
    set grid ytics linetype 1 linecolor rgb grid_colour linewidth 0.8
    set xrange [left:right]
    set lmargin at screen 0.085
    set rmargin at screen 0.952
    set samples 2001
    set label 1 title at screen 0.014, screen 0.950 left font big textcolor rgb ink noenhanced
    set label 2 subtitle at screen 0.014, screen 0.895 left font small textcolor rgb soft noenhanced
    set label 6 knee_label at screen 0.952, screen 0.950 right font small textcolor rgb knee_ink noenhanced
    words_at = highest / top > 0.25 ? 0.07 : cores > 0.8 * last ? 0.5 : 0.9 # where neither points nor the ideal line are
    if (oversubscribed) {
        set object 1 rectangle from cores, graph 0 to right, graph 1 fillcolor rgb shade fillstyle solid noborder behind
        words = scale < 1 ? 'more workers than cores' : 'oversubscribed: more workers than cores'
        set label 3 words at right, graph words_at right offset -0.6, 0 font small textcolor rgb soft
    }
    if (has_cores && cores <= last) {
        set arrow 1 from cores, graph 0 to cores, graph 1 nohead back linecolor rgb soft dashtype (2, 4) linewidth 1.6
        core_words = sprintf('%d %s%s', cores, core_word, cores == 1 ? '' : 's')
        if (cores > 0.8 * last) {
            set label 4 core_words at cores, graph words_at right offset -0.6, 0 font small textcolor rgb soft
        } else {
            # right of the knee's line, which would otherwise cross the words
            start = has_knee && knee > cores && knee - cores < 0.12 * last ? knee : cores
            if (!oversubscribed) { core_words = core_words . ' here' }
            if (start > cores) { core_words = 'dotted: ' . core_words }
            set label 4 core_words at start, graph words_at left offset 0.6, 0 font small textcolor rgb soft
        }
    }
    if (has_knee && (knee_low < knee || knee_high > knee)) {
        # its interval; without an upper bound it reaches to the end
        set object 2 rectangle from (is_nan(knee_low) ? knee : knee_low), graph 0 to (is_nan(knee_high) ? right : knee_high), graph 1 fillcolor rgb knee_colour fillstyle transparent solid 0.13 noborder behind
    }
    if (has_knee) { set arrow 2 from knee, graph 0 to knee, graph 1 nohead back linecolor rgb knee_colour linewidth 4 }
    eval 'set xtics (' . ticks . ')'

    # --- speedup -----------------------------------------------------------------------------------------------------
    set tmargin at screen 0.795
    set bmargin at screen 0.385
    set key at screen 0.965, screen 0.846 right center horizontal Left reverse maxrows 1 samplen 2 width -1 font small textcolor rgb ink noenhanced
    set xtics format ''
    set ylabel speedup_word textcolor rgb ink offset -0.7, 0
    set yrange [0:top]
    plot $fitted using 1:(has_model && model_band ? $3 : NaN):4 with filledcurves fillcolor rgb model_colour fillstyle transparent solid 0.18 noborder notitle, \
         ideal(x) with lines linecolor rgb soft dashtype (8, 5) linewidth 1.8 title (oversubscribed ? 'ideal, up to the cores' : 'ideal'), \
         $fitted using 1:(has_model ? $2 : NaN) with lines linecolor rgb model_colour linewidth 2.4 title model, \
         $trials using (aside($1)):2 with points linecolor rgb single pointtype 7 pointsize 0.7 * dot title 'a trial', \
         $replayed_trials using (aside($1)):(has_replayed ? $2 : NaN) with points linecolor rgb single_replayed pointtype 5 pointsize 0.7 * dot notitle, \
         $emulated_trials using (aside($1)):(has_emulated ? $2 : NaN) with points linecolor rgb single_emulated pointtype 9 pointsize 0.85 * dot notitle, \
         $replayed_points using 1:(has_replayed && !is_nan($3) ? $2 : NaN):3:4 with yerrorbars linecolor rgb replayed_colour pointtype 6 pointsize 0.01 linewidth 2 notitle, \
         $replayed_points using 1:(has_replayed ? $2 : NaN) with points linecolor rgb replayed_colour pointtype 5 pointsize 1.1 * dot title replayed, \
         $emulated_points using 1:(has_emulated && !is_nan($3) ? $2 : NaN):3:4 with yerrorbars linecolor rgb emulated_colour pointtype 6 pointsize 0.01 linewidth 2 notitle, \
         $emulated_points using 1:(has_emulated ? $2 : NaN) with points linecolor rgb emulated_colour pointtype 9 pointsize 1.3 * dot title emulated, \
         $spread_points using 1:(has_spread && !is_nan($3) ? $2 : NaN):3:4 with yerrorbars linecolor rgb spread_colour pointtype 6 pointsize 0.01 linewidth 2 notitle, \
         $spread_points using 1:(has_spread ? $2 : NaN) with points linecolor rgb spread_colour pointtype 13 pointsize 1.5 * dot title spread, \
         $measured using 1:(is_nan($3) ? NaN : $2):3:4 with yerrorbars linecolor rgb measured_colour pointtype 7 pointsize 0.01 linewidth 2 notitle, \
         $measured using 1:2 with points linecolor rgb measured_colour pointtype 7 pointsize dot title 'measured, 95% interval'

    # --- efficiency --------------------------------------------------------------------------------------------------
    unset label 1; unset label 2; unset label 3; unset label 4; unset label 6
    unset key
    set tmargin at screen 0.350
    set bmargin at screen 0.115
    set xtics format '%g'
    eval 'set xtics (' . ticks . ')'
    set xlabel axis textcolor rgb ink offset 0, 0.3
    set ylabel 'efficiency' offset -0.7, 0
    set yrange [0:efficiency_top]
    set ytics ('0%%' 0, '50%%' 0.5, '100%%' 1)
    set label 5 sprintf('%.0f%%', 100 * threshold) at graph 1, first threshold left offset 0.4, 0 font small textcolor rgb soft
    plot ideal(x) / x with lines linecolor rgb soft dashtype (8, 5) linewidth 1.8, \
         threshold with lines linecolor rgb knee_colour linewidth 1.2, \
         $fitted using 1:(has_model && model_band ? $3 / $1 : NaN):($4 / $1) with filledcurves fillcolor rgb model_colour fillstyle transparent solid 0.18 noborder, \
         $fitted using 1:(has_model ? $2 / $1 : NaN) with lines linecolor rgb model_colour linewidth 1.6, \
         $trials using (aside($1)):3 with points linecolor rgb single pointtype 7 pointsize 0.7 * dot, \
         $replayed_trials using (aside($1)):(has_replayed ? $3 : NaN) with points linecolor rgb single_replayed pointtype 5 pointsize 0.7 * dot, \
         $emulated_trials using (aside($1)):(has_emulated ? $3 : NaN) with points linecolor rgb single_emulated pointtype 9 pointsize 0.85 * dot, \
         $replayed_points using 1:(has_replayed && !is_nan($6) ? $5 : NaN):6:7 with yerrorbars linecolor rgb replayed_colour pointtype 6 pointsize 0.01 linewidth 2, \
         $replayed_points using 1:(has_replayed ? $5 : NaN) with points linecolor rgb replayed_colour pointtype 5 pointsize 1.1 * dot, \
         $emulated_points using 1:(has_emulated && !is_nan($6) ? $5 : NaN):6:7 with yerrorbars linecolor rgb emulated_colour pointtype 6 pointsize 0.01 linewidth 2, \
         $emulated_points using 1:(has_emulated ? $5 : NaN) with points linecolor rgb emulated_colour pointtype 9 pointsize 1.3 * dot, \
         $spread_points using 1:(has_spread && !is_nan($6) ? $5 : NaN):6:7 with yerrorbars linecolor rgb spread_colour pointtype 6 pointsize 0.01 linewidth 2, \
         $spread_points using 1:(has_spread ? $5 : NaN) with points linecolor rgb spread_colour pointtype 13 pointsize 1.5 * dot, \
         $measured using 1:(is_nan($6) ? NaN : $5):6:7 with yerrorbars linecolor rgb measured_colour pointtype 7 pointsize 0.01 linewidth 2, \
         $measured using 1:5 with points linecolor rgb measured_colour pointtype 7 pointsize dot
    unset multiplot
    unset label 5; unset xlabel; unset arrow; unset object
    set ytics autofreq
    set output
}
