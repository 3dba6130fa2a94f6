# fish completion for guardctl
function __guardctl_complete
    set -l line (string replace -r '^\S+\s?' '' -- (commandline -cp))
    guardctl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
end
complete -c guardctl -a '(__guardctl_complete)'
