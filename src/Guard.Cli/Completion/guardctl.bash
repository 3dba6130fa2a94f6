# bash completion for guardctl
_guardctl() {
    local line=${COMP_LINE#* } point
    point=$((COMP_POINT - ${#COMP_LINE} + ${#line}))
    [ "$point" -ge 0 ] || return
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$(guardctl "[suggest:$point]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
    if [ ${#COMPREPLY[@]} -eq 0 ]; then
        COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        compopt -o filenames 2>/dev/null
    fi
}
complete -F _guardctl guardctl
