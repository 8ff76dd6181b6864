# timeline.gp - who was in which state when: supplies, switches, servers, and the serial bus?
#
#   gnuplot -c plots/timeline.gp TRACE-FOLDER [PICTURE.svg|PICTURE.png]
want = "timeline"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here."style.gp"

set lmargin at screen 0.115
set rmargin at screen 0.975
set tmargin at screen top_main
set bmargin at screen bottom_main
set xrange [x_lo:x_hi]
set yrange [n_rows + 0.5:0.5]
corner_x = x_lo; corner_y = 1
set border 1
unset ytics
set grid noytics
set xlabel "time / ".x_unit offset 0, 0.3
words = n_words < 1 ? "" : "$words using 1:2:3:4 with labels tc rgb variable font ','.word_size,"
plot $bars using 1:3:1:2:4:5:6 with boxxyerror fs solid 1.0 noborder lc rgb variable, @words @nothing
