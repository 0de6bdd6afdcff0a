# Sweeps that run by themselves: the units that `schedule systemd` prints, with systemd as process 1, and the
# container that `schedule kubernetes` describes.
. /host/guest/lib.sh
. /host/guest/cells.sh

OTHER=/srv/other
SWEPT=(/tmp $WORK $ROOT)
prepare_root

# killed WORKDIR SETTING…: a dump that the shim ends.
killed() {
  local work=$1
  shift
  mkdir -p $work /srv/images
  printf '%s\n' LD_PRELOAD=$TOOLS/kill-at.so "$@" >/run/shim
  criu dump -t $task -D /srv/images -W $work -v4 -o dump.log $words
  rm /run/shim
} >/dev/null 2>&1

# Leftovers of a dead CRIU: two to be removed, two mounts, one in use, and one that no sweep was asked for.
leave() {
  words=
  start_task
  killed $WORK/$1 KILL_AT=mkdtemp KILL_ON=temp-aa
  killed $OTHER KILL_AT=mkdtemp KILL_ON=temp-aa
  killed $WORK/$1-used KILL_AT=mkdtemp KILL_ON=temp-aa
  rm -f /run/criu.kdat
  killed $WORK/$1 KILL_AT=mkdtemp KILL_ON=move_mount
  rm -f /run/criu.kdat
  killed $WORK/$1 KILL_AT=mount KILL_ON=move_mount
  start_container over
  words="--root $ROOT --manage-cgroups"
  killed $WORK/$1 KILL_AT=mount KILL_ON=cr-tmpfs
  (cd $WORK/$1-used/.criu.temp-aa-policy.* && exec setpriv --reuid=4711 --regid=4711 --clear-groups sleep 1000) &
  sleep 1
}

# state NAME: what lies there, and all around it.
state() {
  listing | grep -v /run/ >$FACTS/$1.listing
  find $OTHER | sort >>$FACTS/$1.listing
  leftovers >$FACTS/$1.left
}

# Sets the clock once, to where the leftovers are old and the timer has elapsed, and waits until the service
# has run.
later() {
  local since
  since=$(systemctl show --property=InactiveEnterTimestampMonotonic --value criu-sweep.service)
  date -s "$(date -d '+2 hours' '+%F %H:10:00')" >/dev/null
  for ((tries = 0; tries < 300; tries++)); do
    if [ "$(systemctl show --property=InactiveEnterTimestampMonotonic --value criu-sweep.service)" != "$since" ]; then
      return
    fi
    sleep 0.5
  done
  echo 'the timer has not started the service'
  systemctl list-timers --all
  return 1
}

show() {
  systemctl show --property=Result,ExecMainStatus,TriggeredBy criu-sweep.service >$FACTS/$1.service
  journalctl --unit=criu-sweep.service --output=cat --no-pager >$FACTS/$1.journal
}

keep doctor-without criu-sweep doctor --json
keep printed criu-sweep schedule systemd --every 1h --output-dir /etc/systemd/system -- --verbose "${SWEPT[@]}"
keep verified systemd-analyze verify /etc/systemd/system/criu-sweep.{service,timer}
mkdir -p /etc/systemd/system/criu-sweep.service.d
cat >/etc/systemd/system/criu-sweep.service.d/probe.conf <<END
[Service]
ExecStartPost=-/bin/sh -c 'touch $OTHER/touched /etc/touched; mkdir /tmp/made; exec grep -E "CapBnd|NoNewPrivs|Seccomp:" /proc/self/status'
END
leave first
systemctl daemon-reload
systemctl enable --now criu-sweep.timer
keep doctor-with criu-sweep doctor --json
state before
later || exit
state after
show first
end_all container sleep
for path in $(awk '$2 == "mount" { print $3 }' $FACTS/after.left); do umount -R $path; done
rmdir /tmp/made
later || exit
state over
show second
systemctl disable --now criu-sweep.timer

# A container like the DaemonSet's: what /host/daemonset grants, and nothing else.
image=/srv/image
mkdir -p $image/{usr/bin,lib64,proc,tmp,dev,sys,run,etc}
cp /usr/local/bin/node $image/usr/bin/
cp --parents $(ldd /usr/local/bin/node | grep -o '/[^ ]*') $image
cp -r /opt/criu-sweep $image/
ln -s /criu-sweep/bin/criu-sweep.js $image/usr/bin/criu-sweep
cp -r /usr/bin/env $image/usr/bin/
cp --parents $(ldd /usr/bin/env | grep -o '/[^ ]*') $image
leave second
date -s '+2 hours' >/dev/null
state container-before
mapfile -t arguments </host/daemonset
podman --cgroup-manager=cgroupfs --runtime /usr/sbin/runc run --name sweep --network none --detach --rootfs "${arguments[@]}"
for ((tries = 0; tries < 300; tries++)); do
  podman logs sweep 2>&1 | grep -q 'removed' && break
  sleep 0.5
done
sleep 2
state container-after
podman --cgroup-manager=cgroupfs --runtime /usr/sbin/runc stop --time 30 sweep
podman logs sweep >$FACTS/container.log 2>&1
podman inspect --format '{{.State.ExitCode}}' sweep >$FACTS/container.status
