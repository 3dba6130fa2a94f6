# The results for programs; reads figures.awk first. -v commit=...

function text(value) {
    gsub(/\\/, "\\\\", value)
    gsub(/"/, "\\\"", value)
    gsub(/[[:cntrl:]]/, " ", value)
    return "\"" value "\""
}

function add(list, line) {
    lines[list] = lines[list] (lines[list] == "" ? "" : ",\n") "    {" line "}"
}

function add_guest(kernel, state, operation,    line, base) {
    if (figure[kernel, state, operation] == "") return
    line = sprintf("\"kernel\": %s, \"state\": %s, \"operation\": %s, \"instructions\": %.0f, \"statistic\": %s, \"minimum\": %.0f, \"median\": %.0f",
        text(kernel), text(state), text(operation), figure[kernel, state, operation], text(statistic(operation)),
        minimum[kernel, state, operation], median[kernel, state, operation])
    base = figure[kernel, "nothing", operation]
    add("results", line (base == "" ? "" : sprintf(", \"ratio\": %.4f", figure[kernel, state, operation] / base)))
}

function add_native(n,    line, base) {
    line = sprintf("\"what\": %s, \"rules\": %d, \"pathBytes\": %d, \"repeats\": %d, \"minimum\": %.0f, \"median\": %.0f, \"unit\": %s",
        text(native_what[n]), native_rules[n], native_path[n], native_repeats[n], native_minimum[n], native_median[n], text(native_unit[n]))
    base = native_what[n] == "decide-open" ? native_base[native_rules[n]] : ""
    add("native", line (base ? sprintf(", \"ratio\": %.4f", native_minimum[n] / base) : ""))
}

END {
    for (k = 1; k <= kernel_count; k++)
        for (s = 1; s <= state_count; s++)
            for (o = 1; o <= operation_count; o++)
                add_guest(kernels[k], states[s], operations[o])
    for (n = 1; n <= natives; n++) add_native(n)
    for (p = 1; p <= programs; p++)
        add("verifier", sprintf("\"kernel\": %s, \"program\": %s, \"instructions\": %d, \"states\": %d",
            text(verifier_kernel[p]), text(verifier_program[p]), verifier_instructions[p], verifier_states[p]))
    for (n = 1; n <= notes; n++) add("notes", sprintf("\"of\": %s, \"text\": %s", text(note_of[n]), text(note_text[n])))
    printf "{\n  \"commit\": %s,\n", text(commit)
    printf "  \"results\": [\n%s\n  ],\n  \"native\": [\n%s\n  ],\n", lines["results"], lines["native"]
    printf "  \"verifier\": [\n%s\n  ],\n  \"notes\": [\n%s\n  ]\n}\n", lines["verifier"], lines["notes"]
}
