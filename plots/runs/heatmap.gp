# heatmap.gp - how does the longest gap depend on two parameters?
#
#   gnuplot -c plots/runs/heatmap.gp FOLDER... [PICTURE.svg|PICTURE.png]
of_runs = 1
want = "heatmap"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
here = here."../"
load here."style.gp"

set lmargin at screen 0.1
set rmargin at screen 0.88
set tmargin at screen 0.885
set bmargin at screen 0.105
set xrange [0.5:nx + 0.5]
set yrange [0.5:ny + 0.5]
unset grid
set tics scale 0
set xlabel x_name offset 0, 0.3
set ylabel y_name offset 0.5, 0
plot $cells using 1:2:($1 - 0.49):($1 + 0.49):($2 - 0.49):($2 + 0.49):3 with boxxyerror fs solid 1.0 noborder lc rgb variable, \
     $words using 1:2:3:4 with labels tc rgb variable font ','.small, \
     $fails using ($1 + 0.38):($2 + 0.36) with points pt 2 ps (format eq 'svg' ? 1 : 1.6) lw 2.5 lc rgb "#D55E00"
