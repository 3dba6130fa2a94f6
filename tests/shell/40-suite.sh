# shellcheck shell=bash
# tests/vm/suite: what it makes of guests that end early. In a copy of it, whose guests are a script.
set -uo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/tests/vm/scenarios" "$copy/tests/programs"
cp "$repo/tests/vm/suite" "$copy/tests/vm/"
printf 'all:\n' > "$copy/tests/programs/Makefile"
printf '# timeout: 5\n' > "$copy/tests/vm/scenarios/01-one.sh"
printf '# timeout: 5\n' > "$copy/tests/vm/scenarios/02-two.sh"
cat > "$copy/tests/vm/run" << 'GUEST'
#!/bin/bash
turn=$(($(cat "$GUESTS/turn") + 1))
echo "$turn" > "$GUESTS/turn"
bash "$GUESTS/$turn" || exit
GUEST
chmod +x "$copy/tests/vm/run"

# suite GUEST... - each a script; sets $said, and $boots, how many guests there were.
suite() {
    local number=0 guest
    rm -rf "$copy/guests"
    mkdir "$copy/guests"
    echo 0 > "$copy/guests/turn"
    for guest in "$@"; do
        number=$((number + 1))
        echo "$guest" > "$copy/guests/$number"
    done
    said=$(GUESTS=$copy/guests "$copy/tests/vm/suite" --kernel 6.1 2>&1)
    boots=$(cat "$copy/guests/turn")
}

# expect TEXT BOOTS LAST-LINE
expect() {
    if [[ $boots == "$2" && ${said##*$'\n'} == "$3" ]]; then
        echo "ok - $1"
    else
        echo "not ok - $1 ($boots boots)"
        printf '%s\n' "$said" | sed 's/^/    /'
    fi
}

one='echo "# begin 01-one"; echo "ok - a"; echo "# end 01-one"'
two='echo "# begin 02-two"; echo "ok - b"; echo "# end 02-two"'
suite "$one; $two"
expect "a guest that runs both" 1 'vm: 2 passed, 0 failed'
suite 'exit 126' "$one; $two"
expect "one that ended before Guard began is booted once more" 2 'vm: 2 passed, 0 failed'
suite 'exit 126' 'exit 126'
expect "but not twice" 2 'vm: 0 passed, 2 failed'
suite 'exit 125' "$one; $two"
expect "one that ended with Guard is not" 1 'vm: 0 passed, 2 failed'
suite 'echo "# begin 01-one"; exit 126' "$two"
expect "nor is a scenario tried again" 2 'vm: 1 passed, 1 failed'
