# overlay.gp - how do several runs compare: their voltages since the fault, and where the time went?
#
#   gnuplot -c plots/runs/overlay.gp FOLDER... [PICTURE.svg|PICTURE.png]
of_runs = 1
want = "overlay"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
here = here."../"
load here."style.gp"

set multiplot
set lmargin at screen 0.115
set rmargin at screen 0.845
if (is_log) { set logscale x }
set xrange [x_lo:x_hi]

# The voltages.
set tmargin at screen 0.89
set bmargin at screen 0.47
set yrange [y_lo:y_hi]
set format x ""
set ylabel "voltage / V" offset 0.5, 0
plot for [k = 1:n_runs] $series index (k - 1) using (is_log ? 10**$1 : $1):2 with lines lw 2.6 dt dash(k) lc rgb colour(k)

# Where the time went, a row a run.
unset label
unset arrow
unset object
unset ylabel
set tmargin at screen 0.44
set bmargin at screen 0.145
set format x "%h"
if (is_log) { eval log_tics }
set yrange [n_runs + 0.5:0.5]
set border 1
unset ytics
set grid noytics
set xlabel is_log ? "time since the fault" : "time since the fault / ".x_unit offset 0, 0.3
plot $bars using 1:2:3:4:5:6:7 with boxxyerror fs solid 1.0 noborder lc rgb variable, \
     $words using 1:2:3:4 with labels tc rgb variable font ','.small, \
     $names using 1:2:3 with labels right offset -1, 0 font ','.small, \
     $lengths using 1:2:3 with labels left offset 0.8, 0 font ','.small
unset multiplot
