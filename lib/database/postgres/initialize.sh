# Makes the database cluster, if there is none. An init container of the server's own image runs it, with the server's
# arguments; DATA_VOLUME is where the claim is mounted, INIT_SCRIPTS the folder of init scripts, where there are any.
# Pods of older templates run it too. The cluster is made under another name and renamed when all init scripts have succeeded: a pod that dies in
# the middle, or a script that fails, would leave half a cluster, which the next start takes for a whole one.
set -eu

refuse() {
  echo "initialize: $1. Nothing was changed${2:+. $2}" >&2
  exit 1
}

found=$(cat "$PGDATA/PG_VERSION" 2> /dev/null || true)
if [ "$found" ]; then
  [ "$found" = "$PG_MAJOR" ] ||
    refuse "$PGDATA was made by PostgreSQL $found and this image is $PG_MAJOR" "Set the engine's version back to $found and delete this pod, or move the data by a dump and a restore"
  echo "initialize: $PGDATA holds a PostgreSQL $found cluster; nothing to do"
  exit 0
fi

[ "$PGDATA" != "$DATA_VOLUME" ] ||
  refuse "no cluster in $PGDATA, and none is made in the root folder of a volume, where lost+found lies" "Set the engine's dataDirectory to a folder below it, as $DATA_VOLUME/pgdata"
staged=$PGDATA.initializing
# What cannot be read may be a cluster of another user; on some volumes the pod's group opens nothing.
closed=$(find "$DATA_VOLUME" -maxdepth 4 ! -path "$staged*" 2>&1 > /dev/null | grep -v 'lost+found' | head -n 1 || true)
[ -z "$closed" ] || refuse "$closed: it may hold a cluster" 'Set runAsUser to the owner of the files'
other=$(find "$DATA_VOLUME" -maxdepth 4 -name PG_VERSION ! -path "$staged/*" ! -path '*/base/*' 2> /dev/null | head -n 1)
[ -z "$other" ] ||
  refuse "a PostgreSQL $(cat "$other") cluster lies in ${other%/PG_VERSION}, and none in $PGDATA: an empty database beside it would look like lost data" "Set the engine's version or dataDirectory to the one that is there, and delete this pod"
if [ -d "$PGDATA" ] && ! rmdir "$PGDATA" 2> /dev/null; then
  refuse "$PGDATA holds files but no PG_VERSION: part of a cluster may be lost"
fi
[ -z "${INIT_SCRIPTS:-}" ] || [ "$(ls -A "$INIT_SCRIPTS")" ] ||
  refuse "$INIT_SCRIPTS is empty: the ConfigMap of the init scripts is missing" 'Apply it, and delete this pod'

rm -rf "$staged"
mkdir -p "$staged"
final=$PGDATA
# A checkpoint after large init scripts may take longer than the minute that pg_ctl waits.
export PGDATA="$staged" PGCTLTIMEOUT=86400
docker-entrypoint.sh postgres "$@" -c listen_addresses= &
server=$!
# The entrypoint runs the init scripts against a server of its own, and then becomes the server: the same process.
until [ "$(sed -n '1p;8p' "$staged/postmaster.pid" 2> /dev/null | tr -d ' \n')" = "${server}ready" ]; do
  kill -0 "$server" 2> /dev/null || {
    wait "$server" && status=1 || status=$?
    echo "initialize: failed with status $status; the next attempt begins anew" >&2
    exit "$status"
  }
  sleep 0.2
done
# Login and password are those of this process alone. Without the note a database is only never taken for one as it was made.
(
  export PGHOST='' PGHOSTADDR='' PGUSER="${POSTGRES_USER:-postgres}" PGPASSWORD="${POSTGRES_PASSWORD:-$(cat "${POSTGRES_PASSWORD_FILE:-/dev/null}")}"
  sql() { psql -XAtqw -v ON_ERROR_STOP=1 -d "$@"; }
  . "${0%/*}/as-made.sh" && note_as_made
) || echo 'initialize: it cannot be noted that the databases are as they were made'
pg_ctl -D "$staged" -m fast -w stop
wait "$server" || true
mv "$staged" "$final"
sync
echo "initialize: made $final"
