# `criu-sweep run` around runc and podman.
. /host/guest/lib.sh
. /host/guest/cells.sh

BUNDLE=/srv/bundle
PODMAN='--cgroup-manager=cgroupfs --runtime /usr/sbin/runc'
mkdir -p $BUNDLE/rootfs /srv/image/bin
cp $ROOT/container $BUNDLE/rootfs/
(cd $BUNDLE && runc spec) || exit
sed -i 's/"terminal": true/"terminal": false/; s/"sh"$/"\/container", "wait"/' $BUNDLE/config.json
cp /bin/busybox /srv/image/bin/
ln -s busybox /srv/image/bin/sleep
tar -C /srv/image -c . | podman $PODMAN import - image || exit

# Debian's crun is made without CRIU, and this host has systemd's cgroups no more than a network.
cat >/etc/containers/containers.conf <<END
[engine]
cgroup_manager = "cgroupfs"
runtime = "/usr/sbin/runc"
events_logger = "none"
END

start_runc() {
  runc delete --force r
  runc run -d --bundle $BUNDLE r
} >/dev/null 2>&1 </dev/null
checkpoint_runc() {
  start_runc
  runc checkpoint --image-path images --work-path work r || cat work/dump.log
}
start_podman() {
  podman rm --all --force --time 0
  podman run -d --name p --network none image /bin/sleep 1000
} >/dev/null
checkpoint_podman() {
  start_podman
  podman container checkpoint p
}

. /host/runs
