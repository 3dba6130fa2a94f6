# shellcheck shell=bash disable=SC2154
# Ways to reach port 4242 of this machine, where network_before has something listen.
network_before() {
    act serve :: 4242 > /dev/null 2>&1 &
    sleep 0.5
}

says_ok() {
    local said
    said=$(act "$@")
    echo "$said"
    [[ $said != *'"errno":"OK"'* ]] || echo REACHED
}

case_N01() { says_ok connect 127.0.0.1 4242; }
case_N02() { says_ok fast-open 127.0.0.1 4242; }
case_N03() { says_ok connect ::1 4242; }
case_N04() { says_ok sendto 127.0.0.1 4242; }
case_N05() { says_ok connect ::ffff:127.0.0.1 4242; }
case_N06() { says_ok connect-uring 127.0.0.1 4242; }
