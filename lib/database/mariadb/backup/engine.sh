# MariaDB, as the verbs that dump.sh, restore.sh and drill.sh call.
engine=mariadb
parts=2 # how many numbers of a release decide whether a dump can be restored
check_ending=.sql
. "$here/client.sh"
. "$here/as-made.sh"
. "$here/in-place.sh"

login() {
  password=$(secret dbPassword.txt)
  [ "$password" ] || [ ! -e "$credentials/dbPassword.txt" ] || fail "dbPassword.txt is empty: write the password of $DB_USER into its Secret"
  {
    printf '[client]\nprotocol=tcp\nhost="%s"\nport="%s"\nuser="%s"\n' "$(option "$DB_HOST")" "$(option "$DB_PORT")" "$(option "$DB_USER")"
    # Since 11.4 the server's own certificate is verified by means of the password; without one it cannot be.
    if [ "$password" ]; then printf 'password="%s"\n' "$(option "$password")"; else echo 'loose-ssl-verify-server-cert=0'; fi
  } > "$login_file"
}

# in_target FILE TIME: a file of statements in the target, which know TIME as @time.
in_target() {
  sql --database="$target" --init-command="SET @time = '${2:-}', lock_wait_timeout = 60, group_concat_max_len = 1 << 30" < "$1"
}

version() {
  base=
  [ "$step" != dump ] || base=$DB_NAME
  sql -e 'SELECT VERSION()' --database="$base"
}

# A name of several lines cannot be found in the text of a dump. To leave it out must be said.
list_databases() {
  sql < "$here/databases.sql" > "$work/all" || return
  odd=$(sed -n "s/${tab}a name with control characters$//p" "$work/all")
  [ "${DATABASES:-}" ] || [ -z "$odd" ] || fail "$odd cannot be dumped, as the name holds control characters, $nothing: rename it, or set DATABASES to the others"
  cat "$work/all"
}

# A name in quotes of SQL.
quoted() { printf '`%s`' "$(printf %s "$1" | sed 's/`/``/g')"; }

image_version() { mariadbd --version | sed 's/.* Ver \([0-9.]*\).*/\1/'; }

# What to do when a program has failed.
advice() {
  said=$(grep -a . "$log" | tail -n 1 || true)
  printf '%s' "${said:+$said: }"
  case $said in
    *'No space left'*) echo 'the scratch volume is full: raise its size' ;;
    *1142* | *1143* | *1227* | *1370* | *1044*' at line '* | *1045*' at line '*) echo "GRANT $DB_USER what it lacks" ;;
    *1045* | *1698*) echo "the server refuses the login of $DB_USER: put its password into dbPassword.txt of the Secret" ;;
    *'SHOW CREATE'*rivileges* | *rivileges*'SHOW CREATE'*)
      echo "another user made it: GRANT SELECT ON mysql.proc (since 11.3: SHOW CREATE ROUTINE on the database) to $DB_USER"
      ;;
    *1044* | *1049*) echo "check DB_NAME, and that $DB_USER has all rights on it" ;;
    *2002* | *2003* | *2005*)
      echo "$DB_HOST:$DB_PORT does not answer: see whether the server is up and a network policy lets this pod in"
      ;;
    *2006* | *2013* | *1053* | *1927*) echo 'the server ended the connection: see its log; the next run begins anew' ;;
    *1412* | *1146*) echo 'a table was changed meanwhile: run this again when no migration runs' ;;
    *1356*) echo 'repair this view or drop it' ;;
    *1153*) echo "a row is larger than the server takes: raise its max_allowed_packet" ;;
    *) echo 'see the lines above' ;;
  esac
}

# --- dump: all databases of one moment, then the users

