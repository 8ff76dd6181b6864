# voltages.gp - how deep and how long did the voltages fall, where, and below which threshold?
#
#   gnuplot -c plots/voltages.gp TRACE-FOLDER [PICTURE.svg|PICTURE.png]
want = "voltages"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here."style.gp"

set multiplot

# The part that matters.
set lmargin at screen 0.068
set rmargin at screen 0.845
set tmargin at screen top_main
set bmargin at screen 0.315
set xrange [x_lo:x_hi]
set yrange [y_lo:y_hi]
corner_x = x_lo; corner_y = y_lo
set xlabel "time / ".x_unit offset 0, 0.3
set ylabel "voltage / V" offset 0.5, 0
servers = n_servers < 1 ? "" : "for [k = 1:n_servers] $series index (n_buses + k - 1) using 1:2 with lines lw 1.1 lc rgb 0xA0808080, $series index (n_buses + n_lowest - 1) using 1:2 with lines lw 2.2 lc rgb colour(4),"
buses = n_buses < 1 ? "" : "for [k = 1:n_buses] $series index (k - 1) using 1:2 with lines lw 3 dt dash(k) lc rgb colour(k),"
marks = n_minima < 1 ? "" : "$minima using 1:2 with points pt 7 ps (format eq 'svg' ? 0.7 : 1.3) lc rgb 'black',"
plot @servers @buses @marks @nothing

# The whole run below it.
unset label
unset arrow
unset object
set tmargin at screen 0.215
set bmargin at screen 0.085
set xrange [o_lo:o_hi]
set yrange [all_lo:all_hi]
corner_x = o_lo; corner_y = all_lo
set ytics add autofreq
set ytics o_ytic
set xlabel "whole run, time / ".o_unit offset 0, 0.4
unset ylabel
set object 1 rectangle from w_lo, graph 0 to w_hi, graph 1 behind fc rgb "#E8EEF4" fs solid noborder
servers = n_servers < 1 ? "" : "for [k = 1:n_servers] $overview index (n_buses + k - 1) using 1:2 with lines lw 0.8 lc rgb 0xA0808080,"
buses = n_buses < 1 ? "" : "for [k = 1:n_buses] $overview index (k - 1) using 1:2 with lines lw 1.6 dt dash(k) lc rgb colour(k),"
plot @servers @buses @nothing
unset multiplot
