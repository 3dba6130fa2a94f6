# shellcheck shell=bash
# Builds what a guest boots from, each part once, named by the hash of what
# went into it:
#
#   kernel-<hash>/<6.1|6.12>/{vmlinuz,initrd,modules}   Debian's cloud kernels
#   base-<hash>/                                        Debian 12 as a tree
#   disk-<hash>.ext4                                    base (+ one guard .deb)
#
# The root is ext4 and not an overlay: on overlayfs files have other identities
# (device, inode, generation) than on the servers that Guard runs on.
#
# Sourced by tests/vm/run, which sets what is not set here.
# shellcheck disable=SC2154

readonly disk_size=4G
readonly kernels=(6.1 6.12)

# By content only: a checkout elsewhere finds the same images.
hash_of() { sha256sum "$@" | cut -d" " -f1 | sha256sum | cut -c1-16; }

# publish PARTIAL FINAL - rename, so that an interrupted build leaves nothing
# that looks complete.
publish() {
    rm -rf "$2"
    mv "$1" "$2"
    # Unpacking gave it an old date; prune goes by age.
    touch "$2"
}

# prune KEEP PATTERN - drop all but the newest KEEP entries.
prune() {
    local keep=$1 pattern=$2
    find "$cache" -maxdepth 1 -name "$pattern" -printf '%T@ %p\n' | sort -rn |
        tail -n "+$((keep + 1))" | cut -d' ' -f2- | xargs -r rm -rf
}

kernel_package() {
    case $1 in
        6.1) apt_newest 'linux-image-6\.1\.0-[0-9]+-cloud-amd64' ;;
        6.12) apt_newest 'linux-image-6\.12\.[0-9]+[^ ]*-cloud-amd64' ;;
    esac
}

# Debian carries 6.12 for bookworm in one of several suites, by its age.
find_kernel_package() {
    local version=$1 suite package
    for suite in '' bookworm-backports trixie; do
        apt_refresh "$suite" || continue
        package=$(kernel_package "$version")
        if [[ -n $package ]]; then
            echo "$package"
            return
        fi
    done
    die "no cloud kernel $version in the configured Debian mirror"
}

# The modules that lead to the root disk, the shares and the ports. What a
# kernel has built in is not in its module tree and is left out.
readonly boot_modules=(virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev
    virtio_pci virtio_blk virtio_console fuse virtiofs)

build_initrd() {
    local modules=$1 output=$2 tree name found
    tree=$(mktemp -d)
    mkdir -p "$tree"/{bin,dev,proc,sys,modules,root}
    cp /bin/busybox "$tree/bin/busybox"
    cp "$here/guest/initramfs-init" "$tree/init"
    chmod 755 "$tree/init"
    local position=10
    for name in "${boot_modules[@]}"; do
        found=$(find "$modules" -name "$name.ko*" | head -1)
        [[ -n $found ]] || continue
        # The number in front is the order of loading.
        case $found in
            *.xz) xz -dc "$found" > "$tree/modules/$position-$name.ko" ;;
            *) cp "$found" "$tree/modules/$position-$name.ko" ;;
        esac
        position=$((position + 1))
    done
    (cd "$tree" && find . | LC_ALL=C sort | cpio --quiet -o -H newc | gzip -1) > "$output"
    # Another cpio follows it; the kernel looks for that at multiples of four.
    truncate -s %4 "$output"
    rm -rf "$tree"
}

