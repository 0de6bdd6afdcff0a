# The hazards that are put to the peers: hazard_NAME stages one, sweeps, and prints one cell of the table.

title_elsewhere='mount in another mount namespace'
hazard_elsewhere() {
  mk "$T/$N" "$T/$FREE"
  elsewhere "mount -t tmpfs none '$T/$N'; echo alive >'$T/$N/file'"
  sweep
  idle
  [ "$(nsenter --mount --target="$held" cat "$T/$N/file" 2>/dev/null)" = alive ] && holds kept
  falls 'mount taken away'
}

title_source='source of a bind mount elsewhere'
hazard_source() {
  mk "$T/$N" "$T/$FREE"; mkdir "$O/on"
  elsewhere "mount --bind '$T/$N' '$O/on'"
  sweep
  kept '' 'the mount is dead'
}

title_chrooted='mount that only a chrooted process sees'
hazard_chrooted() {
  mk "$T/$N" "$T/$FREE"; mkdir "$O/jail"
  hold unshare --mount --propagation=private -- sh -c \
    "mount --bind / '$O/jail' && mount -t tmpfs none '$O/jail$T/$N' && exec chroot '$O/jail' sh -c 'echo ready; exec sleep 120'"
  sweep
  kept '' 'mount taken away'
}

title_view='mount beside a process that is chrooted into a bind mount of /'
hazard_view() {
  mk "$T/$N" "$T/$FREE"; mkdir "$O/jail"
  hold unshare --mount --propagation=private -- sh -c "mount --bind / '$O/jail' && exec '$C/hold' -r '$O/jail'"
  hold nsenter --mount --target="$held" -- sh -c "mount -t tmpfs none '$T/$N'; echo alive >'$T/$N/file'; echo ready; exec sleep 120"
  sweep
  idle
  [ "$(nsenter --mount --target="$held" cat "$T/$N/file" 2>/dev/null)" = alive ] && holds kept
  falls 'mount taken away'
}

title_pinned='mount in a namespace that only a bind mount keeps'
hazard_pinned() {
  mk "$T/$N" "$T/$FREE"; mkdir "$O/pin"; touch "$O/pin/namespace"
  mount --bind "$O/pin" "$O/pin"; mount --make-private "$O/pin"
  local pin="$O/pin/namespace" cpu=0
  # A namespace keeps only younger ones, and Linux 6.18 counts them by CPU (mnt_ns_loop in fs/namespace.c: EINVAL).
  until taskset -c $cpu unshare --mount="$pin" --propagation=private -- sh -c "mount -t tmpfs none '$T/$N'; echo alive >'$T/$N/file'" 2>"$S/said"; do
    cpu=$((cpu + 1))
    [ $cpu -lt "$(nproc)" ] || { echo "could not stage: $(cat "$S/said")"; exit 1; }
  done
  sweep
  idle
  [ "$(nsenter --mount="$pin" cat "$T/$N/file" 2>/dev/null)" = alive ] && holds kept
  falls 'mount taken away'
}

title_samefs='bind mount of the same file system, in our namespace'
hazard_samefs() {
  mk "$T/$FREE" "$O/$N"; mkdir "$T/way"
  mount --bind "$O" "$T/way"
  sweep
  idle
  [ -d "$O/$N" ] && holds 'not entered'
  falls 'entered and swept'
}

title_moving='race: the same, moved with a directory above it'
hazard_moving() {
  mkdir -p "$T/way/on" "$O/other/way/on" "$O/place"
  mount --bind "$O/place" "$T/way/on"
  stage() { mk "$O/place/$N"; }
  robbed() { [ ! -d "$O/place/$N" ]; }
  race stage "$C/swap-all" "$T" "$O/other" way && falls 'entered and swept'
  holds "held ($survived)"
}

title_fuse="a user's FUSE mount beside it"
hazard_fuse() {
  mk "$T/$FREE" "$T/$N"; mkdir "$T/aaa"
  hold "$C/fuse" "$T/aaa" "$C/hold"
  sweep
  [ -d "$T/$N" ] || [ -d "$T/$FREE" ] && falls "left$(exits)"
  [ $rc = 0 ] && holds "both removed$(exits)"
  falls "both removed$(exits)"
}

