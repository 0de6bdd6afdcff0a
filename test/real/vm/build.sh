#!/usr/bin/env bash
# Makes the virtual machine in which test/real runs CRIU, unless it is there already, and prints its folder: a
# Debian 12 with AppArmor, CRIU, podman, runc, systemd and this machine's node, as a kernel, an initramfs and
# a disk.
#
# It lies in $XDG_CACHE_HOME/criu-sweep (~/.cache/criu-sweep), under a hash of this script, of the initramfs's
# init and of node. Needs root, and the packages of .ci/packages.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C

node=$(node -p process.execPath)
key=$(cat build.sh initramfs-init "$node" | sha256sum | cut -c 1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/criu-sweep
vm=$cache/vm-$key
mkdir -p "$cache"
exec 9>"$cache/vm.lock"
flock 9
if [ -d "$vm" ]; then
  touch "$vm"
  echo "$vm"
  exit
fi

work=$(mktemp -d "$cache/unfinished-XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
made=$work/made
mkdir "$made"

# The mirror that apt uses here, where this machine is a Debian; debootstrap's own elsewhere.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' 'Codename: bookworm' | head -n 1)

make_root() {
  # Nothing of it has to survive a crash of this machine.
  debootstrap --variant=minbase bookworm "$root" $mirror
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  chroot "$root" apt-get update -q
  chroot "$root" apt-get install -q -y --no-install-recommends \
    apparmor busybox-static conmon criu cron dbus iproute2 iptables kmod podman procps runc strace sudo systemd \
    util-linux
  install -m 755 "$node" "$root/usr/local/bin/node"
  mkdir "$root/host"
}

# The kernel as Debian builds it, unpacked beside the root: its package would want an initramfs of its own.
unpack_kernel() {
  local image
  image=$(chroot "$root" apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
  (cd "$root/tmp" && chroot "$root" sh -c "cd /tmp && apt-get download -q $image")
  dpkg-deb -x "$root"/tmp/linux-image-*.deb "$work/kernel"
  rm "$root"/tmp/linux-image-*.deb
  version=$(ls "$work/kernel/lib/modules")
  cp "$work/kernel/boot/vmlinuz-$version" "$made/vmlinuz"
}

# The modules of file systems, networks and the disk; drivers of real hardware are not needed.
install_modules() {
  local from=$work/kernel/lib/modules/$version to=$root/lib/modules/$version part
  for part in net fs lib crypto drivers/virtio drivers/block drivers/net; do
    mkdir -p "$to/kernel/$part"
    cp -a "$from/kernel/$part/." "$to/kernel/$part/"
  done
  cp "$from"/modules.{order,builtin*} "$to/"
  depmod -b "$root" "$version"
}

# Mounts the disk and the shared folder, and hands over to what lies in it.
make_initramfs() {
  local tree=$work/initramfs module file
  mkdir -p "$tree"/{bin,modules,root,proc,sys,dev}
  cp "$root/bin/busybox" "$tree/bin/"
  for file in sh mount insmod switch_root; do ln -s busybox "$tree/bin/$file"; done
  depmod -b "$work/kernel" "$version"
  for module in virtio_pci virtio_blk ext4 crc32c_generic 9pnet_virtio 9p; do
    modprobe -S "$version" -d "$work/kernel" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$work/modules"
  while read -r file; do
    cp "$file" "$tree/modules/"
    basename "$file"
  done <"$work/modules" >"$tree/modules/order"
  install -m 755 initramfs-init "$tree/init"
  (cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$made/initramfs"
}

make_disk() {
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,locale,man}/*
  mkfs.ext4 -q -O ^has_journal -d "$root" "$made/disk" 3000M
}

{
  make_root
  unpack_kernel
  install_modules
  make_initramfs
  make_disk
} >"$work/log" 2>&1 || {
  tail -n 30 "$work/log" >&2
  exit 1
}
# Machines that nobody has asked for within a week.
find "$cache" -maxdepth 1 -name 'vm-*' -type d -mtime +7 -exec rm -rf --one-file-system {} +
mv "$made" "$vm"
echo "$vm"
