# MariaDB, as the verbs that dump.sh, restore.sh and drill.sh call.
engine=mariadb
parts=2 # how many numbers of a release decide whether a dump can be restored
check_ending=.sql
. "$here/client.sh"

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

# The databases that are not dumped, as strings of JSON.
others() {
  sql -e "SELECT GROUP_CONCAT(JSON_QUOTE(SCHEMA_NAME) ORDER BY 1 SEPARATOR ', ') FROM information_schema.SCHEMATA
    WHERE SCHEMA_NAME NOT IN (DATABASE(), $system) HAVING COUNT(*) > 0" --database="$DB_NAME"
}

image_version() { mariadbd --version | sed 's/.* Ver \([0-9.]*\).*/\1/'; }

# What to do when a program has failed.
advice() {
  said=$(grep -a . "$log" | tail -n 1 || true)
  printf '%s' "${said:+$said: }"
  case $said in
    *'No space left'*) echo 'the scratch volume is full: raise its size' ;;
    *1045* | *1698*) echo "the server refuses the login of $DB_USER: put its password into dbPassword.txt of the Secret" ;;
    *'SHOW CREATE'*rivileges* | *rivileges*'SHOW CREATE'*)
      echo "another user made it: GRANT SELECT ON mysql.proc (since 11.3: SHOW CREATE ROUTINE on the database) to $DB_USER"
      ;;
    *1044* | *1049*) echo "check DB_NAME, and that $DB_USER has all rights on it" ;;
    *1142* | *1143* | *1227* | *1370*) echo "GRANT $DB_USER what it lacks" ;;
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

# --- dump