# The user's rights as SQL that yields those on the database that it is asked in; the server itself knows which one a pattern means.
read_grants() {
  sql -e 'SHOW GRANTS' > "$work/grants" || stop "the grants cannot be read, $1"
  {
    echo "SET sql_mode = 'NO_BACKSLASH_ESCAPES';"
    sed -n "s/'/''/g; s/^GRANT \(.*\) ON \*\.\* TO .*/SELECT '\1' FROM DUAL;/p
      s/^GRANT \(.*\) ON \`\(.*\)\`\.\* TO .*/SELECT '\1' FROM DUAL WHERE DATABASE() LIKE REPLACE('\2', '\`\`', '\`') ESCAPE '\\\\';/p" "$work/grants"
  } > "$work/grants.sql"
}

# What a user may not see is left out without a word: triggers, routines, and whole tables. $1: the database, or '' for all.
check_grants() {
  held=", $(sql --database="$1" < "$work/grants.sql" | tr '\n' ',' | sed 's/,\([^ ]\)/, \1/g')" || stop "the grants cannot be read, $nothing"
  missing=
  for needed in SELECT 'SHOW VIEW' TRIGGER EVENT EXECUTE; do
    case $held in *', ALL PRIVILEGES,'* | *", $needed,"*) ;; *) missing="$missing${missing:+, }$needed" ;; esac
  done
  [ "$missing" ] || return 0
  unseen="and what it does not see would be left out: GRANT $missing ON"
  [ "$1" ] || fail "$DB_USER lacks $missing on the whole server, $unseen *.* TO the user, or set DATABASES to those that it may dump"
  fail "$DB_USER lacks $missing on the whole of $1, $unseen $(quoted "$1").* TO the user"
}

may_read_users() { grep -q -E '^GRANT (.*, )?(SELECT|ALL PRIVILEGES)(, .*)? ON (\*|`mysql`)\.\* TO ' "$work/grants"; }

# What restores have moved aside or noted.
aside="REGEXP '^restoring_[0-9]{14}\$|_replaced_[0-9]{14}\$'"

dump() {
  choose_packer
  export FOLDER="$1" UNPACKED="$work/unpacked" PACK
  read_grants "$nothing"
  [ "${DATABASES:-}" ] || check_grants ''
  for list in aside outside names parts; do : > "$work/$list"; done
  watch
  # In a shell of its own: what ends it may be that it waited.
  (each_database "$work/databases" look_through) || {
    end_watch
    exit 1
  }
  [ ! -s "$work/outside" ] || say "not part of the one transaction, as only InnoDB knows them: $(paste -s -d ' ' "$work/outside")" >&2
  set -- "$1" --no-tablespaces --no-create-db
  while IFS= read -r table; do
    set -- "$@" --ignore-table="$table"
  done < "$work/aside"
  [ $# = 3 ] || say "$(($# - 3)) tables that restores have moved aside are not in this backup: drop them when nobody misses them"
  set -- "$@" --databases --
  while IFS= read -r named; do
    set -- "$@" "$named"
  done < "$work/names"
  shift
  dump_to pack "$@" && code=0 || code=$?
  end_watch
  [ "$code" = 0 ] || stop "mariadb-dump failed, $nothing"
  if may_read_users; then dump_users; else say "users and grants are not in this backup: GRANT SELECT ON mysql.* TO $DB_USER"; fi
  sync
}

look_through() {
  [ -z "${DATABASES:-}" ] || check_grants "$target"
  sql --database="$target" < "$here/totals.sql" > "$work/objects.$file" || stop "the objects of $target cannot be counted, $nothing"
  collation=$(sql -e 'SELECT @@collation_database' --database="$target") || stop "the collation cannot be read, $nothing"
  sql --database="$target" > "$work/tables" << SQL || stop "the tables cannot be listed, $nothing"
SELECT IF(TABLE_NAME $aside, 'aside', 'outside'), CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() AND (TABLE_NAME $aside OR ENGINE IN ('MyISAM', 'Aria', 'MEMORY'));
SQL
  for list in aside outside; do sed -n "s/^$list$tab//p" "$work/tables" >> "$work/$list"; done
  printf '%s\n' "$target" >> "$work/names"
  printf '%s\t-- Collation of the database: %s\tUSE %s;\n' "$file" "$collation" "$(quoted "$target")" >> "$work/parts"
}

pack() {
  awk -f "$here/split.awk" "$work/parts" - || {
    [ ! -e "$work/dumped" ] || echo 'mariadb-dump: it wrote what is not known here' >&2
    return 1
  }
  [ ! -e "$UNPACKED" ]
}

# Clients wait for a lock as long as the server lets them: a day. Meanwhile all others would wait behind them.
watch() {
  LOCK_TIMEOUT=${LOCK_TIMEOUT:-10min}
  timeout=$(awk -v t="$LOCK_TIMEOUT" 'BEGIN { s["ms"] = s[""] = .001; s["s"] = 1; s["min"] = 60; s["h"] = 3600; s["d"] = 86400
    n = t + 0; sub(/^[0-9.]+ */, "", t); if (!(t in s)) exit 1; print n * s[t] }') ||
    fail "LOCK_TIMEOUT is '$LOCK_TIMEOUT', $nothing: set it to a number and ms, s, min, h or d, such as 10min"
  [ "$timeout" != 0 ] || return 0
  before=$(sql -e 'SELECT CONNECTION_ID()') || stop "the server cannot be asked for its sessions, $nothing"
  # It holds no lock of the step, and ends with it, even one that is killed.
  watch_from "$before" > "$work/watched" 2>&1 9>&- &
  watching=$!
  at_end() { stop_watching; }
}

stop_watching() { [ -z "${watching:-}" ] || kill "$watching" 2> /dev/null || true; }

# $1: a session before that of the dump.
watch_from() {
  log=$work/watch.log
  while sleep "$(awk -v t="$timeout" 'BEGIN { print t < 10 ? 1 : 10 }')" && kill -0 $$ 2> /dev/null; do
    # Only who has the right PROCESS sees transactions of others.
    for unseen in nothing INNODB_TRX; do
      grep -v "$unseen" "$here/waiting.sql" | sql --init-command="SET @began = $1, @timeout = $timeout" > "$work/waiting" && break
    done
    [ -s "$work/waiting" ] || continue
    mv "$work/waiting" "$work/waited"
    sql -e "KILL $(cut -f 1 "$work/waited")"
    return
  done
}

# Ends the step if it waited: what failed then, failed of that.
end_watch() {
  stop_watching
  [ -s "$work/waited" ] || return 0
  holders=$(cut -f 3 "$work/waited")
  [ "$holders" != NULL ] || holders="a session that $DB_USER may not see (GRANT PROCESS ON *.* TO it)"
  fail "mariadb-dump waited $LOCK_TIMEOUT for a lock, $nothing: there is one on $(cut -f 2 "$work/waited"), perhaps by $holders. End that session (KILL), or back up at another time"
}

# All accounts and their rights, without any password, unless for a hook, whose dump stays with the server. Who cannot log in without one gets one that nothing matches.
dump_users() {
  sql < "$here/accounts.sql" > "$work/accounts.sql" || stop "the users cannot be listed, $nothing"
  sql < "$work/accounts.sql" > "$work/accounts" || stop "the users cannot be dumped, $nothing"
  quoted='`([^`]|``)*`'
  secret="('([^'\\\\]|\\\\.|'')*')"
  means="IDENTIFIED (BY PASSWORD $secret|VIA [A-Za-z0-9_]+( USING $secret)?( OR [A-Za-z0-9_]+( USING $secret)?)*)"
  secretless='(unix_socket|pam|gssapi)'
  set -- -e "s/^(GRANT .* TO $quoted@$quoted) $means/\1/"
  [ "${hook-}" ] || set -- "$@" -e "/^CREATE USER $quoted@$quoted IDENTIFIED VIA $secretless( OR $secretless)*( [^OU].*)?\$/b made" \
    -e "s/^(CREATE USER $quoted@$quoted)( $means)?/\1 IDENTIFIED VIA mysql_native_password USING 'invalid'/"
  sed -E "$@" -e ': made' -e 's/^CREATE (USER|ROLE) /&IF NOT EXISTS /' -e '/^--/!s/$/;/' "$work/accounts" > "$FOLDER/globals.sql"
  if grep -q -v -E '^(-- |CREATE (USER|ROLE) |GRANT |SET DEFAULT ROLE )' "$work/accounts" ||
    { [ -z "${hook-}" ] && grep -v " USING 'invalid'" "$FOLDER/globals.sql" | grep -q -E " (USING|BY|PASSWORD) ['\"]"; }; then
    fail "the server writes users in a way that is not known here, $nothing: rename a user whose name has two lines, or take newer scripts, as the server may be newer than these"
  fi
}

# The packer's checksum, every INSERT closed, the last line, and as many objects as the server has.
read_back() { each_database "$work/databases" read_back_one "$1"; }

read_back_one() {
  unpacked "$1/$file" awk -f "$here/read-back.awk" > "$work/counted" ||
    fail "the dump of database $target does not read back, $nothing: $(grep '^line ' "$work/counted" || echo 'see the lines above'); the next run begins anew. If it fails too, see the disk of the node"
  sed -n 's/^objects //p' "$work/counted" > "$work/found"
  cmp -s "$work/found" "$work/objects.$file" ||
    fail "the server has $(paste -s -d ' ' "$work/objects.$file") in $target and the dump $(paste -s -d ' ' "$work/found"), $nothing: run this again when no migration runs"
  sed '/^objects /d' "$work/counted" > "$work/tables"
  cut -f 1 "$work/tables" > "$work/counts"
  cut -f 2- "$work/tables" | json_lines | sed 's/$/:/' | paste -d ' ' - "$work/counts" > "$work/rows.$file"
}

# --- drill

serve() {
  mkdir "$home/tmp"
  into=mysql
  # Sockets need a short path.
  printf '[client]\nuser=root\nsocket="%s/s"\n' "$work" > "$login_file"
  set -- --event-scheduler=OFF # nothing may begin to work by itself
  while IFS= read -r parameter; do
    [ -z "$parameter" ] || set -- "$@" "--$parameter"
  done << PARAMETERS
${SERVER_PARAMETERS:-}
PARAMETERS
  mariadb-install-db --no-defaults --datadir="$home/data" --tmpdir="$home/tmp" --auth-root-authentication-method=normal \
    --skip-test-db "$@" > "$log" 2>&1 || return
  mariadbd --no-defaults --datadir="$home/data" --tmpdir="$home/tmp" --socket="$work/s" --pid-file="$work/pid" --skip-networking \
    --skip-log-bin --max-allowed-packet=1G --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 "$@" > "$work/server.log" 2>&1 &
  server=$!
  eventually 300 mariadb-admin --defaults-file="$login_file" ping > /dev/null 2>&1 || no_server "$work/server.log"
}

make() { last_line "$work/lines" && sql -e "CREATE DATABASE $(quoted "$target")"; }

# Views, triggers and routines work only if their definers, users of the real server, exist.
make_definers() { sql --database="$target" < "$here/definers.sql" > "$work/definers" && sql < "$work/definers"; }

ask() { sql --database="$into" < "$1" > "$work/table" && cut -f 1 "$work/table"; }
