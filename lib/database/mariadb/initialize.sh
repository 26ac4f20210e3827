# Makes the database, if there is none. An init container of the server's own image runs it, with the server's arguments;
# DATA_VOLUME is the data directory, INIT_SCRIPTS the folder of init scripts, where there are any. Pods of older templates run it too.
# A marker stands in the folder until all init scripts have succeeded: a pod that dies in the middle, or a script
# that fails, would leave half a database without users, which the next start takes for a whole one.
set -eu

refuse() {
  echo "initialize: $1. Nothing was changed${2:+. $2}" >&2
  exit 1
}

marker=$DATA_VOLUME/.initializing
if [ -e "$marker" ]; then
  echo "initialize: an earlier attempt did not finish, and no server has run on it; beginning anew"
  find "$DATA_VOLUME" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .initializing -exec rm -rf {} +
elif [ -d "$DATA_VOLUME/mysql" ]; then
  made=$(cat "$DATA_VOLUME/mariadb_upgrade_info" "$DATA_VOLUME/mysql_upgrade_info" 2> /dev/null | head -n 1 | cut -d . -f 1,2)
  image=$(mariadbd --version | sed 's/.* Ver \([0-9]*\.[0-9]*\).*/\1/')
  if [ "$made" ] && [ "$(printf '%s\n' "$made" "$image" | sort -V | tail -n 1)" != "$image" ]; then
    refuse "$DATA_VOLUME was made by MariaDB $made and this image is $image: there is no way back" "Set the engine's version to $made or later and delete this pod"
  fi
  echo "initialize: $DATA_VOLUME holds a database; nothing to do"
  exit 0
elif [ "$(find "$DATA_VOLUME" -mindepth 1 -maxdepth 1 ! -name lost+found | head -n 1)" ]; then
  refuse "$DATA_VOLUME holds files but no database: part of one may be lost"
fi
[ -z "${INIT_SCRIPTS:-}" ] || [ "$(ls -A "$INIT_SCRIPTS")" ] ||
  refuse "$INIT_SCRIPTS is empty: the ConfigMap of the init scripts is missing" 'Apply it, and delete this pod'

# Passwords in files, byte by byte: the image would drop a line feed at the end, which the variable of a client keeps.
for variable in MARIADB_ROOT_PASSWORD MARIADB_PASSWORD; do
  eval "file=\${${variable}_FILE-}"
  [ "$file" ] || continue
  value=$(cat "$file" && echo .)
  export "$variable=${value%.}"
  unset "${variable}_FILE"
done

echo 'The database is being made here. No server runs on it before this file is gone.' > "$marker"
sync
pid_file=/run/mysqld/initialize.pid
rm -f "$pid_file"
docker-entrypoint.sh mariadbd "$@" --skip-networking --pid-file="$pid_file" &
server=$!
# The entrypoint runs the init scripts against a server of its own, and then becomes the server: the same process.
until [ "$(cat "$pid_file" 2> /dev/null)" = "$server" ] && mariadb-admin --no-defaults --socket=/run/mysqld/mysqld.sock ping > /dev/null 2>&1; do
  kill -0 "$server" 2> /dev/null || {
    wait "$server" && status=1 || status=$?
    echo "initialize: failed with status $status; the next attempt begins anew" >&2
    exit "$status"
  }
  sleep 0.2
done
# The login is that of these clients alone. Without the note a database is only never taken for one as it was made.
(
  client() {
    program=$1
    shift
    MYSQL_PWD=${MARIADB_ROOT_PASSWORD-} "$program" --no-defaults --socket=/run/mysqld/mysqld.sock --user=root --default-character-set=utf8mb4 --max-allowed-packet=1G "$@"
  }
  sql() { client mariadb --batch --skip-column-names --raw "$@"; }
  . "${0%/*}/as-made.sh" && note_as_made
) || echo 'initialize: it cannot be noted that the databases are as they were made'
kill "$server"
wait "$server"
sync
rm "$marker"
sync
echo "initialize: made $DATA_VOLUME"
