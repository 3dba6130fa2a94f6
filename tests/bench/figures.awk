# Both reports read the results with this. Columns: kernel (or all, native),
# then what tests/bench/guest.sh and tests/Guard.Benchmarks print.

BEGIN { FS = "\t" }

# A first open allocates now and then for many opens at once: its minimum would
# leave that out, so the batch in the middle stands for it.
function statistic(operation) { return operation == "open-first" ? "median" : "minimum" }

$2 == "result" && $4 != "loop" {
    if (!($1 in kernel_seen)) { kernel_seen[$1] = 1; kernels[++kernel_count] = $1 }
    if (!($3 in state_seen)) { state_seen[$3] = 1; states[++state_count] = $3 }
    if (!($4 in operation_seen)) { operation_seen[$4] = 1; operations[++operation_count] = $4 }
    minimum[$1, $3, $4] = $5
    median[$1, $3, $4] = $6
    figure[$1, $3, $4] = statistic($4) == "median" ? $6 : $5
}

$2 == "verifier" {
    programs++
    verifier_kernel[programs] = $1
    verifier_program[programs] = $3
    verifier_instructions[programs] = $4
    verifier_states[programs] = $5
}

# what, rules, path bytes, repeats, minimum, median, unit
$2 == "native" {
    natives++
    native_what[natives] = $3
    native_rules[natives] = $4
    native_path[natives] = $5
    native_repeats[natives] = $6
    native_minimum[natives] = $7
    native_median[natives] = $8
    native_unit[natives] = $9
    if ($3 == "empty-program") native_base[$4] = $7
}

$2 == "note" { note_of[++notes] = $1; note_text[notes] = $3 }
