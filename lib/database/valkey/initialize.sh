# Makes the database, if there is none, and its users. An init container of the server's own image runs it, with the server's arguments; DATA_VOLUME
# is the folder of the data. Pods of older templates run it too.
# The append-only file is made in a folder of its own and renamed when it is whole. With `appendonly yes` the server reads nothing else: beside a
# dump.rdb alone it would start empty, and overwrite the file at its next save. So what is in a dump.rdb is brought into the append-only file first.
set -eu
umask 077

refuse() {
  echo "initialize: $1. Nothing was changed${2:+. $2}" >&2
  exit 1
}

acl=$DATA_VOLUME/users.acl
appendonly=$DATA_VOLUME/appendonlydir
staged=$DATA_VOLUME/.initializing
socket=${TMPDIR:-/tmp}/initialize.sock

# hash VARIABLE: the password in the file that VARIABLE_FILE names, as a file of users holds it.
hash() {
  eval "file=\${$1_FILE-}"
  [ -s "$file" ] || refuse "the password $1 is empty or missing: write it into the Secret" 'Then delete this pod'
  # Jobs drop a line feed at the end, and the variable of a client keeps it.
  [ "$(tr -d '\r\n' < "$file" | wc -c)" = "$(wc -c < "$file")" ] ||
    refuse "the password $1 holds a line feed, which some clients drop and others keep: write it into the Secret without" 'Then delete this pod'
  sum=$(sha256sum < "$file")
  echo "#${sum%% *}"
}

# The probes ask as a user without a password, who may do nothing but PING: they go on when passwords change.
probe='user probe on nopass sanitize-payload resetchannels -@all +ping'

users() {
  echo "user default on sanitize-payload $administrator ~* &* +@all"
  echo "$probe"
  [ -z "${VALKEY_USER-}" ] || echo "user $VALKEY_USER on sanitize-payload $application ~* &* +@all -@admin -@dangerous +info"
}

cli() { valkey-cli -e -s "$socket" "$@"; }

info() { cli INFO persistence | tr -d '\r' | sed -n "s/^$1://p"; }

# The server listens to nobody else meanwhile.
make() {
  valkey-server "$@" --port 0 --unixsocket "$socket" --unixsocketperm 700 --aclfile '' --dir "$staged" --dbfilename dump.rdb --save '' --appendonly no &
  server=$!
  until [ "$(cli PING 2> /dev/null)" = PONG ]; do
    kill -0 "$server" 2> /dev/null || {
      wait "$server" && status=1 || status=$?
      echo "initialize: the server failed with status $status, see the lines above; the next attempt begins anew" >&2
      exit 1
    }
    sleep 0.2
  done
  cli CONFIG SET appendonly yes
  until [ "$(info aof_rewrite_in_progress)$(info aof_rewrite_scheduled)" = 00 ]; do sleep 0.2; done
  [ "$(info aof_last_bgrewrite_status)" = ok ] || {
    kill "$server"
    echo 'initialize: the append-only file cannot be written: see the lines above, and whether the volume is full; the next attempt begins anew' >&2
    exit 1
  }
  kill "$server"
  wait "$server"
}

case ${VALKEY_USER-} in *[[:space:]]*) refuse "the name of a user must not hold white space, as '$VALKEY_USER' does" ;; esac
if [ ! -e "$acl" ]; then
  administrator=$(hash VALKEY_PASSWORD)
  application=
  [ -z "${VALKEY_USER-}" ] || application=$(hash VALKEY_USER_PASSWORD)
fi
if [ -s "$appendonly/appendonly.aof.manifest" ] || [ -s "$DATA_VOLUME/appendonly.aof" ]; then
  echo "initialize: $DATA_VOLUME holds a database"
else
  [ ! -d "$appendonly" ] || rmdir "$appendonly" 2> /dev/null ||
    refuse "$appendonly holds files but no manifest: part of a database may be lost"
  [ ! -e "$acl" ] || [ -s "$DATA_VOLUME/dump.rdb" ] ||
    refuse "$DATA_VOLUME holds the users of a database and none of its data, which may be lost" "If it shall begin empty, delete $acl"
  other=$(find "$DATA_VOLUME" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .initializing ! -name dump.rdb ! -name users.acl ! -name 'temp-*' | head -n 1)
  [ -z "$other" ] || [ -s "$DATA_VOLUME/dump.rdb" ] || refuse "$DATA_VOLUME holds $other and no database: part of one may be lost"
  rm -rf "$staged"
  mkdir "$staged"
  [ ! -s "$DATA_VOLUME/dump.rdb" ] || {
    echo "initialize: $DATA_VOLUME/dump.rdb becomes the database"
    ln "$DATA_VOLUME/dump.rdb" "$staged/dump.rdb"
  }
  make "$@"
  sync
  mv "$staged/appendonlydir" "$appendonly"
  rm -rf "$staged"
  echo "initialize: made $appendonly"
fi
if [ ! -e "$acl" ]; then
  users > "$acl.new"
elif ! grep -q '^user probe ' "$acl"; then
  { cat "$acl" && echo "$probe"; } > "$acl.new"
else
  exit 0
fi
sync
mv "$acl.new" "$acl"
sync
echo "initialize: made $acl"
