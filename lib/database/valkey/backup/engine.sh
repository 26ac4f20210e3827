# Valkey, as the verbs that dump.sh, restore.sh and drill.sh call.
engine=valkey
parts=2 # how many numbers of a release decide whether a dump can be restored
check_ending=.lua
. "$here/client.sh"
. "$here/throw-away.sh"
. "$here/beside.sh"

# A dump holds all logical databases, whichever one a client connects to.
DB_NAME=all

login() {
  password=$(secret dbPassword.txt)
  [ "$password" ] || [ ! -e "$credentials/dbPassword.txt" ] || fail "dbPassword.txt is empty: write the password of $DB_USER into its Secret"
  # The first is the name that all releases know.
  [ -z "$password" ] || export REDISCLI_AUTH="$password" VALKEYCLI_AUTH="$password"
}

version() {
  db INFO server > "$work/info" || return
  case $(info '\(redis\|server\)_mode' < "$work/info") in
    *cluster*)
      echo 'The server runs in cluster mode' | tee "$log" >&2
      return 1
      ;;
  esac
  info valkey_version < "$work/info" | grep . || {
    echo 'This is no Valkey server' | tee "$log" >&2
    return 1
  }
}

image_version() { valkey-server --version | sed 's/.* v=\([0-9.]*\).*/\1/'; }

# What to do when a program has failed.
advice() {
  case $(cat "$log") in
    *'o space left'* | *'Disk quota'* | *'rror writing data to file'*) echo 'the scratch volume is full: raise its size' ;;
    *WRONGPASS* | *NOAUTH*) echo "$DB_HOST refuses the password of $DB_USER: put the right one into dbPassword.txt of the Secret" ;;
    *NOPERM*) echo "give $DB_USER the right that is missing: a dump and a restore need the administrator's, +@all" ;;
    *LOADING*) echo "$DB_HOST:$DB_PORT does not answer: it is still reading its data; the next run begins anew" ;;
    *'cluster mode'*) echo 'its dump would hold the slots of one node: back up by what knows the whole cluster' ;;
    *'no Valkey server'*) echo 'correct the address: DatabaseEngine.valkey is not for Redis and others' ;;
    *'OOM command'* | *'used memory >'*) echo "the memory of $DB_HOST is full: give the server more; it must hold what is restored and what is there" ;;
    *MISCONF*) echo "$DB_HOST cannot write to its disk: see its log, and whether its volume is full" ;;
    *BUSY*) echo "$DB_HOST runs a script that does not end: SCRIPT KILL ends it" ;;
    *'onnection refused'* | *'onnection timed out'* | *'o route to host'* | *'name resolution'* | *'ame or service'* | *'could not connect'* | *'Could not connect'*)
      echo "$DB_HOST:$DB_PORT does not answer: see whether the server is up and a network policy lets this pod in"
      ;;
    *'erver closed'* | *'onnection reset'* | *IOERR* | *'payload'* | *'SYNC with'*) echo 'the server ended the connection: see its log; the next run begins anew' ;;
    'ERROR: '*) sed -n 's/^ERROR: //p' "$log" ;;
    *) echo 'see the lines above' ;;
  esac
}

# --- dump: as a replica gets it, of one moment

dump() {
  db --rdb "$1/dump" > /dev/null || stop "valkey-cli --rdb failed with status $code, $nothing"
  db ACL LIST > "$work/users" || stop "the users cannot be listed, $nothing"
  # Hashes of passwords stay in the server.
  awk -v keep="${hook-}" '{ line = ""; for (i = 1; i <= NF; i++) if (keep || $i !~ /^#/) line = line (line == "" ? "" : " ") $i; print line }' \
    "$work/users" > "$1/globals.acl"
}

# Counts what is in the file, not what is in the server by now.
read_back() {
  { valkey-check-rdb "$1/dump" > "$work/rdb" 2>&1 && grep -q 'RDB looks OK' "$work/rdb"; } || {
    tail -n 5 "$work/rdb" | tee "$log" >&2
    fail "the dump does not read back, $nothing; the next run begins anew. If it fails too, see the disk of the node"
  }
  count_file "$1/dump" || fail "the keys in the dump cannot be counted, $nothing: the server may have modules, whose data this cannot read"
  sed -n "s/^.*AUX FIELD used-mem = '\([0-9]*\)'\$/\"usedMemory\": \"\1\"/p" "$work/rdb" > "$extra"
}

