# The results as tables for people; reads figures.awk first.

function ratio(kernel, state, operation,    base) {
    base = figure[kernel, "nothing", operation]
    if (state == "nothing" || base == "") return ""
    return sprintf("%+.1f %%", (figure[kernel, state, operation] / base - 1) * 100)
}

function guest_table(kernel,    s, o, value, rows) {
    printf "\nKernel %s, instructions per operation (over nothing)\n%-20s", kernel, ""
    for (o = 1; o <= operation_count; o++) printf "%21s", operations[o]
    print ""
    for (s = 1; s <= state_count; s++) {
        if (figure[kernel, states[s], operations[1]] == "") continue
        printf "%-20s", states[s]
        for (o = 1; o <= operation_count; o++) {
            value = figure[kernel, states[s], operations[o]]
            printf "%21s", value == "" ? "-" : sprintf("%d %9s", value, ratio(kernel, states[s], operations[o]))
        }
        print ""
    }
}

function native_table(    n, base) {
    printf "\nThis machine (minimum, median; over the empty program)\n"
    printf "%-16s%8s%12s%10s%14s%14s%8s%10s\n", "", "rules", "path bytes", "repeats", "minimum", "median", "unit", "ratio"
    for (n = 1; n <= natives; n++) {
        base = native_what[n] == "decide-open" ? native_base[native_rules[n]] : ""
        printf "%-16s%8d%12s%10d%14.0f%14.0f%8s%10s\n", native_what[n], native_rules[n], native_path[n] ? native_path[n] : "-",
            native_repeats[n], native_minimum[n], native_median[n], native_unit[n],
            base ? sprintf("%.2f", native_minimum[n] / base) : ""
    }
}

function verifier_table(    p) {
    printf "\nVerifier\n%-8s%-24s%14s%10s\n", "kernel", "program", "instructions", "states"
    for (p = 1; p <= programs; p++)
        printf "%-8s%-24s%14s%10s\n", verifier_kernel[p], verifier_program[p], verifier_instructions[p], verifier_states[p]
}

END {
    for (k = 1; k <= kernel_count; k++) guest_table(kernels[k])
    if (natives) native_table()
    if (programs) verifier_table()
    if (notes) print ""
    for (n = 1; n <= notes; n++) printf "%s: %s\n", note_of[n], note_text[n]
}
