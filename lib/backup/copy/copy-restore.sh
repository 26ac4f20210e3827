# The second step of a copy: restores what copy-dump.sh left into the new server, as a restore job does with a backup.
. "${0%/*}/step.sh"
step=restore
# The library is here already.
hook=copy
. "$here/engine.sh"
[ ! -f "$here/copy.sh" ] || . "$here/copy.sh"

way_out='Set REPLACE=true to put the copy in its place (what is there is kept), or make the new server anew'
fetched() {
  hook=
  name='the copy'
  DB_NAME=$(fact database)
}
. "$here/restore.sh"