ensure_kernels() {
    local key version package unpacked partial
    key=$(hash_of "$here/image/apt.sh" "$here/image/build.sh" "$here/guest/initramfs-init")
    kernel_dir=$cache/kernels-$key
    if [[ -d $kernel_dir ]]; then
        touch "$kernel_dir"
        return
    fi
    note "fetching the kernels ${kernels[*]} (once)"
    partial=$cache/partial-kernels
    rm -rf "$partial"
    for version in "${kernels[@]}"; do
        package=$(find_kernel_package "$version")
        note "  $version is $package"
        mkdir -p "$partial/$version"
        echo "$package" > "$partial/$version/package"
        unpacked=$partial/$version/unpacked
        mkdir -p "$unpacked"
        apt_fetch "$package" "$unpacked"
        mv "$unpacked"/boot/vmlinuz-* "$partial/$version/vmlinuz"
        mv "$unpacked"/boot/config-* "$partial/$version/config"
        mkdir "$partial/$version/modules"
        mv "$unpacked"/lib/modules/* "$partial/$version/modules/"
        rm -rf "$unpacked"
        build_initrd "$partial/$version/modules" "$partial/$version/initrd"
    done
    publish "$partial" "$kernel_dir"
    prune 3 'kernels-*'
}

ensure_base() {
    local key partial packages mounted source
    key=$(hash_of "$here"/image/{packages,sources,customize.sh,apt.sh} <(cat "$kernel_dir"/*/package))
    base_dir=$cache/base-$key
    if [[ -d $base_dir ]]; then
        touch "$base_dir"
        return
    fi
    note "building the guest's Debian (about 2 min, once)"
    packages=$(sed -e 's/#.*//' -e '/^ *$/d' "$here/image/packages" | paste -sd,)
    partial=$cache/partial-base
    rm -rf "$partial"
    mkdir -p "$cache/packages"
    apt_source_lines > "$cache/base-sources.list"
    # mmdebstrap runs the hooks; "$1" in them is the tree.
    # shellcheck disable=SC2016
    if ! mmdebstrap --quiet --mode=root --variant=minbase --include="$packages" \
        --skip=cleanup/apt/cache,download/empty \
        --aptopt='Acquire::Languages "none"' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --setup-hook="mkdir -p \"\$1/var/cache/apt/archives\"; cp -a '$cache/packages/.' \"\$1/var/cache/apt/archives/\"" \
        --customize-hook="cp -an \"\$1\"/var/cache/apt/archives/*.deb '$cache/packages/'; rm -f \"\$1\"/var/cache/apt/archives/*.deb" \
        --customize-hook="bash '$here/image/customize.sh' \"\$1\"" \
        bookworm "$partial" "$cache/base-sources.list" >&2; then
        die "mmdebstrap failed; see above"
    fi
    while read -r source; do
        apt_fetch_source "$source" "$partial/usr/src"
    done < <(sed -e 's/#.*//' -e '/^ *$/d' "$here/image/sources")
    mkdir -p "$partial/lib/modules"
    for mounted in "${kernels[@]}"; do
        cp -a "$kernel_dir/$mounted/modules/." "$partial/lib/modules/"
        chroot "$partial" depmod "$(ls "$kernel_dir/$mounted/modules")"
    done
    publish "$partial" "$base_dir"
    prune 3 'base-*'
}

# ensure_disk [DEB] - a disk with the base and, if given, Guard as its package
# installs it.
ensure_disk() {
    local deb=${1:-} key partial
    key=$(hash_of "$here/image/build.sh" ${deb:+"$deb"} <(basename "$base_dir"))
    disk=$cache/disk-$key.ext4
    if [[ -f $disk ]]; then
        touch "$disk"
        return
    fi
    note "making the guest's disk${deb:+ with $(basename "$deb")} (some seconds)"
    partial=$cache/partial-disk
    rm -rf "$partial" "$partial.ext4"
    cp -a --reflink=auto "$base_dir" "$partial"
    [[ -z $deb ]] || install_guard "$deb" "$partial"
    truncate -s "$disk_size" "$partial.ext4"
    # Sparse, hence zero already: the guest need not zero inode tables.
    mkfs.ext4 -q -L guard-root -d "$partial" -E lazy_itable_init=0,assume_storage_prezeroed=1 \
        -O ^resize_inode "$partial.ext4"
    rm -rf "$partial"
    publish "$partial.ext4" "$disk"
    # Several checkouts may share a cache, each with and without Guard.
    prune 6 'disk-*.ext4'
}

# The package's own maintainer scripts run, as on a server. systemctl finds
# itself in a chroot and only enables units; policy-rc.d keeps daemons off.
install_guard() {
    local deb=$1 root=$2 log=$cache/dpkg.log
    cp "$deb" "$root/guard.deb"
    printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    if ! DEBIAN_FRONTEND=noninteractive chroot "$root" dpkg -i /guard.deb > "$log" 2>&1; then
        cat "$log" >&2
        die "the package does not install: $deb"
    fi
    rm -f "$root/guard.deb" "$root/usr/sbin/policy-rc.d"
}
