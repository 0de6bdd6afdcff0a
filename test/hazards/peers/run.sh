#!/bin/bash
# Puts the hazards to other tools, by real runs, and prints a Markdown table of what came of it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
package=$(cd "$here/../../.." && pwd)
. "$here/hazards.sh"
order=$(sed -n 's/^hazard_\([a-z]*\)().*/\1/p' "$here/hazards.sh")

usage() {
  cat <<TEXT
Usage: npm run peers -- [--modules DIR] [hazard...]

Puts the hazards to criu-sweep and to other tools, by real runs, and prints a Markdown table of what came of it: all of
them, or those that are named. Needs root, cc, mount namespaces and loop devices. A tool that is not installed is left
out, and that is said on stderr.

  --modules DIR   where the npm packages del-cli and rimraf are installed: DIR/node_modules (default: here)
  -h, --help      show this help

Hazards:
TEXT
  local name title
  for name in $order; do title=title_$name; printf '  %-12s %s\n' "$name" "${!title}"; done
}
wrong() { echo "peers: $1; the hazards are: ${order//$'\n'/ }; see npm run peers -- --help" >&2; exit 2; }

modules=$package
hazards=()
while [ $# -gt 0 ]; do
  case $1 in
    -h|--help) usage; exit 0 ;;
    --modules) [ -d "${2:-}" ] || wrong "--modules: '${2:-}' is no directory"; modules=$(cd "$2" && pwd); shift ;;
    --modules=*) [ -d "${1#*=}" ] || wrong "--modules: '${1#*=}' is no directory"; modules=$(cd "${1#*=}" && pwd) ;;
    -*) wrong "unknown option '$1'" ;;
    *) [[ " ${order//$'\n'/ } " == *" $1 "* ]] || wrong "'$1' is no hazard"; hazards+=("$1") ;;
  esac
  shift
done
[ ${#hazards[@]} -gt 0 ] || mapfile -t hazards <<<"$order"
modules=$modules/node_modules
[ "$(id -u)" = 0 ] || wrong 'needs root, to stage mounts and owners'
work=$(mktemp -d /tmp/criu-sweep-peers.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$work/c"
for source in hold swap-all visit deep many odd fuse; do
  cc -D_GNU_SOURCE -O2 -pthread -o "$work/c/$source" "$package/test/support/c/$source.c" || exit 1
done
export C="$work/c" NEEDED="$package $modules $(dirname "$(realpath "$(command -v node)")")"

# name | version | how it sweeps "$1" as the job wants it | the same, printing the names
judge="-xdev -depth -mindepth 1 -type d -name '.criu.temp-aa-policy.[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]' -perm 0700 -user 0 -mmin +60 -empty"
glob='"${1%/}/**/.criu.temp-aa-policy.??????"'
del="node $modules/del-cli/cli.js --force"
rimraf="node $modules/rimraf/dist/esm/bin.mjs --glob"
# The version that a program prints; nothing where it cannot be run.
version() { local said; said=$("$@" 2>/dev/null) && grep -Eo '[0-9]+[0-9.]*[0-9]' <<<"$said" | head -1; }
# That of an npm package.
packaged() { node -p 'require(process.argv[1]).version' "$modules/$1/package.json" 2>/dev/null; }
tools=(
  "criu-sweep|$(version node "$package/bin/criu-sweep.js" --version)|node $package/bin/criu-sweep.js -q \"\$1\"|node $package/bin/criu-sweep.js \"\$1\""
  "GNU find|$(version find --version)|find \"\$1\" $judge -delete|find \"\$1\" $judge -print -delete"
  "bfs|$(version bfs --version)|bfs \"\$1\" $judge -delete|bfs \"\$1\" $judge -print -delete"
  "tmpreaper|$(tmpreaper --version 2>&1 | sed -n 's/^tmpreaper -- Version: \([0-9.]*\).*/\1/p')|tmpreaper --mtime --mtime-dir --runtime=0 1h \"\$1\"|tmpreaper --showdeleted --mtime --mtime-dir --runtime=0 1h \"\$1\""
  "systemd-tmpfiles|$(version systemd-tmpfiles --version)|echo \"e \$1 - - - M:1h\" | systemd-tmpfiles --clean -|"
  "del-cli|$(packaged del-cli)|$del $glob|$del --verbose $glob"
  "rimraf|$(packaged rimraf)|$rimraf $glob|$rimraf --verbose $glob"
)
installed=()
for tool in "${tools[@]}"; do
  IFS='|' read -r name version _ <<<"$tool"
  if [ -n "$version" ]; then installed+=("$tool"); else echo "peers: $name is not installed" >&2; fi
done
tools=("${installed[@]}")

row() { printf '| %s |' "$1"; shift; printf ' %s |' "$@"; echo; }
names=()
for tool in "${tools[@]}"; do
  IFS='|' read -r name version _ <<<"$tool"
  names+=("$name $version")
done
row hazard "${names[@]}"
row --- $(printf -- '--- %.0s' "${tools[@]}")
for hazard in "${hazards[@]}"; do
  cells=()
  for tool in "${tools[@]}"; do
    export TOOL TALK S="$work/stage" T="$work/stage/target" O="$work/stage/outside"
    TOOL=${tool#*|*|}; TALK=${TOOL##*|}; TOOL=${TOOL%|*}
    [[ $TOOL == echo* ]] && { TOOL=${tool#*|*|}; TOOL=${TOOL%|}; TALK=; }
    mkdir -p "$T" "$O"
    cells+=("$(unshare --mount --propagation=private -- bash -c \
      "HELD=; . '$here/stage.sh'; . '$here/hazards.sh'; trap 'kill -9 \$HELD 2>/dev/null' EXIT; hazard_$hazard" 2>>"$work/log" | tail -1)")
    rm -rf --one-file-system "$work/stage"
  done
  title=title_$hazard
  row "${!title}" "${cells[@]}"
done
[ -s "$work/log" ] && head -20 "$work/log" >&2
exit 0
