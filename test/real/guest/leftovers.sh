# CRIU leaves every kind of directory that it can be made to leave. Then they are inspected, and swept: while
# a CRIU that does not end is there, while only what it dumped or restored is, and when nothing is any more.
. /host/guest/lib.sh

# attempt NAME OPERATION ON SETTING…: CRIU does that in a work dir of its own, with the shim's settings.
attempt() {
  local name=$1 operation=$2 on=$3 work=$WORK/$1 settings=("${@:4}") words=()
  mkdir -p $work
  case $on in
    task) start_task ;;
    confined) start_task aa-exec -n guests -p confined -- ;;
    container) start_container ;;
    covered) start_container over ;;
    network) start_container net ;;
    nobody) task=4194303 ;;
  esac
  case $operation in
    dump | pre-dump)
      mkdir $work/images
      words=(-t $task -D $work/images)
      case $on in container | covered | network) words+=(--root $ROOT --manage-cgroups) ;; esac ;;
    restore) words=(-D $WORK/images/images --root $ROOT --manage-cgroups -d) ;;
    check) words=(--feature autofs) ;;
  esac
  # What it found out about the kernel is kept there.
  case " ${settings[*]} " in *' OLD_KERNEL=1 '* | *move_mount*) rm -f /run/criu.kdat ;; esac
  run_criu $name "${settings[@]}" criu $operation "${words[@]}" -W $work -v4 -o $operation.log
  case " ${settings[*]} " in *' OLD_KERNEL=1 '*) rm -f /run/criu.kdat ;; esac
  note $name
}

# Runs CRIU with the shim; its exit status is $status. One that is held is ended by us: all but the process
# that holds.
run_criu() {
  local name=$1 held=/run/held-$1
  shift
  env LD_PRELOAD=$TOOLS/kill-at.so KILL_HOLD_IN=$held setsid env "$@" >/dev/null 2>&1 </dev/null &
  local pid=$!
  for ((tries = 0; tries < 600; tries++)); do
    if [ -e $held ] || [ ! -e /proc/$pid/exe ]; then break; fi
    sleep 0.1
  done
  [ ! -e /proc/$pid/exe ] || kill -KILL $pid
  wait $pid
  status=$?
} 2>/dev/null

# Notes how an attempt ended, and what is there since.
note() {
  leftovers >/run/now
  printf 'attempt\t%s\t%s\n' $1 $status
  comm -13 <(sort /run/before) <(sort /run/now) | sed 's/^/left\t/'
  mv /run/now /run/before
} >>$FACTS/attempts

sweep() {
  listing >$FACTS/$1.before
  keep $1-dry criu-sweep --dry-run --json $WORK $ROOT /tmp
  [ ! -x /opt/executable ] || keep $1-executable /opt/executable --dry-run --json $WORK $ROOT /tmp
  listing >$FACTS/$1.dry
  keep $1 criu-sweep --json $WORK $ROOT /tmp
  listing >$FACTS/$1.after
}

[ ! -e /host/executable ] || install /host/executable /opt/executable
prepare_confined
prepare_root
leftovers >/run/before
keep doctor-clean criu-sweep doctor --json

. /host/attempts

pass '+2 hours'
listing >$FACTS/inspect.before
keep inspect criu-sweep inspect --json $WORK $ROOT /tmp
keep inspect-text criu-sweep inspect $WORK $ROOT /tmp
keep doctor criu-sweep doctor --json
listing >$FACTS/inspect.after
sweep held
end_all criu
sweep living
end_all container sleep
# What it advises to unmount is unmounted so.
keep advice criu-sweep inspect $WORK $ROOT /tmp
grep -o 'umount /.*' $FACTS/advice.out | sh
sweep over
leftovers >$FACTS/left
keep doctor-over criu-sweep doctor --json

# A CRIU that is killed while it writes down what it found out about the kernel.
rm -f /run/criu.kdat
start_task
run_criu stale KILL_AT=rename KILL_ON=kdat KILL_WHEN=before criu dump -t $task -D /srv
pass '+2 minutes'
keep doctor-stale criu-sweep doctor --json
