# A cell is where one command runs below `criu-sweep run`, with a work dir and images of its own.

shim_criu

# cell NAME ON: makes one, and what is to be dumped in it: $task.
cell() {
  name=$1 cell=$WORK/$1
  mkdir -p $cell/work $cell/images
  # What was there before is none of its business.
  mkdir -m 700 $cell/work/.criu.temp-aa-policy.BEFORE
  cd $cell || exit
  case $2 in
    task) start_task ;;
    confined) start_task aa-exec -n guests -p confined -- ;;
    container) start_container ;;
    network) start_container net ;;
    *) task=4194303 ;;
  esac
}

# around WORD…: those below `criu-sweep run`, with CRIU under the settings of $shim, and with the commands of
# $meanwhile when it is held; then all is as it was.
around() {
  case " $shim " in *OLD_KERNEL* | *move_mount*) rm -f /run/criu.kdat ;; esac
  if [ -n "$shim" ]; then printf '%s\n' LD_PRELOAD=$TOOLS/kill-at.so KILL_HOLD_IN=/run/held $shim >/run/shim; fi
  if [ -n "$meanwhile" ]; then when_held "$meanwhile" & fi
  leftovers >/run/before
  keep $name criu-sweep run --report $FACTS/$name.report "$@"
  leftovers >/run/now
  comm -13 <(sort /run/before) <(sort /run/now) >$FACTS/$name.left
  comm -23 <(sort /run/before) <(sort /run/now) >$FACTS/$name.gone
  case " $shim " in *OLD_KERNEL*) rm -f /run/criu.kdat ;; esac
  rm -f /run/shim /run/held
  clear_up
}

clear_up() {
  local path
  end_all criu container sleep
  cut -f 3 $FACTS/$name.left | while read -r path; do
    umount -R $path 2>/dev/null
    rm -rf --one-file-system $path
  done
  cd /
  rm -rf --one-file-system $cell
}

when_held() {
  for ((tries = 0; tries < 300; tries++)); do
    if [ -e /run/held ]; then break; fi
    sleep 0.2
  done
  eval "$1"
}
