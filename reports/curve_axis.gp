# What curve.gp and curve_terminal.gp share after they have loaded curve.dat: its axis of workers, and the heights of both
# panels.
set encoding utf8

is_nan(x) = x != x
has_cores = !is_nan(cores)
has_knee = !is_nan(knee)
has_model = strlen(model) > 0
oversubscribed = last > bound
# Workers beyond the cores are nearer to each other, so that they do not take most of the axis.
place(n) = n <= bound ? n : bound + scale * (n - bound)
worker(x) = x <= bound ? x : bound + (x - bound) / scale
width = last > 1 ? place(last) - 1 : 1
if (scale < 1) { set nonlinear x via place(x) inverse worker(x) }
ideal(n) = n < 1 || (n > last && !oversubscribed) ? NaN : n < bound ? n : bound
top = 1.12 * (highest > ideal(last) ? highest : ideal(last))
efficiency_top = highest_efficiency > 1.05 ? 1.05 * highest_efficiency : 1.1
