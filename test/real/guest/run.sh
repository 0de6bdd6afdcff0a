# `criu-sweep run` around CRIU: directly, below other programs, and with configuration files.
. /host/guest/lib.sh
. /host/guest/cells.sh

prepare_confined
prepare_root
# Images for the restores.
mkdir -p $WORK/images
start_container
criu dump -t $task -D $WORK/images --root $ROOT --manage-cgroups -o dump.log -v4 || exit

. /host/runs
