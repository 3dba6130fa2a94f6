#!/bin/bash
# try.sh CASES FUNCTION - one attempt, alone in its mount namespace. Whatever begins a line with REACHED got there.
# From the environment: c, the directory of the attempt; control, 1 where no rule is in force.
# shellcheck disable=SC2034,SC2154
gb=$c/gb
D=$gb/denied
F=$gb/secret
export c gb D F
# shellcheck source=/dev/null
. "$1"
cd / || exit
"$2"
