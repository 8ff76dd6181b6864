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