# count_file RDB: rows and objects, of what valkey-check-rdb said of it.
count_file() {
  sed -n 's/^\[offset \([0-9]*\)\] Selecting DB ID \([0-9]*\)$/\1 \2/p' "$work/rdb" > "$work/offsets"
  while read -r offset number; do
    echo "$number $(od -A n -v -t u1 -j "$offset" -N 19 "$1" | tr -s ' \n' ' ')"
  done < "$work/offsets" > "$work/bytes"
  awk -f "$here/sizes.awk" "$work/bytes" > "$work/sizes" || return
  # The program has read every key: its numbers must be those of the headers.
  read_keys=$(sed -n 's/^\[info\] \([0-9]*\) keys read$/\1/p' "$work/rdb")
  read_expires=$(sed -n 's/^\[info\] \([0-9]*\) expires$/\1/p' "$work/rdb")
  [ "$(awk '{ keys += $2; expires += $3 } END { printf "%.0f %.0f", keys, expires }' "$work/sizes")" = "$read_keys $read_expires" ] || return
  begin=$(sed -n '/Selecting DB/q; s/^\[offset \([0-9]*\)\] AUX FIELD.*/\1/p' "$work/rdb" | tail -n 1)
  end=$(sed -n '1s/ .*//p' "$work/offsets")
  end=${end:-$(stat -c %s "$1")}
  od -A n -v -t u1 -w1 -j "$begin" -N $((end - begin)) "$1" | tr -d ' ' | awk -f "$here/libraries.awk" > "$work/libraries" || return
  awk '{ printf "\"db%d\": %.0f\n", $1, $2 }' "$work/sizes" > "$work/rows.dump"
  printf '"function libraries": %s\n"keys with an expiry": %s\n' "$(cat "$work/libraries")" "$read_expires" > "$work/objects.dump"
}

# --- restore and drill

# Makes the users that are missing, without passwords; all or none of them.
make_globals() {
  to=db
  [ "$step" != drill ] || to=own
  [ -f "$backup/globals.acl" ] || return 0
  "$to" ACL USERS > "$work/users" || return
  awk 'FILENAME == ARGV[1] { there[$1] = 1; next } !($2 in there)' "$work/users" "$backup/globals.acl" > "$work/missing"
  [ -s "$work/missing" ] || return 0
  names=$(awk '{ print $2 }' "$work/missing" | paste -s -d ' ' -)
  # Rules are words with asterisks.
  set -f
  while read -r _ user rules; do
    # shellcheck disable=SC2086
    "$to" ACL SETUSER "$user" reset $rules > /dev/null || {
      # shellcheck disable=SC2086
      "$to" ACL DELUSER $names > /dev/null 2>&1 || true
      return 1
    }
  done < "$work/missing"
  set +f
  [ "$step" = drill ] || "$to" ACL SAVE > /dev/null 2>&1 || say "the server keeps its users in no file: $names will be gone when it starts again"
  say "made the users $names, without passwords"
}

serve() { throw_away; }

make() { :; }

# A server has loaded the dump already, in a drill. A restore moves its keys from there.
load() { [ "$step" = drill ] || move; }

count() {
  if [ "$step" != drill ]; then
    count_beside
    return
  fi
  own INFO keyspace > "$work/keyspace" && own FUNCTION STATS > "$work/stats" || return
  keyspace < "$work/keyspace" > "$work/sizes"
  awk '{ printf "\"db%d\": %s\n", $1, $2 }' "$work/sizes"
  printf '"function libraries": %s\n"keys with an expiry": %s\n' "$(libraries < "$work/stats")" "$(awk '{ n += $3 } END { printf "%.0f", n }' "$work/sizes")" > "$work/objects"
}

ask() { own --eval "$1"; }
