#!/bin/bash
# rules.sh N - N rules on standard output: half about files, half about
# programs, of each half the one part blocks and the other audits. None speaks
# of a file or program that tests/bench uses.
set -euo pipefail

for ((i = 1; i <= $1; i++)); do
    # 1, 2, 3, 4: file block, program block, file audit, program audit.
    action=block
    (((i - 1) % 4 < 2)) || action=audit
    name=$(printf '%04d' "$i")
    printf -- '---\ntitle: Rule %s\nid: 00000000-0000-4000-8000-%012d\nstatus: test\n' "$name" "$i"
    if ((i % 2 == 1)); then
        category=file_access
        item="TargetFilename|startswith: /srv/t$name/"
        other="TargetFilename|endswith: .k$name"
        without='Image: /usr/bin/backup'
    else
        category=process_creation
        item="Image|startswith: /opt/t$name/"
        other="Image|endswith: /p$name"
        without='ParentImage: /usr/bin/make'
    fi
    cat << RULE
logsource:
    product: linux
    category: $category
detection:
    place:
        $item
    name:
        $other
    without:
        $without
    condition: (place or name) and not without
level: high
guard:
    action: $action
RULE
done
