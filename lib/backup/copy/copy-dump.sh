# The first step of a copy: dumps the old server into the scratch volume, for copy-restore.sh. The dump never leaves the pod, so roles and users
# keep the hashes of their passwords, as those of a hook do.
. "${0%/*}/step.sh"
step=dump
hook=copy
. "$here/engine.sh"
[ ! -f "$here/copy.sh" ] || . "$here/copy.sh"

nothing='nothing was copied and no server was changed'
new=$scratch/backup.new
put_in_place() { mv "$new" "$backup"; }

. "$here/dump.sh"
