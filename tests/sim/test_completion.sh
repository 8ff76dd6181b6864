#!/bin/sh
# test_completion.sh - completion in a real bash and a real zsh. Oracles: the names of files on the disk,
# `powergap --help` and its tables.
set -u

powergap=${POWERGAP:-build/gcc-O3/powergap}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }

mkdir "$work/bin" "$work/a folder" "$work/parts"
ln -s "$(cd "$(dirname "$powergap")" && pwd)/powergap" "$work/bin/powergap"
PATH=$work/bin:$PATH
POWERGAP_DATA=$PWD/models
export PATH POWERGAP_DATA
powergap completion bash >"$work/powergap.bash"
powergap completion zsh >"$work/_powergap"
powergap run --quiet --out "$work/trace" scenarios/psu-failure/fet.yaml
: >"$work/one.yaml"
: >"$work/two.txt"

# ---- bash: what it would offer for a line of these words, the last of them under the cursor.
offers() {
    (cd "$work" && bash --norc --noprofile -c '
        . ./powergap.bash
        COMP_WORDS=(powergap "$@")
        COMP_CWORD=$#
        _powergap
        printf "%s\n" "${COMPREPLY[@]}"' _ "$@" | sort)
}
expects() { # expected words, in one string; then the line
    want=$(printf '%s\n' $1 | sort)
    shift
    got=$(offers "$@")
    if [ "$got" = "$want" ]; then ok; else bad "bash, powergap $*: offers '$got', not '$want'"; fi
}
commands=$(powergap --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[ "$(echo "$commands" | wc -l)" -gt 8 ] || bad "--help lists few commands"
expects "$commands --help --version" ""
expects "schema" sche
# Every option that a command's --help lists is offered, and no other.
for command in $commands; do
    options=$(powergap "$command" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
    expects "$options" "$command" --
done
expects "--seed --sample --shuffle-ties" run --s
expects "rosenbrock gsl-msbdf" run --integrator ""
expects "svg png" plot --format ""
expects "crps-550w-12v" parts crps-5
expects "$(ls models/parts | sed 's/\.yaml$//')" parts ""
expects "relay resistor" explain r
expects "bash zsh" completion ""
expects "psu1 psu2" log trace --part psu
expects "uvlo" log trace --kind uv
expects "" run --seed ""
expects "" nonsense --x
# Scenario files and the folders on the way to them, nothing else; blanks survive.
expects "one.yaml" run o
expects "one.yaml" check --json o
expects "" run tw
expects "two.txt trace" run --vcd t
expects "trace" log t
if [ "$(offers check "a f")" = "a folder" ]; then ok; else bad "a name with a blank: '$(offers check "a f")'"; fi

# ---- zsh: a terminal in which somebody types a line with a tab in it.
cat >"$work/type.zsh" <<'ZSH'
zmodload zsh/zpty
zpty -b shell "zsh -f -i"
zpty -w shell "cd $WORK; fpath=($WORK \$fpath); autoload -U compinit; compinit -u -d $WORK/dump"
zpty -w shell "bindkey '^I' complete-word"
sleep 1
zpty -w -n shell "$1"$'\n'
for i in {1..100}; do
    sleep 0.1
    [[ -s $WORK/typed ]] && break
done
zpty -d shell
ZSH
types() { # line with a tab, what the shell runs then (words)
    rm -f "$work/typed"
    WORK=$work zsh -f "$work/type.zsh" "$(printf '%b' "$1") >$work/typed"
    if grep -q -- "$2" "$work/typed" 2>/dev/null; then ok; else
        bad "zsh, $1: no '$2' in '$(head -c 200 "$work/typed" 2>/dev/null)'"
    fi
}
types 'powergap sche\t' '"$schema"'
types 'powergap parts crps-5\t' 'crps-550w-12v.yaml'
types 'echo x; print -r -- powergap' 'powergap' # the oracle's own check: it can type
types 'powergap run --see\t 3 --hash '"$PWD"'/tests/oracle/a1.y\t' 'a1.yaml'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
