# cdf.gp - how often is a gap longer than so much?
#
#   gnuplot -c plots/runs/cdf.gp FOLDER... [PICTURE.svg|PICTURE.png]
of_runs = 1
want = "cdf"
arguments = ""
do for [i = 1:ARGC] { arguments = arguments.ARGV[i]."\n" }
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
here = here."../"
load here."style.gp"

set lmargin at screen 0.075
set rmargin at screen 0.755
set tmargin at screen 0.885
set bmargin at screen 0.095
set logscale x
set xrange [x_lo:x_hi]
set yrange [0:1.02]
set ytics ("0 %%" 0, "25 %%" 0.25, "50 %%" 0.5, "75 %%" 0.75, "90 %%" 0.9, "100 %%" 1)
set xlabel "longest gap of a run" offset 0, 0.3
set ylabel "share of the runs whose gap is no longer" offset 0.5, 0
group(k) = int(word(styles, 2 * k - 1))
part(k) = int(word(styles, 2 * k))
plot for [k = 1:n_curves] $curves index (k - 1) using 1:2 with steps lw 3 dt dash(part(k)) lc rgb colour(group(k))