# What a user may not see is left out without a word: triggers, routines, and whole tables. So its grants are held against the
# database; the server itself knows which database a pattern means.
check_grants() {
  sql -e 'SHOW GRANTS' > "$work/grants" || stop "the grants cannot be read, $nothing"
  {
    echo "SET sql_mode = 'NO_BACKSLASH_ESCAPES';"
    sed -n "s/'/''/g; s/^GRANT \(.*\) ON \*\.\* TO .*/SELECT '\1' FROM DUAL;/p
      s/^GRANT \(.*\) ON \`\(.*\)\`\.\* TO .*/SELECT '\1' FROM DUAL WHERE DATABASE() LIKE REPLACE('\2', '\`\`', '\`') ESCAPE '\\\\';/p" "$work/grants"
  } > "$work/grants.sql"
  held=", $(sql --database="$DB_NAME" < "$work/grants.sql" | tr '\n' ',' | sed 's/,\([^ ]\)/, \1/g')" || stop "the grants cannot be read, $nothing"
  missing=
  for needed in SELECT 'SHOW VIEW' TRIGGER EVENT EXECUTE; do
    case $held in *', ALL PRIVILEGES,'* | *", $needed,"*) ;; *) missing="$missing${missing:+, }$needed" ;; esac
  done
  [ -z "$missing" ] ||
    fail "$DB_USER lacks $missing on the whole of $DB_NAME, and what it does not see would be left out: GRANT $missing ON \`$DB_NAME\`.* TO the user"
}

# What restores have moved aside or noted.
aside="REGEXP '^restoring_[0-9]{14}\$|_replaced_[0-9]{14}\$'"

dump() {
  check_grants
  objects=$(sql --database="$DB_NAME" < "$here/totals.sql") || stop "the objects cannot be counted, $nothing"
  collation=$(sql -e 'SELECT @@collation_database' --database="$DB_NAME") || stop "the collation cannot be read, $nothing"
  outside=$(sql -e "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE IN ('MyISAM', 'Aria', 'MEMORY')" --database="$DB_NAME") ||
    stop "the tables cannot be listed, $nothing"
  [ -z "$outside" ] || echo "dump: not part of the one transaction, as only InnoDB knows them: $(echo "$outside" | tr '\n' ' ')" >&2
  sql -e "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME $aside" --database="$DB_NAME" > "$work/aside" ||
    stop "the tables cannot be listed, $nothing"
  last_line="-- Collation of the database: $collation"
  file=$1/dump
  set -- --no-tablespaces
  while IFS= read -r table; do
    set -- "$@" --ignore-table="$DB_NAME.$table"
  done < "$work/aside"
  [ $# = 1 ] || echo "dump: $(($# - 1)) tables that restores have moved aside are not in this backup: drop them when nobody misses them"
  dump_to "$file" "$@" -- "$DB_NAME" || stop "mariadb-dump failed, $nothing"
  sync
}

# gzip's checksum, every INSERT closed, the last line, and as many objects as the server has.
read_back() {
  unpacked "$1/dump" awk -f "$here/read-back.awk" > "$work/counted" ||
    fail "the dump does not read back, $nothing: $(grep '^line ' "$work/counted" || echo 'see the lines above'); the next run begins anew. If it fails too, see the disk of the node"
  found=$(sed -n 's/^objects //p' "$work/counted")
  [ "$objects" = "$found" ] ||
    fail "the server has $objects and the dump $found tables, sequences, views, triggers, routines, events, $nothing: run this again when no migration runs"
  sed '/^objects /d' "$work/counted" > "$work/tables"
  cut -f 1 "$work/tables" > "$work/counts"
  cut -f 2- "$work/tables" | json_lines | sed 's/$/:/' | paste -d ' ' - "$work/counts" > "$work/rows"
}

# --- restore: in place, as MariaDB can rename no database and an application user can make none. The tables that are there are
# renamed. What cannot be (triggers, foreign keys, views, routines, events) is first written into the table restoring_<time> beside
# them. If anything fails, or this is killed and its pod runs it again, all is put back.

definer='[`"][^`"]*[`"]@[`"][^`"]*[`"]'
# Where mariadb-dump names a definer, and no data can stand.
defines="^\(CREATE\|\/\*!50003 CREATE\*\/ \/\*!50017\|\/\*!50106 CREATE\*\/ \/\*!50117\|\/\*!50013\) DEFINER="

# The definers in a dump (stdin), but for the user itself.
other_definers() {
  sed -n "s/$defines\($definer\).*/\2/p" | tr '"' '`' | sort -u | grep -v -x -F -e "$current" | paste -s -d ' ' -
}

look() {
  unpacked "$backup/dump" sed -n "/$defines/p; \$p" > "$work/lines" ||
    fail "the dump is damaged, $as_it_was: $(complaint). Choose an earlier backup with BACKUP"
  collation=$(sed -n '$s/^-- Collation of the database: //p' "$work/lines")
  [ "$collation" ] || fail "the dump is cut off, $as_it_was: its last line is missing. Choose an earlier backup with BACKUP"
  current=$(sql -e "SELECT CONCAT('\`', REPLACE(CURRENT_USER(), '@', '\`@\`'), '\`')") || stop "the user cannot be asked for, $as_it_was"
  sql -e 'SHOW GRANTS' > "$work/grants" || stop "the grants cannot be read, $as_it_was"
  others=$(other_definers < "$work/lines")
  definers=keep
  names_others=
  ! grep -q -E '^GRANT .*(ALL PRIVILEGES|SUPER|SET USER).* ON \*\.\* TO' "$work/grants" || names_others=yes
  if [ "$others" ] && [ -z "$names_others" ]; then
    [ "${DEFINERS-}" = self ] || fail "$others are definers in the dump, and $DB_USER may not name others, $as_it_was: set DEFINERS=self to make $DB_USER the definer of all, or GRANT SET USER ON *.* to it"
    definers=self
  fi
  if [ "$target" != "$DB_NAME" ]; then
    identifier=$(printf %s "$target" | sed 's/`/``/g')
    sql -e "CREATE DATABASE IF NOT EXISTS \`$identifier\`" ||
      stop "the database $target cannot be made (let root in the server's pod make it, and GRANT ALL ON \`$identifier\`.* to $DB_USER)"
  fi
  lock
  put_back_unfinished
  in_target "$here/objects.sql" > "$work/objects.list" || stop "database $target cannot be looked into, $as_it_was"
  there=$(($(wc -l < "$work/objects.list")))
}

# Another restore at work would look like an unfinished one. An idle session holds the lock: when this dies, so does it.
lock() {
  mkfifo "$work/lock"
  client mariadb --batch --unbuffered --skip-column-names --database="$target" \
    < "$work/lock" > "$work/locked" 2> "$work/lock.log" &
  server=$!
  exec 3> "$work/lock"
  echo "SET wait_timeout = 2592000; SELECT GET_LOCK(CONCAT('restore.', MD5(DATABASE())), 0);" >&3
  eventually 150 test -s "$work/locked" || true
  [ "$(cat "$work/locked")" = 1 ] || fail "another restore of $target is at work, $as_it_was: wait for its end"
}

put_back_unfinished() {
  unfinished=$(sql -e "SELECT RIGHT(TABLE_NAME, 14) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME REGEXP '^restoring_[0-9]{14}\$'" --database="$target") ||
    stop "database $target cannot be looked into, $as_it_was"
  for time in $unfinished; do
    # Somebody may have gone on with what is there since. Only an attempt of this very pod is known to be nobody's data.
    if [ "$(cat "$scratch/restoring" 2> /dev/null)" != "$time" ] && [ "${PUT_BACK-}" != "$time" ]; then
      fail "a restore into $target that began at $time did not finish, and nothing was changed: set PUT_BACK=$time to drop what it made, put back what was there, and go on, or drop the table restoring_$time to keep all as it is"
    fi
    echo "restore: a restore that began at $time did not finish; putting back what it moved aside" >&2
    put_back "$time" || stop "what a restore moved aside at $time cannot be put back"
  done
}

# Puts back what was moved aside at the time $1.
put_back() {
  sql -e "SELECT had_tables FROM restoring_$1" --database="$target" > "$work/had" || return
  if [ -s "$work/had" ]; then
    moved=$(sql -e "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\\_replaced\\_$1'" --database="$target") || return
    if [ "$moved" != 0 ] || [ "$(cat "$work/had")" = 0 ]; then drop_objects || return; fi
    rename_tables back.sql "$1" || return
    sql -e "SELECT definitions FROM restoring_$1" --database="$target" > "$work/definitions" || return
    sql --binary-mode --database="$target" < "$work/definitions" || return
  fi
  sql -e "DROP TABLE restoring_$1" --database="$target"
}

# Only Oracle's mode knows packages.
drop_objects() {
  in_target "$here/objects.sql" > "$work/objects.list" || return
  {
    echo "SET lock_wait_timeout = 60, foreign_key_checks = 0, sql_mode = 'ORACLE';"
    sed 's/^/DROP /' "$work/objects.list"
  } > "$work/drop"
  sql --database="$target" < "$work/drop"
}

# One statement for all tables, as it is done whole or not at all. $1 makes it.
rename_tables() { in_target "$here/$1" "$2" > "$work/rename" && in_target "$work/rename"; }

prepare() {
  into=$target
  time=$(date -u +%Y%m%d%H%M%S)
  half_done="what was there could not be put back yet: run this again, which begins with that"
  : > "$work/definitions"
  had=0
  [ "$there" = 0 ] || note_definitions
  {
    echo "CREATE TABLE restoring_$time (had_tables INT, definitions LONGTEXT CHARACTER SET utf8mb4) ENGINE = InnoDB;"
    printf "INSERT INTO restoring_%s VALUES (%s, CONVERT(x'" "$time" "$had"
    od -An -v -tx1 "$work/definitions" | tr -d ' \n'
    echo "' USING utf8mb4));"
  } > "$work/note"
  echo "$time" > "$scratch/restoring"
  sql --database="$target" < "$work/note" || stop "how to put back what is there cannot be noted, $as_it_was"
  noted=yes
  [ "$there" = 0 ] || move_aside
  # Not part of the dump of one database. It is the default of new tables.
  sql -e "ALTER DATABASE COLLATE $collation" --database="$target" || stop "the collation cannot be set, $as_it_was"
}

# Writes the SQL that puts back what no rename does.
note_definitions() {
  taken=$(in_target "$here/unmovable.sql" "$time") || stop "database $target cannot be looked into, $as_it_was"
  [ -z "$taken" ] || fail "these names are taken or too long to be moved aside, $as_it_was: $(echo "$taken" | tr '\n' ' '): set TARGET_DATABASE to restore beside them"
  try client mariadb-dump --no-data --routines --triggers --events --add-drop-trigger --no-tablespaces -- "$target" > "$work/structure" || stop "how to put back what is there cannot be noted, $as_it_was"
  others=$(other_definers < "$work/structure")
  if [ "$others" ] && [ -z "$names_others" ]; then
    fail "$others are definers in $target, and $DB_USER could not put that back, $as_it_was: set TARGET_DATABASE, or GRANT SET USER ON *.* to the user"
  fi
  awk -f "$here/definitions.awk" "$work/structure" > "$work/definitions"
  had=$(grep -c '^CREATE TABLE `\|^CREATE SEQUENCE `' "$work/structure" || true)
}

move_aside() {
  echo "restore: moving $there tables, views, routines and the like of $target aside, as ..._replaced_$time"
  rename_tables aside.sql "$time" || stop "the tables cannot be moved aside, $as_it_was"
  { in_target "$here/keys.sql" "$time" > "$work/keys" && sql --database="$target" < "$work/keys"; } ||
    stop "the foreign keys cannot be taken off the tables that were moved aside, $as_it_was"
  drop_objects || stop "the old views, triggers, routines and events cannot be dropped, $as_it_was"
}

undo() { [ -z "${noted:-}" ] || put_back "$time"; }

load() {
  self=
  [ "${definers:-keep}" = keep ] || self="/$defines/s/ DEFINER=$definer/ DEFINER=CURRENT_USER/"
  unpacked "$backup/dump" fill "$1" || return
  [ "$step" != drill ] || make_definers "$1"
}

fill() { sed -e 's/^ALTER DATABASE `[^`]*` /ALTER DATABASE /' -e "$self" | sql --binary-mode --database="$1"; }

# Those that a restore moved aside are none of its rows.
count() { sql --database="$1" < "$here/count.sql" > "$work/count.sql" && sql --database="$1" < "$work/count.sql"; }

swap() {
  if [ "$there" = 0 ]; then
    sql -e "DROP TABLE restoring_$time" --database="$target" || stop "the restore is done, but for one table (DROP TABLE restoring_$time in $target)"
  else
    sql -e "RENAME TABLE restoring_$time TO definitions_replaced_$time" --database="$target" ||
      stop "the restore is done, but for one rename (RENAME TABLE restoring_$time TO definitions_replaced_$time in $target)"
    echo "restore: what was there is kept in $target: the tables as ..._replaced_$time, the rest as SQL in definitions_replaced_$time. Drop them when nobody misses them."
  fi
}

# --- drill

serve() {
  mkdir "$home/tmp"
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

make() {
  into=$(fact database)
  sql -e "CREATE DATABASE \`$(printf %s "$into" | sed 's/`/``/g')\`"
}

# Views, triggers and routines work only if their definers, users of the real server, exist.
make_definers() { sql --database="$1" < "$here/definers.sql" > "$work/definers" && sql < "$work/definers"; }

ask() { sql --database="$into" < "$1" > "$work/table" && cut -f 1 "$work/table"; }
