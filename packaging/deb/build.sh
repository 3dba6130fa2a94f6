#!/bin/bash
# Builds artifacts/deb/guard_<version>_amd64.deb: guardd and guardctl, self-contained and precompiled, over one
# runtime folder. Needs the .NET SDK, dpkg-deb and gzip; root is not needed. The same commit gives the same bytes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
out=${GUARD_DEB_OUT:-$top/artifacts/deb}
rid=linux-x64
lib=usr/lib/guard

say() { printf '[%3ds] %s\n' "$SECONDS" "$*" >&2; }

version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' "$top/Directory.Build.props")
changelog=$(sed -n '1s/^guard (\([^)]*\)).*/\1/p' "$here/debian/changelog")
if [ "$version" != "$changelog" ]; then
    echo "build.sh: Directory.Build.props says $version, debian/changelog says $changelog" >&2
    exit 1
fi
# One time for every file: that of the commit, or of the newest changelog entry outside a repository.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || date -d "$(sed -n 's/^ -- .*>  //p' "$here/debian/changelog" | head -1)" +%s)}
export SOURCE_DATE_EPOCH

publish() { # project, folder
    rm -rf "$out/publish/$2"
    dotnet publish "$top/src/$1" -c Release -r $rid --self-contained -o "$out/publish/$2" --nologo -v quiet \
        -p:PublishReadyToRun=true -p:DebugType=none
    find "$out/publish/$2" \( -name '*.pdb' -o -name '*.xml' \) -delete
}

# The runtime is shipped once. A file that the two programs do not agree on would make one of them run on the
# other's, so that is an error.
merge() { # folder, target
    local file name
    for file in "$out/publish/$1"/*; do
        name=${file##*/}
        if [ -e "$2/$name" ] && ! cmp -s "$file" "$2/$name"; then
            echo "build.sh: $name differs between guardd and guardctl" >&2
            return 1
        fi
        cp "$file" "$2/$name"
    done
}

install_programs() {
    mkdir -p "$root/$lib" "$root/usr/bin" "$root/usr/sbin"
    merge guardd "$root/$lib"
    merge guardctl "$root/$lib"
    # Debugger and LTTng parts of the runtime; nothing loads them in production.
    rm -f "$root/$lib"/{createdump,libcoreclrtraceptprovider.so,libmscordbi.so,libmscordaccore.so}
    find "$root/$lib" -type f -exec chmod 0644 {} +
    chmod 0755 "$root/$lib/guardd" "$root/$lib/guardctl"
    ln -s ../lib/guard/guardctl "$root/usr/bin/guardctl"
    ln -s ../lib/guard/guardd "$root/usr/sbin/guardd"
}

install_kernel_side() {
    local object=${GUARD_BPF_OBJECT:-$top/artifacts/bpf/guard.bpf.o}
    if [ -z "${GUARD_BPF_OBJECT:-}" ] && [ -e "$top/bpf/lsm/Makefile" ]; then
        make -s -C "$top/bpf/lsm" >&2
    fi
    if [ -e "$object" ]; then
        install -D -m 0644 "$object" "$root/$lib/bpf/guard.bpf.o"
    else
        echo "build.sh: WARNING: $object is absent; this package cannot enforce anything" >&2
    fi
    mkdir -p "$root/$lib/self-test"
    local name
    for name in allowed denied; do
        printf 'guardd opens this file to prove that verdicts are the kernel'\''s: %s.\n' $name > "$root/$lib/self-test/$name"
        printf '#!/bin/sh\nexit 0\n' > "$root/$lib/self-test/$name-exec"
        chmod 0644 "$root/$lib/self-test/$name"
        chmod 0755 "$root/$lib/self-test/$name-exec"
    done
}

install_policies() {
    mkdir -p "$root/usr/share/guard/policies"
    [ -d "$top/policies" ] && cp -R --no-preserve=mode,ownership "$top/policies/." "$root/usr/share/guard/policies/"
    find "$root/usr/share/guard" -type d -exec chmod 0755 {} + -o -type f -exec chmod 0644 {} +
}

install_system_files() {
    install -D -m 0640 "$here/root/guard.yaml" "$root/etc/guard/guard.yaml"
    chmod 0750 "$root/etc/guard"
    install -D -m 0644 "$here/root/guardd.service" "$root/lib/systemd/system/guardd.service"
    install -D -m 0644 "$here/root/sysusers.conf" "$root/usr/lib/sysusers.d/guard.conf"
    install -D -m 0644 "$here/root/tmpfiles.conf" "$root/usr/lib/tmpfiles.d/guard.conf"
    install -D -m 0644 "$top/src/Guard.Cli/Completion/guardctl.bash" "$root/usr/share/bash-completion/completions/guardctl"
    install -D -m 0644 "$top/src/Guard.Cli/Completion/guardctl.zsh" "$root/usr/share/zsh/vendor-completions/_guardctl"
    install -D -m 0644 "$top/src/Guard.Cli/Completion/guardctl.fish" "$root/usr/share/fish/vendor_completions.d/guardctl.fish"
}

install_documents() {
    local doc=$root/usr/share/doc/guard page section
    mkdir -p "$doc"
    install -m 0644 "$here/debian/copyright" "$doc/copyright"
    gzip -9nc "$here/debian/changelog" > "$doc/changelog.gz"
    install -D -m 0644 "$here/root/sinks.conf" "$doc/examples/sinks.conf"
    install -D -m 0644 "$here/debian/lintian-overrides" "$root/usr/share/lintian/overrides/guard"
    for page in "$here"/man/*.[1-8]; do
        [ -e "$page" ] || continue
        section=${page##*.}
        mkdir -p "$root/usr/share/man/man$section"
        sed "s/@VERSION@/$version/g" "$page" | gzip -9nc > "$root/usr/share/man/man$section/${page##*/}.gz"
    done
}

write_control() {
    mkdir -p "$root/DEBIAN"
    sed -e "s/@VERSION@/$version/" -e "s/@SIZE@/$(du -ks --apparent-size "$root" | cut -f1)/" "$here/debian/control.in" > "$root/DEBIAN/control"
    echo /etc/guard/guard.yaml > "$root/DEBIAN/conffiles"
    install -m 0755 "$here"/debian/{preinst,postinst,prerm,postrm} "$root/DEBIAN/"
    (cd "$root" && find usr lib etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
    chmod 0644 "$root/DEBIAN/md5sums" "$root/DEBIAN/control" "$root/DEBIAN/conffiles"
}

umask 022
root=$out/root
rm -rf "$root"
mkdir -p "$root"
say "publishing guardd $version for $rid"
publish Guard.Engine guardd
say "publishing guardctl"
publish Guard.Cli guardctl
say "laying out the package"
install_programs
install_kernel_side
install_policies
install_system_files
install_documents
find "$root" -type d ! -path "$root/etc/guard" -exec chmod 0755 {} +
write_control
say "compressing"
# --threads-max=1: the number of threads changes the bytes that xz writes.
dpkg-deb --root-owner-group -Zxz -z"${GUARD_DEB_XZ:-6}" --build "$root" "$out/guard_${version}_amd64.deb" >&2
say "$(stat -c '%n, %s bytes' "$out/guard_${version}_amd64.deb"), installed $(du -ms "$root" | cut -f1) MB"
echo "$out/guard_${version}_amd64.deb"
