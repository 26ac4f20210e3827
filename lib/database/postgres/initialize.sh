# Makes the database cluster, if there is none. An init container of the server's own image runs it, with the server's
# arguments; DATA_VOLUME is where the claim is mounted, INIT_SCRIPTS the folder of init scripts, where there are any.
# Pods of older templates run it too. The cluster is made under another name and renamed when all init scripts have succeeded: a pod that dies in
# the middle, or a script that fails, would leave half a cluster, which the next start takes for a whole one.
set -eu

refuse() {
  echo "initialize: $1. Nothing was changed${2:+. $2}" >&2
  exit 1
}

# configuration NAME: the text of a file that initdb makes and that other images keep outside of the data directory, as Bitnami's do.
configuration() {
  echo "# Made by initialize.sh, because the cluster had no $1. Later starts leave this file alone: change it as you like."
  case $1 in
    postgresql.conf)
      sample=$(pg_config --sharedir || true)/$1.sample
      [ ! -r "$sample" ] || cat "$sample"
      echo "listen_addresses = '*'"
      ;;
    pg_hba.conf)
      # As initdb and the image's entrypoint write them, but for md5.
      echo '# The method md5 takes both kinds of passwords: SCRAM ones by SCRAM, and those that an old server has hashed by MD5.
# TYPE DATABASE USER ADDRESS METHOD
local all all trust
host all all 127.0.0.1/32 trust
host all all ::1/128 trust
local replication all trust
host replication all 127.0.0.1/32 trust
host replication all ::1/128 trust
host all all all md5'
      ;;
  esac
}

found=$(cat "$PGDATA/PG_VERSION" 2> /dev/null || true)
if [ "$found" ]; then
  [ "$found" = "$PG_MAJOR" ] ||
    refuse "$PGDATA was made by PostgreSQL $found and this image is $PG_MAJOR" "Set the engine's version back to $found and delete this pod, or copy the server, see docs/upgrading.md"
  owner=$(stat -c %u "$PGDATA")
  user=$(id -u)
  # As root, the image's entrypoint gives the folder to the server's user.
  [ "$user" = 0 ] || [ "$user" = "$owner" ] ||
    refuse "$PGDATA belongs to user $owner and this pod runs as user $user: the server starts only for the owner" "Set runAsUser to $owner and delete this pod"
  missing=
  for name in postgresql.conf pg_hba.conf pg_ident.conf; do
    [ -e "$PGDATA/$name" ] || [ -L "$PGDATA/$name" ] || missing="$missing $name"
  done
  [ "$missing" ] || {
    echo "initialize: $PGDATA holds a PostgreSQL $found cluster; nothing to do"
    exit 0
  }
  case $missing in
    *postgresql.conf*)
      for signal in standby.signal recovery.signal; do
        [ ! -e "$PGDATA/$signal" ] ||
          refuse "$PGDATA holds $signal and no postgresql.conf: it is a standby or in recovery, and the settings for that are elsewhere. Without them it would never take a write" "Adopt the claim of the primary; or start the old set, promote its server by SELECT pg_promote(), and stop it"
      done
      ;;
  esac
  for name in $missing; do
    (umask 077 && configuration "$name" > "$PGDATA/$name.initializing")
  done
  sync
  for name in $missing; do
    # A link is whole from the start and never replaces a file.
    ln "$PGDATA/$name.initializing" "$PGDATA/$name" || {
      rm -f "$PGDATA/$name.initializing"
      refuse "$PGDATA/$name cannot be made, see the line above" 'Make it from the files of the old server'
    }
    rm "$PGDATA/$name.initializing"
  done
  sync
  echo "initialize: $PGDATA holds a PostgreSQL $found cluster without$missing: made of the image's defaults. Settings that the old server had elsewhere are not in there, see docs/adopting-bitnami.md"
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
