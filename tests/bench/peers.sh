# shellcheck shell=sh disable=SC2154 # read by bench.sh, which sets what is used here
# peers.sh - what others need for the electrical rack $rack, measured right after ours.

ours="electrical $rack/powergap"
cvode=$bin/peer_cvode

# GSL's BDF knows no sparse matrix and takes all of an island's states at once.
if [ "$rack" = 8 ]; then
    row "electrical $rack" "GSL msbdf" "$ours" "$rack" "powergap run --integrator gsl-msbdf" \
        "$bin/bench_scenario" "$racks/$rack.yaml" gsl-msbdf
fi

if [ ! -x "$cvode" ]; then
    skip "CVODE" "no SUNDIALS with KLU: libsundials-dev libsuitesparse-dev"
else
    if [ "$rack" = 8 ]; then
        row "electrical $rack" "CVODE dense 1e-8" "$ours" "$rack" "BDF" \
            "$cvode" "$rack" 1e-8 dense
    fi
    for tolerance in 1e-6 1e-8; do
        row "electrical $rack" "CVODE KLU $tolerance" "$ours" "$rack" "BDF" \
            "$cvode" "$rack" $tolerance klu
    done
fi

# ngspice holds its steps below a limit; the rest of the 10 s is not simulated where that takes minutes.
# spice STEP SECONDS
spice()
{
    netlist=$racks/$rack.cir
    "$bin/bench_generate" spice "$rack" "$2" "$1" >"$netlist"
    row "electrical $rack" "ngspice $1 s" "$ours" "$rack" "$2 s of it; steps of at most $1 s" \
        sh tests/bench/peer_ngspice.sh "$netlist" "$2"
}

if ! command -v ngspice >/dev/null; then
    skip "ngspice" "not installed: ngspice"
else
    case $rack in
    8) spice 1e-3 10 && spice 10e-6 1 ;;
    64) spice 1e-3 2 && spice 100e-6 1 ;;
    512) spice 1e-3 0.4 ;;
    esac
fi
