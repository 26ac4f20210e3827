# Makes the database cluster, if there is none. An init container of the server's own image runs it, with the server's
# arguments; DATA_VOLUME is where the claim is mounted.
# The cluster is made under another name and renamed when all init scripts have succeeded. Otherwise a pod that dies in
# the middle, or a script that fails, leaves half a cluster, which the next start takes for a whole one.
set -eu

found=$(cat "$PGDATA/PG_VERSION" 2>/dev/null || true)
if [ "$found" ]; then
  [ "$found" = "$PG_MAJOR" ] || {
    echo "initialize: $PGDATA was made by PostgreSQL $found and this image is $PG_MAJOR. Nothing was changed." >&2
    echo "initialize: set the engine's version back to $found and delete this pod, or move the data by a dump and a restore." >&2
    exit 1
  }
  echo "initialize: $PGDATA holds a PostgreSQL $found cluster; nothing to do"
  exit 0
fi

if [ "$PGDATA" = "$DATA_VOLUME" ]; then
  echo "initialize: no cluster in $PGDATA, and none is made in the root folder of a volume, where lost+found lies" >&2
  echo "initialize: set the engine's dataDirectory to a folder below it, as $DATA_VOLUME/pgdata" >&2
  exit 1
fi

staged=$PGDATA.initializing
# What cannot be read may be a cluster of another user; on some volumes the pod's group opens nothing.
closed=$(find "$DATA_VOLUME" -maxdepth 4 ! -path "$staged*" 2>&1 >/dev/null | grep -v 'lost+found' | head -n 1 || true)
if [ "$closed" ]; then
  echo "initialize: $closed" >&2
  echo "initialize: it may hold a cluster. Nothing was changed. Set runAsUser to the owner of the files." >&2
  exit 1
fi
other=$(find "$DATA_VOLUME" -maxdepth 4 -name PG_VERSION ! -path "$staged/*" ! -path '*/base/*' 2>/dev/null | head -n 1)
if [ "$other" ]; then
  echo "initialize: a PostgreSQL $(cat "$other") cluster lies in ${other%/PG_VERSION}, and none in $PGDATA." >&2
  echo "initialize: an empty database beside it would look like lost data. Nothing was changed." >&2
  echo "initialize: set the engine's version or dataDirectory to the one that is there, and delete this pod." >&2
  exit 1
fi
if [ -d "$PGDATA" ] && ! rmdir "$PGDATA" 2>/dev/null; then
  echo "initialize: $PGDATA holds files but no PG_VERSION: part of a cluster may be lost. Nothing was changed." >&2
  exit 1
fi

rm -rf "$staged"
mkdir -p "$staged"
final=$PGDATA
# A checkpoint after large init scripts may take longer than the minute that pg_ctl waits.
export PGDATA="$staged" PGCTLTIMEOUT=86400
docker-entrypoint.sh postgres "$@" -c listen_addresses= &
server=$!
# The entrypoint runs the init scripts against a server of its own, and then becomes the server: the same process.
until [ "$(sed -n '1p;8p' "$staged/postmaster.pid" 2>/dev/null | tr -d ' \n')" = "${server}ready" ]; do
  kill -0 "$server" 2>/dev/null || {
    wait "$server" && status=1 || status=$?
    echo "initialize: failed with status $status; the next attempt begins anew" >&2
    exit "$status"
  }
  sleep 0.2
done
pg_ctl -D "$staged" -m fast -w stop
wait "$server" || true
mv "$staged" "$final"
sync
echo "initialize: made $final"
