# phase.gp - what does it cost where in the sweep of the poll a failure falls?
#
#   gnuplot -c plots/runs/phase.gp FOLDER... [PICTURE.svg|PICTURE.png]
of_runs = 1
want = "phase"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
here = here."../"
load here."style.gp"

set lmargin at screen 0.068
set rmargin at screen 0.975
set tmargin at screen 0.885
set bmargin at screen 0.15
set xrange [x_lo:x_hi]
set yrange [0:y_hi]
set xlabel x_name." / ".x_unit offset 0, 0.3
set ylabel y_name." / ".x_unit offset 0.5, 0
plot $bars using 1:2:3:4:5:6:7 with boxxyerror fs solid 1.0 noborder lc rgb variable, \
     $known using 1:2 with points pt 13 ps (format eq 'svg' ? 1.2 : 2) lc rgb "black"
