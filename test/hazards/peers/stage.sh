# What the hazards need to be staged; every hazard runs in a shell and a mount namespace of its own.
# $T is the target, $O lies outside of it, $C holds the C programs of test/support/c.

PREFIX=.criu.temp-aa-policy.
N=${PREFIX}hazard
FREE=${PREFIX}free00

mk() { mkdir -p -m 0700 -- "$@" && touch -d '2 hours ago' -- "$@"; }

# Runs the tool on the target: its exit status is $rc, what it said on stderr is in $S/said.
sweep() {
  rc=0
  timeout 60 bash -c "set -o pipefail; $TOOL" tool "$T" </dev/null >/dev/null 2>"$S/said" || rc=$?
}

# Keeps a program of C, or of the shell, running in the background until the hazard is over; waits for its "ready".
hold() {
  local fifo
  fifo=$(mktemp -u "$S/fifo.XXXXXX") && mkfifo "$fifo"
  "$@" >"$fifo" 2>&1 &
  held=$!
  HELD="$HELD $held"
  exec 8<"$fifo"
  read -r -t 10 first <&8
  [ "$first" = ready ] || { echo "could not stage: $first"; exit 1; }
}
elsewhere() { hold unshare --mount --propagation=private -- sh -c "set -e; $1; echo ready; exec sleep 120"; }

holds() { echo "✔ $1"; exit 0; }
falls() { echo "✘ $1"; exit 0; }
exits() { case $rc in 0) echo ', exit 0' ;; 124) echo ', never ended' ;; 139) echo ', exit 139 (crash)' ;; *) echo ", exit $rc" ;; esac; }

# A tool that removes nothing at all proves nothing by keeping something.
idle() { [ ! -d "$T/$FREE" ] || { echo "– removed nothing$(exits)"; exit 0; }; }

# Kept is right: says whether the candidate is still there.
kept() {
  idle
  [ -d "$T/$N" ] && holds "kept${1:+ $1}"
  falls "removed${2:+: $2}"
}

# Attacks the target again and again: $1 stages, $2… is the attacker, robbed tells whether it was lost.
race() {
  local staged=$1 runs=0 end=$((SECONDS + 12))
  shift
  while [ $SECONDS -lt $end ] && [ $runs -lt 60 ]; do
    "$staged"
    rm -f "$S/stop" "$S/ready"; mkfifo "$S/stop" "$S/ready"
    "$@" <"$S/stop" >"$S/ready" 2>/dev/null &
    local attacker=$!
    exec 7>"$S/stop" 6<"$S/ready"
    read -r -t 10 _ <&6
    sweep 6<&- 7>&-
    exec 7>&-
    wait $attacker
    exec 6<&-
    runs=$((runs + 1))
    robbed && return 0
  done
  survived="$runs attacked sweeps"
  return 1
}