title_cwd='a process works in it'
hazard_cwd() { mk "$T/$N" "$T/$FREE"; hold "$C/hold" -c "$T/$N"; sweep; kept; }

title_open='a process has it open'
hazard_open() { mk "$T/$N" "$T/$FREE"; hold "$C/hold" -o "$T/$N"; sweep; kept; }

title_thread="a thread has it open, in a table of its own"
hazard_thread() { mk "$T/$N" "$T/$FREE"; hold "$C/odd" thread "$T/$N"; sweep; kept; }

title_flock='another process holds flock on it'
hazard_flock() { mk "$T/$N" "$T/$FREE"; hold "$C/hold" -l "$T/$N"; sweep; kept; }

title_criu='a living criu works beside it'
hazard_criu() {
  mkdir "$T/work"; mk "$T/work/$N" "$T/$FREE"
  hold "$C/hold" -n criu -c "$T/work"
  sweep
  idle
  [ -d "$T/work/$N" ] && holds kept
  falls removed
}

title_file='it is not empty'
hazard_file() { mk "$T/$N" "$T/$FREE"; touch -d '2 hours ago' "$T/$N/file"; touch -d '2 hours ago' "$T/$N"; sweep; kept '' 'with what was in it'; }

title_mode='mode 02700'
hazard_mode() { mk "$T/$N" "$T/$FREE"; chmod 2700 "$T/$N"; touch -d '2 hours ago' "$T/$N"; sweep; kept; }

title_future='mtime in the future'
hazard_future() { mk "$T/$N" "$T/$FREE"; touch -d '2100-01-01' "$T/$N"; sweep; kept; }

title_parent='race: a parent swapped for a link'
hazard_parent() {
  local names='d0 d1 d2 d3 d4 d5 d6 d7'
  mkdir "$O/links" "$O/place"
  for d in $names; do ln -s "$O/place" "$O/links/$d"; done
  stage() {
    mk "$T"/d{0..7}/${PREFIX}race0{0..9} "$O/place"/${PREFIX}race0{0..9}
  }
  robbed() { [ "$(ls -A "$O/place" | wc -l)" -lt 10 ]; }
  race stage "$C/swap-all" "$T" "$O/links" $names && falls 'removes outside of the target'
  holds "held ($survived)"
}

title_candidate='race: a candidate swapped for a link'
hazard_candidate() {
  local names=''
  mkdir "$O/links"
  for n in 0 1 2 3 4 5; do names="$names ${PREFIX}race0$n"; ln -s "$O/victim" "$O/links/${PREFIX}race0$n"; done
  stage() { mk "$T"/${PREFIX}race0{0..5}; mkdir -p "$O/victim"; touch -d '2 hours ago' "$O/victim/file" "$O/victim"; }
  robbed() { [ ! -e "$O/victim/file" ]; }
  race stage "$C/swap-all" "$T" "$O/links" $names && falls 'removes what the link leads to'
  holds "held ($survived)"
}

title_refilled='race: a candidate refilled'
hazard_refilled() {
  mkdir "$O/home"
  stage() { mk "$T/$N"; touch "$O/home/file"; touch -d '2 hours ago' "$O/home/file"; }
  robbed() { [ ! -e "$O/home/file" ] && [ ! -e "$T/$N/file" ]; }
  race stage "$C/visit" "$O/home" file "$T/$N" && falls 'removes the new file too'
  holds "held ($survived)"
}

title_bytes='a parent whose name is not UTF-8'
hazard_bytes() {
  local bad; bad=$(printf 'not\377utf8')
  mkdir "$T/$bad"; mk "$T/$bad/$N" "$T/$FREE"
  sweep
  [ -d "$T/$bad/$N" ] || holds "removed$(exits)"
  falls "left$(exits)"
}

title_deep='3,000 levels, paths longer than PATH_MAX'
hazard_deep() {
  "$C/deep" "$T" 3000 a-level 100 "$N" 7200 >/dev/null
  sweep
  local left; left=$(find "$T" -name "$N" 2>/dev/null | wc -l)
  [ "$left" = 0 ] && holds "all 30 removed$(exits)"
  falls "$left of 30 left$(exits)"
}

