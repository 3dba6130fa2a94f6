# shellcheck shell=bash disable=SC2154
# Ways to run a script. $D is one that prints REACHED.
setup_script() {
    rm "$D"
    printf '#!/bin/bash\necho REACHED\n' > "$D"
    chmod 755 "$D"
}

case_S01() { "$D"; }
case_S02() { bash "$D"; }
# shellcheck disable=SC1090
case_S03() { . "$D"; }
case_S04() { bash < "$D"; }
# shellcheck disable=SC2002
case_S05() { cat "$D" | bash; }
case_S06() { bash -c "$(cat "$D")"; }
case_S07() { BASH_ENV=$D bash -c :; }
case_S08() { dash "$D"; }
case_S09() { bash --rcfile "$D" -i -c true; }
case_S10() { /lib64/ld-linux-x86-64.so.2 /bin/bash "$D"; }
