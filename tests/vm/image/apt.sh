# shellcheck shell=bash
# A private apt: its own sources, lists and package cache, so that fetching
# another suite's kernel never changes what the host itself installs from.
# The mirror is the one that the host's own Debian source names.
#
# Sourced by tests/vm/run, which sets what is not set here.
# shellcheck disable=SC2154

readonly debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Reads every format of sources that apt itself reads. apt, not bash, expands
# what is between $( and ).
# shellcheck disable=SC2016
apt_targets() {
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages'
}

# apt_source_lines [EXTRA_SUITE] - the host's Debian 12 sources, one line each,
# and one more suite of the same mirror if asked for.
apt_source_lines() {
    local extra=${1:-} mirror='' uri suite component
    while read -r uri suite component; do
        [[ $component == main ]] || continue
        case $suite in
            bookworm) mirror=${mirror:-$uri} ;;
            bookworm-updates | bookworm-security) ;;
            *) continue ;;
        esac
        # Another vendor's repository may carry the same suite name.
        [[ $uri == *debian* ]] || continue
        echo "deb [signed-by=$debian_keyring] $uri $suite main"
    done < <(apt_targets | sort -u)
    [[ -n $mirror ]] || die "no Debian 12 (bookworm) source is configured in /etc/apt"
    if [[ -n $extra ]]; then
        echo "deb [signed-by=$debian_keyring] $mirror $extra main"
    fi
}

private_apt() {
    local tool=$1
    shift
    "$tool" -o Dir::Etc::SourceList="$cache/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$cache/apt/lists" -o Dir::Cache="$cache/apt/cache" \
        -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 -q=2 "$@"
}

# apt_refresh [EXTRA_SUITE]
apt_refresh() {
    mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
    apt_source_lines "$@" > "$cache/apt/sources.list"
    private_apt apt-get update >&2
}

# apt_newest REGEX - the newest package whose whole name matches.
apt_newest() {
    private_apt apt-cache search --names-only "^$1\$" | awk '{ print $1 }' | sort -V | tail -1
}

# apt_fetch_source PACKAGE DIR - the archives of a source package, signed lists vouching for them.
apt_fetch_source() {
    apt_source_lines | sed 's/^deb /deb-src /' > "$cache/apt/sources.list"
    private_apt apt-get update >&2
    (cd "$2" && private_apt apt-get source --download-only "$1" >&2)
}

# apt_fetch PACKAGE DIR - download one package, unpack it into DIR.
apt_fetch() {
    local package=$1 into=$2 archive
    (cd "$cache/apt/cache/archives" && private_apt apt-get download "$package" >&2)
    archive=$(find "$cache/apt/cache/archives" -name "${package}_*.deb" -printf '%T@ %p\n' |
        sort -n | tail -1 | cut -d' ' -f2-)
    [[ -n $archive ]] || die "apt did not download $package"
    dpkg-deb -x "$archive" "$into"
}
