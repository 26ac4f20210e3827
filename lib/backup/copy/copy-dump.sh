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

# The policies that let this new pod in take a while to reach the node of the server. Nobody tries the job again.
login
for _ in 1 2 3 4 5 6 7 8 9 10; do
  ! version > /dev/null 2>&1 || break
  sleep 3
done
. "$here/dump.sh"
