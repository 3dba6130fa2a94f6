#compdef guardctl
# zsh completion for guardctl
_guardctl() {
    local line="${BUFFER#* }" point
    local -a found
    point=$((CURSOR - ${#BUFFER} + ${#line}))
    found=("${(@f)$(guardctl "[suggest:$point]" "$line" 2>/dev/null)}")
    if (( ${#found} )) && [[ -n "${found[1]}" ]]; then
        compadd -a found
    else
        _files
    fi
}
_guardctl "$@"
