# shellcheck shell=bash
# tests/vm/race.sh: what it makes of the counts of act race.
set -uo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/vm/race.sh
. "$repo/tests/vm/race.sh"

# In place of those of lib.sh, which needs a guest.
ok() { said+="ok "; }
not_ok() { said+="no "; }

# judges SAID REFUSED TEXT JSON
judges() {
    said=''
    race_verdicts race "$4" > /dev/null
    if [[ $said == "$1" && ${race_refused:-} == "$2" ]]; then
        echo "ok - $3"
    else
        echo "not ok - $3 ($said, ${race_refused:-})"
    fi
}

counts() { # NUMBER... - as act race prints them
    printf '{"action":"race","kind":"open","processes":8,"denied":{"ok":%s,"eperm":%s,"other":%s},"allowed":{"ok":%s,"eperm":%s,"other":%s}}' "$@"
}

judges "ok ok " 120 "what was refused and what was allowed" "$(counts 0 120 0 7 0 0)"
judges "no ok " 120 "a denied one that got through" "$(counts 1 120 0 7 0 0)"
judges "no ok " 0 "a race in which nothing was refused" "$(counts 0 0 0 7 0 0)"
judges "no ok " 12 "another errno than EPERM for a denied one" "$(counts 0 12 5 7 0 0)"
judges "ok no " 12 "an allowed one that was refused" "$(counts 0 12 0 7 1 0)"
judges "ok no " 12 "another errno for an allowed one" "$(counts 0 12 0 7 0 1)"
judges "ok no " 12 "a race in which nothing was allowed" "$(counts 0 12 0 0 0 0)"
judges "no no " 0 "an error in place of counts" '{"action":"race","target":"/x","errno":"EAGAIN"}'
judges "no no " 0 "nothing at all" ''
judges "no no " 0 "counts that were cut off" '{"action":"race","denied":{"ok":0,"eperm":12,"other":0},"allowed":{"ok":7,'
