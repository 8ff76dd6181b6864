# style.gp - what the plots have in common: canvas, fonts, colours, and the reading of the trace.
#
# A plot sets `want`, `here` and `arguments`, one a line, and `of_runs` when it compares several; then it
# loads this file. The last argument is
# the picture if it ends in .svg or .png; without one it is called after the plot, beside the trace, or
# of several runs in the current folder. The awk scripts read the folders and hand back gnuplot
# commands: variables, data blocks and labels already placed so that none covers another. They count
# in pixels of the canvas below: 1600 x 900.

# Each argument as one of a shell command, whatever is in it.
quoted = ""
item = ""
first = ""
out = ""
do for [i = 1:strlen(arguments)] {
    letter = arguments[i:i]
    if (letter ne "\n") { item = item.letter; continue }
    ending = strlen(item) > 4 ? item[strlen(item) - 3:] : ""
    if (i == strlen(arguments) && (ending eq ".svg" || ending eq ".png")) { out = item; continue }
    if (first eq "") { first = item }
    escaped = ""
    do for [k = 1:strlen(item)] { escaped = escaped.(item[k:k] eq "'" ? "'\\''" : item[k:k]) }
    quoted = quoted." '".escaped."'"
    item = ""
}
if (first eq "") { print "a trace folder is wanted, such as out/fet"; exit status 2 }
is_named = out ne ""
if (!is_named) { out = (exists("of_runs") ? "" : first."/").want.".svg" }
format = out[strlen(out) - 2:]

set encoding utf8
# The two terminals count points differently: a letter of 18 in SVG is one of 13.5 in PNG.
point = format eq "svg" ? 1.0 : 0.75
small = sprintf("%g", 15 * point)
if (format eq "svg") {
    set terminal svg size 1600,900 dynamic noenhanced font "DejaVu Sans,18" background rgb "white"
} else {
    set terminal pngcairo size 1600,900 noenhanced font "DejaVu Sans,13.5" background rgb "white"
}

# Okabe and Ito: eight colours that colour-blind people tell apart; then Tol's for more.
array hue[12] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x332288, 0x7F7F7F, \
                 0x882255, 0x44AA99, 0x999933, 0x000000]
colour(i) = hue[(i - 1) % 12 + 1]
# And in black and white: solid, dashes, dash and dot, dash and two dots, dots.
array pattern[5] = [1, 2, 4, 5, 3]
dash(i) = pattern[(i - 1) % 5 + 1]

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

escaped = ""
do for [i = 1:strlen(here)] { escaped = escaped.(here[i:i] eq "'" ? "'\\''" : here[i:i]) }
readers = ""
do for [name in "words trace draw voltages sharing timeline anatomy runs overlay cdf heatmap phase"] {
    readers = readers." -f '".escaped.name.".awk'"
}
load "< awk".readers." ".want.quoted
set output out
if (!is_named) { set print "-"; print out; set print }
