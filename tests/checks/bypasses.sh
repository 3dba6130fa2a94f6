#!/bin/bash
# The document of the bypasses says what their table says, and each case in the table can be run.
set -uo pipefail

bypasses=$(cd "$(dirname "${BASH_SOURCE[0]}")/../vm/bypasses" && pwd)
code=0
complain() {
    echo "bypasses.tsv: $*" >&2
    code=1
}

"$bypasses/document" --check > /dev/null || code=1
while IFS=$'\t' read -r id group who rule old new instead title how note rest; do
    [[ $id != id ]] || continue
    for status in "$old" "$new"; do
        [[ $status =~ ^(blocked|audited|limit)$ ]] || complain "$id: no such status: '$status'"
        [[ $status != limit || -n $note ]] || complain "$id: a limit without a reason"
    done
    [[ $who =~ ^(root|user|both|alice)$ ]] || complain "$id: nobody is called '$who'"
    [[ -n $title && -n $how && -z $rest ]] || complain "$id: a column is missing or too many"
    if [[ $group == own ]]; then
        [[ $note =~ scenario\ ([0-9a-z-]+) && -f $bypasses/../scenarios/${BASH_REMATCH[1]}.sh ]] || complain "$id: no such scenario"
        continue
    fi
    for name in "$rule" "${instead/#-/$rule}"; do
        [[ -f $bypasses/rules/$name.yml ]] || complain "$id: no such rule: '$name'"
    done
    grep -q "^case_$id()" "$bypasses/cases/$group.sh" || complain "$id: cases/$group.sh has no case_$id"
done < "$bypasses/bypasses.tsv"
while read -r id; do
    grep -q "^$id	" "$bypasses/bypasses.tsv" || complain "case_$id is in no row"
done < <(sed -n 's/^case_\([A-Z][0-9]*[a-z]*\)().*/\1/p' "$bypasses"/cases/*.sh)
exit "$code"
