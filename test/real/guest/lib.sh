# What the guest's scripts share. They leave facts in /host/facts, and judge nothing.

FACTS=/host/facts
TOOLS=/host/tools
WORK=/srv/criu
ROOT=/srv/container
NAMES='.*/(\.criu\.[a-z_-]+|crtools-[a-z-]+|cr-tmpfs)\.[A-Za-z0-9]{6}'
mkdir -p $FACTS $WORK $ROOT
cp $TOOLS/container $ROOT/container

# Starts a process to dump, below the words given; its pid is $task.
start_task() {
  setsid "$@" sleep 1000 </dev/null >/dev/null 2>&1 &
  task=$!
  disown
  until [ "$(cat /proc/$task/comm)" = sleep ]; do sleep 0.1; done
}

# Starts a container to dump with --root, in a cgroup of its own; its first process is $task.
start_container() {
  task=$($TOOLS/container $ROOT "$@")
  until grep -qs ' /mnt ' /proc/$task/mountinfo && [ "$(cat /proc/$task/comm)" = container ]; do sleep 0.1; done
  mkdir -p /sys/fs/cgroup/container
  echo $task >/sys/fs/cgroup/container/cgroup.procs
}

# Kills all processes of these names, and waits until they are gone or reaped by nobody.
end_all() {
  local name tries
  for name in "$@"; do
    pkill -KILL -x $name
    for ((tries = 0; tries < 100; tries++)); do
      if [ -z "$(pgrep --runstates D,R,S,T,t -x $name)" ]; then break; fi
      sleep 0.1
    done
  done
}

# A profile in an AppArmor namespace, for tasks whose policies a dump has to read.
prepare_confined() {
  echo 'profile confined flags=(attach_disconnected) { /** rwmlkix, unix, capability, signal, ptrace, network, }' >/run/profile
  mkdir /sys/kernel/security/apparmor/policy/namespaces/guests
  apparmor_parser -r -n guests /run/profile
}

# The root of what is restored has to be a mount.
prepare_root() {
  mount --bind $ROOT $ROOT
  mount --make-private $ROOT
}

# The directories of CRIU that lie there now: mode, what is there, path. What is mounted is not read: an
# autofs of a dead CRIU would not answer.
leftovers() {
  find $WORK $ROOT /srv/bundle /tmp /var/lib/containers -mindepth 1 -regextype posix-extended -type d -regex "$NAMES" \
    -prune \( -not -fstype ext4 -printf '%m\tmount\t%p\n' -o -empty -printf '%m\tempty\t%p\n' -o -printf '%m\tfull\t%p\n' \) \
    2>/dev/null | sort -k 3
}

# All that lies there now, mounts not entered.
listing() {
  find $WORK $ROOT /tmp /run -xdev -printf '%y %m %U %p\n' | sort -k 4
}

# Runs the command; leaves what it prints, and how it ended, in NAME.out, .err and .status.
keep() {
  local name=$1
  shift
  "$@" >$FACTS/$name.out 2>$FACTS/$name.err </dev/null
  echo $? >$FACTS/$name.status
}

# Lets time go by, for leftovers to become old: theirs are CRIU's own stamps.
pass() { date -s "$1" >/dev/null; }

# Puts a script in the place of CRIU, which runs the true one with what /run/shim sets: so the shim reaches a
# CRIU that a runtime starts.
shim_criu() {
  mkdir -p /usr/lib/criu
  mv /usr/sbin/criu /usr/lib/criu/criu
  cat >/usr/sbin/criu <<'END'
#!/bin/sh
if [ -r /run/shim ]; then
  set -a
  . /run/shim
fi
exec /usr/lib/criu/criu "$@"
END
  chmod +x /usr/sbin/criu
}
