# anatomy.gp - where did the time of each gap go?
#
#   gnuplot -c plots/anatomy.gp TRACE-FOLDER [PICTURE.svg|PICTURE.png]
want = "anatomy"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here."style.gp"

set lmargin at screen 0.03
set rmargin at screen 0.97
set tmargin at screen 0.885
set bmargin at screen 0.155
set xrange [x_lo:x_hi]
set yrange [pixels:0]
set border 1
unset ytics
set grid noytics
set xlabel "time since the voltage fell below its threshold / ".x_unit offset 0, 0.3
if (n_gaps == 0) { set border 0; unset xtics; unset xlabel } # nothing to measure
plot $bars using 1:3:1:2:4:5:6 with boxxyerror fs solid 1.0 noborder lc rgb variable
