#!/bin/bash
# Run once on the tree of the base image, from the host: what makes a Debian
# that boots in seconds under software emulation and is still a server.
set -euo pipefail
root=$1

echo guard-vm > "$root/etc/hostname"
printf '127.0.0.1 localhost guard-vm\n::1 localhost\n' > "$root/etc/hosts"
: > "$root/etc/fstab"
chroot "$root" passwd -d root > /dev/null

# Ordinary accounts for scenarios: one that rules exclude, one that they do not.
for user in alice bob; do
    chroot "$root" useradd -m -s /bin/bash "$user"
done
# A service account, as daemons have.
chroot "$root" useradd -r -M -d /nonexistent -s /usr/sbin/nologin svc-web

# Nothing here serves a scenario, all of it costs boot time.
masked=(
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer
    e2scrub_reap.service fstrim.timer logrotate.timer man-db.timer
    getty@tty1.service serial-getty@ttyS0.service getty.target console-getty.service
    systemd-timesyncd.service systemd-networkd.service systemd-resolved.service
    systemd-pstore.service systemd-hwdb-update.service systemd-update-utmp.service
    systemd-update-utmp-runlevel.service systemd-random-seed.service
    systemd-machine-id-commit.service systemd-firstboot.service
    systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket
    systemd-udevd-kernel.socket systemd-boot-system-token.service
    dev-hugepages.mount dev-mqueue.mount sys-fs-fuse-connections.mount
    systemd-fsck-root.service systemd-remount-fs.service kmod-static-nodes.service
    modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service
    modprobe@efi_pstore.service modprobe@fuse.service modprobe@loop.service
    systemd-quotacheck.service quotaon.service
)
for unit in "${masked[@]}"; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

# Installed for scenarios that start them; not running from the start.
for unit in apparmor.service auditd.service rsyslog.service; do
    chroot "$root" systemctl disable "$unit" > /dev/null 2>&1 || true
done

# A first boot would generate it, and Guard's records carry it.
echo 6f2d4c1e9b8a4f0d8a7c5e3b1f9d2c40 > "$root/etc/machine-id"
