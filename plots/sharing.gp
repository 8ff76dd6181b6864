# sharing.gp - which supply carried how much of the current, and was any over its rating?
#
#   gnuplot -c plots/sharing.gp TRACE-FOLDER [PICTURE.svg|PICTURE.png]
want = "sharing"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here."style.gp"

set multiplot
set lmargin at screen 0.068
set rmargin at screen 0.845
set xrange [x_lo:x_hi]

# Each supply.
set tmargin at screen top_main
set bmargin at screen 0.42
set yrange [y_lo:y_hi]
corner_x = x_lo; corner_y = y_lo
set format x ""
set ylabel "each supply / A" offset 0.5, 0
supplies = n_supplies < 1 ? "" : "for [k = 1:n_supplies] $series index (k - 1) using 1:2 with lines lw 2.6 dt dash(k) lc rgb colour(k),"
plot @supplies @nothing

# What they carry together.
unset label
unset arrow
unset object
set format x "%h"
set tmargin at screen 0.385
set bmargin at screen 0.085
set yrange [sum_lo:sum_hi]
corner_y = sum_lo
set xlabel "time / ".x_unit offset 0, 0.3
set ylabel "all together / A" offset 0.5, 0
supplies = n_supplies < 1 ? "" : "for [k = 1:n_supplies] $stack using 1:(column(k + 1)):(column(k + 2)) with filledcurves fs solid 0.75 noborder lc rgb colour(k),"
plot @supplies @nothing
unset multiplot
