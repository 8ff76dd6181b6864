#!/bin/sh
# test_scenarios.sh - scenarios/README.md says what the scenarios measure today.
. tests/tools/story.sh

holds "every scenario passes" ends_with 0 sh -c 'sh tests/tools/scenarios.sh "$1" >"$2"' - "$powergap" "$work/readme"
holds "scenarios/README.md is what 'make baseline' writes" ends_with 0 diff scenarios/README.md "$work/readme"

story_ends
