# A backup in one container: dumps the database into /scratch, and uploads what was dumped if it was read back whole.
# $1: the contract that the pod was written for.
set -eu
here=${0%/*}
sh "$here/dump.sh" "$1"
exec sh "$here/upload.sh" "$1"
