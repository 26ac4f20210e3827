# Makes the database, if there is none. An init container of the server's own image runs it, with the server's arguments;
# DATA_VOLUME is the data directory.
# A marker stands in the folder until all init scripts have succeeded. Otherwise a pod that dies in the middle, or a script
# that fails, leaves half a database without users, which the next start takes for a whole one.
set -eu

marker=$DATA_VOLUME/.initializing
if [ -e "$marker" ]; then
  echo "initialize: an earlier attempt did not finish, and no server has run on it; beginning anew"
  find "$DATA_VOLUME" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .initializing -exec rm -rf {} +
elif [ -d "$DATA_VOLUME/mysql" ]; then
  made=$(cat "$DATA_VOLUME/mariadb_upgrade_info" "$DATA_VOLUME/mysql_upgrade_info" 2>/dev/null | head -n 1 | cut -d . -f 1,2)
  image=$(mariadbd --version | sed 's/.* Ver \([0-9]*\.[0-9]*\).*/\1/')
  if [ "$made" ] && [ "$(printf '%s\n' "$made" "$image" | sort -V | tail -n 1)" != "$image" ]; then
    echo "initialize: $DATA_VOLUME was made by MariaDB $made and this image is $image. There is no way back." >&2
    echo "initialize: set the engine's version to $made or later and delete this pod. Nothing was changed." >&2
    exit 1
  fi
  echo "initialize: $DATA_VOLUME holds a database; nothing to do"
  exit 0
elif [ "$(find "$DATA_VOLUME" -mindepth 1 -maxdepth 1 ! -name lost+found | head -n 1)" ]; then
  echo "initialize: $DATA_VOLUME holds files but no database: part of one may be lost. Nothing was changed." >&2
  exit 1
fi

echo 'The database is being made here. No server runs on it before this file is gone.' > "$marker"
sync
pid_file=/run/mysqld/initialize.pid
rm -f "$pid_file"
docker-entrypoint.sh mariadbd "$@" --skip-networking --pid-file="$pid_file" &
server=$!
# The entrypoint runs the init scripts against a server of its own, and then becomes the server: the same process.
until [ "$(cat "$pid_file" 2>/dev/null)" = "$server" ] && mariadb-admin --no-defaults --socket=/run/mysqld/mysqld.sock ping >/dev/null 2>&1; do
  kill -0 "$server" 2>/dev/null || {
    wait "$server" && status=1 || status=$?
    echo "initialize: failed with status $status; the next attempt begins anew" >&2
    exit "$status"
  }
  sleep 0.2
done
kill "$server"
wait "$server"
sync
rm "$marker"
sync
echo "initialize: made $DATA_VOLUME"
