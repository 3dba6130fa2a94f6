# shellcheck shell=bash
# guest: --no-guardd
# timeout: 600
# What the verifier spends on each program, against what is recorded in
# bpf/lsm/verifier-budget.csv. A program that grows a lot nears the limit of a
# million instructions, and every start of guardd pays for it. Meant as it is?
# tests/bench/run --record-verifier
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

budget=$(dirname "${BASH_SOURCE[0]}")/../../../bpf/lsm/verifier-budget.csv
object=/usr/lib/guard/bpf/guard.bpf.o
# Per cent over what is recorded.
allowance=20

kernel=$(uname -r | cut -d. -f1,2)
expect_ok "the verifier accepts every program" bpf-load cost "$object"
costs=$(grep -v refused <<< "$output")

# grown TEXT NOW RECORDED - says whether it is within the allowance.
grown() {
    if (($2 * 100 > $3 * (100 + allowance))); then
        not_ok "$1" "$2, $3 are recorded"
    else
        ok "$1"
    fi
}

while IFS=$'\t' read -r program instructions states; do
    recorded=$(awk -F, -v k="$kernel" -v p="$program" '$1 == k && $2 == p { print $3, $4 }' "$budget")
    echo "$program: $instructions instructions, $states states, recorded ${recorded:-nothing}"
    if [[ -z $recorded ]]; then
        not_ok "what $program takes the verifier is recorded" "nothing is, on $kernel in bpf/lsm/verifier-budget.csv"
        continue
    fi
    grown "$program takes the verifier at most $allowance % more instructions than are recorded" "$instructions" "${recorded% *}"
    grown "$program takes the verifier at most $allowance % more states than are recorded" "$states" "${recorded#* }"
done <<< "$costs"

# A name in the file that no program has would never be compared.
expect_equal "$(awk -F, -v k="$kernel" '$1 == k { print $2 }' "$budget" | sort)" \
    "$(cut -f1 <<< "$costs" | sort)" "what is recorded are the programs that there are"