title_twice='two at once, 3,000 directories'
hazard_twice() {
  "$C/many" leftovers "$T" 3000 "$PREFIX"
  (S=$S/twin; mkdir "$S"; sweep; echo $rc >"$S/rc") &
  sweep
  wait $!
  local other; other=$(cat "$S/twin/rc")
  local lines; lines=$(cat "$S/said" "$S/twin/said" | wc -l)
  local left; left=$(ls -A "$T" | wc -l)
  [ "$rc$other$left" = 000 ] && [ "$lines" -le 2 ] && holds 'both exit 0, all removed'
  falls "exit $rc and $other, $lines messages, $left left"
}

title_head='its output read by head -1, 3,000 directories'
hazard_head() {
  [ -n "$TALK" ] || { echo '– prints no names'; exit 0; }
  "$C/many" leftovers "$T" 3000 "$PREFIX"
  timeout 60 bash -c "$TALK" tool "$T" 2>/dev/null </dev/null | head -1 >/dev/null; rc=${PIPESTATUS[0]}
  local left; left=$(ls -A "$T" | wc -l)
  [ "$left" = 0 ] && holds "all removed$(exits)"
  falls "$left left$(exits)"
}

title_full='its output on /dev/full, 3,000 directories'
hazard_full() {
  [ -n "$TALK" ] || { echo '– prints no names'; exit 0; }
  "$C/many" leftovers "$T" 3000 "$PREFIX"
  rc=0; timeout 60 bash -c "$TALK" tool "$T" >/dev/full 2>/dev/null </dev/null || rc=$?
  local left; left=$(ls -A "$T" | wc -l)
  [ "$left" = 0 ] && [ "$rc" != 0 ] && holds "all removed$(exits)"
  [ "$left" = 0 ] && falls "all removed, the loss not told$(exits)"
  falls "$left left$(exits)"
}

title_immutable='an immutable directory beside another'
hazard_immutable() {
  truncate -s 16M "$S/disk"; mkfs.ext4 -q "$S/disk"; mount -o loop "$S/disk" "$T"
  rmdir "$T/lost+found"; mk "$T/$N" "$T/$FREE"; chattr +i "$T/$N"
  sweep
  chattr -i "$T/$N"
  [ -d "$T/$FREE" ] && falls "the other is left$(exits)"
  [ $rc = 0 ] && falls 'the other removed, exit 0'
  holds "the other removed$(exits)"
}

title_root='the target /'
hazard_root() {
  local r="$O/root" d
  mkdir "$r"; mount -t tmpfs none "$r"
  for d in usr bin sbin lib lib64 etc opt proc dev sys run; do
    [ -d "/$d" ] || continue
    mkdir "$r/$d"; mount --rbind "/$d" "$r/$d"; mount -o remount,bind,ro "$r/$d" 2>/dev/null
  done
  for d in $NEEDED; do mkdir -p "$r$d"; mount --bind "$d" "$r$d"; mount -o remount,bind,ro "$r$d"; done
  mkdir -p "$r/tmp"; mkdir "$r/home"; mk "$r/home/$N"
  rc=0; timeout 60 chroot "$r" bash -c "set -o pipefail; $TOOL" tool / </dev/null >/dev/null 2>"$S/said" || rc=$?
  [ -d "$r/home/$N" ] && { [ $rc != 0 ] && holds "refused$(exits)"; echo "– left$(exits)"; exit 0; }
  falls "swept$(exits)"
}

title_descriptors='20 file descriptors'
hazard_descriptors() {
  mkdir -p "$T/a/b/c"; mk "$T/a/b/c/$N"
  ulimit -n 20
  sweep
  [ -d "$T/a/b/c/$N" ] || holds "removed$(exits)"
  [ $rc = 0 ] && falls 'left, exit 0'
  echo "– left$(exits)"
}

title_gone='the working directory removed'
hazard_gone() {
  mk "$T/$N"; mkdir "$O/gone"; cd "$O/gone"; rmdir "$O/gone"
  sweep
  [ -d "$T/$N" ] || holds "removed$(exits)"
  falls "left$(exits)"
}
