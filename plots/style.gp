# style.gp - what the plots have in common: canvas, fonts, colours, and the reading of the trace.
#
# A plot sets `want`, `here`, `trace`, `out` and `format`, then loads this file. trace.awk reads the
# folder and hands back gnuplot commands: variables, data blocks and labels already placed so that
# none covers another. It counts in pixels of the canvas below: 1600 x 900.

if (format ne "svg" && format ne "png") { exit message "format is svg or png, not '".format."'" status 2 }

set encoding utf8
# The two terminals count points differently: a letter of 18 in SVG is one of 13.5 in PNG.
point = format eq "svg" ? 1.0 : 0.75
small = sprintf("%g", 15 * point)
if (format eq "svg") {
    set terminal svg size 1600,900 dynamic noenhanced font "DejaVu Sans,18" background rgb "white"
} else {
    set terminal pngcairo size 1600,900 noenhanced font "DejaVu Sans,13.5" background rgb "white"
}

# One argument of a shell command, whatever is in it.
arg_in = trace
arg_trace = ""
do for [i = 1:strlen(arg_in)] {
    arg_trace = arg_trace.(arg_in[i:i] eq "'" ? "'\\''" : arg_in[i:i])
}
arg_here = ""
do for [i = 1:strlen(here)] {
    arg_here = arg_here.(here[i:i] eq "'" ? "'\\''" : here[i:i])
}

# Okabe and Ito: eight colours that colour-blind people tell apart; then Tol's for more.
array hue[12] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x332288, 0x7F7F7F, \
                 0x882255, 0x44AA99, 0x999933, 0x000000]
colour(i) = hue[(i - 1) % 12 + 1]
dash(i) = i > 12 ? 2 : 1

# The end of every list of curves; alone if there is none: a line without length in a corner.
nothing = "'+' using (corner_x):(corner_y) with lines lw 0"

set border 3 lw 1.2 lc rgb "#555555"
set tics nomirror out scale 0.7 textcolor rgb "#333333"
set format x "%h" # the default begins with a space, which moves a number off its mark
set grid xtics ytics lt 1 lw 0.6 lc rgb "#E4E4E4"
set key off
set style fill solid 1.0 noborder
set errorbars 0
set style textbox opaque noborder fillcolor rgb 0x30FFFFFF margins 0.4, 0.2

load "< awk -f '".arg_here."trace.awk' -f '".arg_here."anatomy.awk' ".want." '".arg_trace."'"
set output out
