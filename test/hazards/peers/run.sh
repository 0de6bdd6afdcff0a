#!/bin/bash
# Puts the hazards to other tools, by real runs, and prints a Markdown table of what came of it.
#     npm run peers -- [DIRECTORY-WITH-DEL-CLI-AND-RIMRAF] [HAZARD...]
# Needs root, cc, mount namespaces and loop devices. A tool that is not installed is left out, and said on stderr.
set -u
here=$(cd "$(dirname "$0")" && pwd)
package=$(cd "$here/../../.." && pwd)
modules=${1:-$package}; modules=$(cd "$modules" && pwd)/node_modules
shift
work=$(mktemp -d /tmp/criu-sweep-peers.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
mkdir "$work/c"
for source in hold swap-all visit deep many; do
  cc -D_GNU_SOURCE -O2 -o "$work/c/$source" "$package/test/support/c/$source.c" || exit 1
done
export C="$work/c" NEEDED="$package $modules $(dirname "$(realpath "$(command -v node)")")"

# name | version | how it sweeps "$1" as the job wants it | the same, printing the names
judge="-xdev -depth -mindepth 1 -type d -name '.criu.temp-aa-policy.[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]' -perm 0700 -user 0 -mmin +60 -empty"
glob='"${1%/}/**/.criu.temp-aa-policy.??????"'
del="node $modules/del-cli/cli.js --force"
rimraf="node $modules/rimraf/dist/esm/bin.mjs --glob"
version() { "$@" 2>&1 | grep -Eo '[0-9]+[0-9.]*[0-9]' | head -1; }
tools=(
  "criu-sweep|$(version node "$package/bin/criu-sweep.js" --version)|node $package/bin/criu-sweep.js -q \"\$1\"|node $package/bin/criu-sweep.js \"\$1\""
  "GNU find|$(version find --version)|find \"\$1\" $judge -delete|find \"\$1\" $judge -print -delete"
  "bfs|$(version bfs --version)|bfs \"\$1\" $judge -delete|bfs \"\$1\" $judge -print -delete"
  "tmpreaper|$(version tmpreaper --version)|tmpreaper --mtime --mtime-dir --runtime=0 1h \"\$1\"|tmpreaper --showdeleted --mtime --mtime-dir --runtime=0 1h \"\$1\""
  "systemd-tmpfiles|$(version systemd-tmpfiles --version)|echo \"e \$1 - - - M:1h\" | systemd-tmpfiles --clean -|"
  "del-cli|$(version node "$modules/del-cli/cli.js" --version)|$del $glob|$del --verbose $glob"
  "rimraf|$(version $rimraf --version)|$rimraf $glob|$rimraf --verbose $glob"
)
. "$here/hazards.sh"
hazards=${*:-$(declare -F | sed -n 's/^declare -f hazard_//p')}

row() { printf '| %s |' "$1"; shift; printf ' %s |' "$@"; echo; }
names=()
for tool in "${tools[@]}"; do
  IFS='|' read -r name version _ <<<"$tool"
  names+=("$name $version")
done
row hazard "${names[@]}"
row --- $(printf -- '--- %.0s' "${tools[@]}")
order=$(sed -n 's/^hazard_\([a-z]*\)().*/\1/p' "$here/hazards.sh")
for hazard in $order; do
  [[ " ${hazards//$'\n'/ } " == *" $hazard "* ]] || continue
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
