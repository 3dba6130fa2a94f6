#!/bin/bash
# What a package reviewer would run: lintian, and the man pages' own warnings.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${GUARD_DEB_OUT:-$here/../../artifacts/deb}
status=0

for page in "$here"/man/*.[1-8]; do
    warnings=$(MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
    if [ -n "$warnings" ]; then
        printf '%s\n' "$warnings" >&2
        status=1
    fi
done
for script in "$here"/debian/{preinst,postinst,prerm,postrm}; do
    sh -n "$script" || status=1
done
if command -v lintian >/dev/null; then
    lintian --fail-on error,warning "$out"/guard_*_amd64.deb || status=1
else
    echo "check.sh: lintian is not installed, so it was not run" >&2
fi
exit $status
