# MariaDB's restore, for engine.sh: in place, as MariaDB can rename no database and an application user can make none. The tables that are there are
# renamed. What cannot be (triggers, foreign keys, views, routines, events) is first written into the table restoring_<time> beside
# them. If anything fails, or this is killed and its pod runs it again, all is put back.

definer='[`"][^`"]*[`"]@[`"][^`"]*[`"]'
# Where mariadb-dump names a definer, and no data can stand.
defines="^\(CREATE\|\/\*!50003 CREATE\*\/ \/\*!50017\|\/\*!50106 CREATE\*\/ \/\*!50117\|\/\*!50013\) DEFINER="

# The definers in a dump (stdin), but for the user itself.
other_definers() {
  sed -n "s/$defines\($definer\).*/\2/p" | tr '"' '`' | sort -u | grep -v -x -F -e "$current" | paste -s -d ' ' -
}

now=$(date -u +%Y%m%d%H%M%S)
# The databases whose way back is noted, by the time, and those that were made.
noted=$work/noted
: > "$noted"
: > "$work/new"
half_done="what was there could not be put back yet: run this again, which begins with that"

look() {
  last_line "$work/lines" || fail "the dump is damaged, $as_it_was: $(complaint). Choose an earlier backup with BACKUP"
  [ "$collation" ] || fail "the dump is cut off, $as_it_was: its last line is missing. Choose an earlier backup with BACKUP"
  echo "$collation" > "$work/collation.$file"
  [ -e "$work/lock" ] || begin
  others=$(other_definers < "$work/lines")
  if [ "$others" ] && [ -z "$names_others" ]; then
    [ "${DEFINERS-}" = self ] || fail "$others are definers in the dump, and $DB_USER may not name others, $as_it_was: set DEFINERS=self to make $DB_USER the definer of all, or GRANT SET USER ON *.* to it"
    self="/$defines/s/ DEFINER=$definer/ DEFINER=CURRENT_USER/"
  fi
  there=none
  ! exists || {
    in_target "$here/objects.sql" > "$work/objects.list" || stop "database $target cannot be looked into, $as_it_was"
    there=$(($(wc -l < "$work/objects.list")))
  }
  echo "$there" > "$work/there.$file"
}

# Reads the dump $file: its definers into file $1, its last line into $collation, and which lines its head and its views are into $work/views.$file.
last_line() {
  unpacked "$backup/$file" sed -n "/$defines/p; \$p" > "$1" || return
  collation=$(sed -n '$s/^-- Collation of the database: \([^;]*\).*/\1/p' "$1")
  sed -n '$s/.*; head and views are the lines \([0-9,]*\) \([0-9,]*\)$/\1 \2/p' "$1" > "$work/views.$file"
}

# Once, before the first database is looked into.
begin() {
  current=$(sql -e "SELECT CONCAT('\`', REPLACE(CURRENT_USER(), '@', '\`@\`'), '\`')") || stop "the user cannot be asked for, $as_it_was"
  read_grants "$as_it_was"
  names_others=
  ! grep -q -E '^GRANT .*(ALL PRIVILEGES|SUPER|SET USER).* ON \*\.\* TO' "$work/grants" || names_others=yes
  lock
  # In a shell of its own, as it goes through all databases.
  (
    each_database "$work/plan" find_unfinished
    [ ! -s "$work/unfinished" ] || put_back "$work/unfinished" || stop 'what a restore moved aside cannot be put back'
  ) || exit
}

# The database, as a string of SQL.
literal() { printf "'%s'" "$(printf %s "$1" | sed "s/['\\\\]/\\\\&/g")"; }

exists() {
  found=$(sql -e "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = $(literal "$target")") ||
    stop "$DB_HOST cannot be asked for its databases, $as_it_was"
  [ "$found" != 0 ]
}

# Another restore at work would look like an unfinished one. An idle session holds the lock: when this dies, so does it.
lock() {
  mkfifo "$work/lock"
  client mariadb --batch --unbuffered --skip-column-names < "$work/lock" > "$work/locked" 2> "$work/lock.log" &
  server=$!
  exec 3> "$work/lock"
  echo "SET wait_timeout = 2592000; SELECT GET_LOCK('restore', 0);" >&3
  eventually 150 test -s "$work/locked" || true
  [ "$(cat "$work/locked")" = 1 ] || fail "another restore into $DB_HOST is at work, $as_it_was: wait for its end"
}

find_unfinished() {
  exists || return 0
  times=$(sql -e "SELECT RIGHT(TABLE_NAME, 14) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME REGEXP '^restoring_[0-9]{14}\$'" --database="$target") ||
    stop "database $target cannot be looked into, $as_it_was"
  for time in $times; do
    # Somebody may have gone on with what is there since. Only an attempt of this very pod is known to be nobody's data.
    if [ -z "${hook-}" ] && [ "$(cat "$scratch/restoring" 2> /dev/null)" != "$time" ] && [ "${PUT_BACK-}" != "$time" ]; then
      fail "a restore into $target that began at $time did not finish, and nothing was changed: set PUT_BACK=$time to drop what it made, put back what was there, and go on, or drop the table restoring_$time to keep all as it is"
    fi
    say "a restore that began at $time did not finish; putting back what it moved aside" >&2
    printf '%s\t%s\n' "$time" "$named" >> "$work/unfinished"
  done
}

# put_back LIST: lines `TIME TAB DATABASE`. Foreign keys and views may be of other databases, and need the tables of all.
put_back() { each_database "$1" put_back_tables && each_database "$1" put_back_text '>= 0' && each_database "$1" put_back_views; }

# note ROW: of the note one of its texts. Before this was made for several databases, there was the first alone.
note() { sql -e "SELECT $1 FROM restoring_$file WHERE had_tables $2" --database="$target"; }

put_back_tables() {
  note had_tables '>= 0' > "$work/had" || return
  [ -s "$work/had" ] || return 0
  moved=$(sql -e "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\\_replaced\\_$file'" --database="$target") || return
  if [ "$moved" != 0 ] || [ "$(cat "$work/had")" = 0 ]; then drop_objects || return; fi
  rename_tables back.sql "$file"
}

put_back_views() {
  # The views, and the users that were made.
  put_back_text '= -1' && put_back_text '= -2' && sql -e "DROP TABLE restoring_$file" --database="$target"
}

put_back_text() { note definitions "$1" > "$work/text" && sql --binary-mode --database="$target" < "$work/text"; }

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
  there=$(cat "$work/there.$file")
  if [ "$there" = none ]; then
    sql -e "CREATE DATABASE $(quoted "$target")" ||
      stop "the database $target cannot be made (let root in the server's pod make it, and GRANT ALL ON $(quoted "$target").* to $DB_USER)"
    printf '%s\t%s\n' "$file" "$named" >> "$work/new"
  fi
  {
    echo "CREATE TABLE restoring_$now (had_tables INT, definitions LONGTEXT CHARACTER SET utf8mb4) ENGINE = InnoDB;"
    printf 'INSERT INTO restoring_%s VALUES (%s, %s), (-1, %s);' "$now" "$(cat "$work/had.$file")" "$(text "$work/definitions.$file")" "$(text "$work/views_now.$file")"
  } > "$work/note"
  [ "${hook-}" ] || echo "$now" > "$scratch/restoring"
  sql --database="$target" < "$work/note" || stop "how to put back what is there cannot be noted, $as_it_was"
  printf '%s\t%s\n' "$now" "$named" >> "$noted"
  [ "$there" = none ] || [ "$there" = 0 ] || move_aside
  # Not part of the dump of one database. It is the default of new tables.
  sql -e "ALTER DATABASE COLLATE $(cat "$work/collation.$file")" --database="$target" || stop "the collation cannot be set, $as_it_was"
}

# A file as SQL that yields its text.
text() { printf "CONVERT(x'%s' USING utf8mb4)" "$(od -An -v -tx1 "$1" | tr -d ' \n')"; }

# Writes the SQL that puts back what no rename does. Of all databases before one is changed: foreign keys and views may be of tables of others.
note_definitions() {
  for list in definitions views_now; do : > "$work/$list.$file"; done
  echo 0 > "$work/had.$file"
  case $(cat "$work/there.$file") in none | 0) return ;; esac
  taken=$(in_target "$here/unmovable.sql" "$now") || stop "database $target cannot be looked into, $as_it_was"
  [ -z "$taken" ] || fail "these names are taken or too long to be moved aside, $as_it_was: $(echo "$taken" | tr '\n' ' '): set TARGET_DATABASE to restore beside them"
  try client mariadb-dump --no-data --routines --triggers --events --add-drop-trigger --no-tablespaces -- "$target" > "$work/structure" || stop "how to put back what is there cannot be noted, $as_it_was"
  others=$(other_definers < "$work/structure")
  if [ "$others" ] && [ -z "$names_others" ]; then
    fail "$others are definers in $target, and $DB_USER could not put that back, $as_it_was: set TARGET_DATABASE, or GRANT SET USER ON *.* to the user"
  fi
  VIEWS="$work/views_now.$file" awk -f "$here/definitions.awk" "$work/structure" > "$work/definitions.$file"
  # A routine that is dropped takes the rights on it with it.
  if grep -q 'ALL PRIVILEGES ON \*\.\* .*WITH GRANT OPTION' "$work/grants"; then
    in_target "$here/routines.sql" > "$work/routines.$file" || stop "how to put back what is there cannot be noted, $as_it_was"
    cat "$work/routines.$file" >> "$work/definitions.$file"
  fi
  grep -c '^CREATE TABLE `\|^CREATE SEQUENCE `' "$work/structure" > "$work/had.$file" || true
}

move_aside() {
  say "moving $there tables, views, routines and the like of $target aside, as ..._replaced_$now"
  rename_tables aside.sql "$now" || stop "the tables cannot be moved aside, $as_it_was"
  { in_target "$here/keys.sql" "$now" > "$work/keys" && sql --database="$target" < "$work/keys"; } ||
    stop "the foreign keys cannot be taken off the tables that were moved aside, $as_it_was"
  drop_objects || stop "the old views, triggers, routines and events cannot be dropped, $as_it_was"
}

undo() { put_back "$noted" && each_database "$work/new" drop_new; }

drop_new() { sql -e "DROP DATABASE $(quoted "$target")"; }

self=

load() { unpacked "$backup/$file" fill; }

# The views are put beside, for load_rest.
fill() {
  read -r head views < "$work/views.$file" || views=
  sed -e 's/^ALTER DATABASE `\([^`]\|``\)*` /ALTER DATABASE /' -e "$self" \
    ${views:+-e "$head b rest" -e "$views b rest" -e b -e ': rest' -e "w $work/rest.$file" -e "${views}d"} | sql --binary-mode --database="$target"
}

load_rest() {
  make_users || return
  [ ! -e "$work/rest.$file" ] || sql --binary-mode --database="$target" < "$work/rest.$file" || return
  [ ! -e "$work/routines.$file" ] || client mariadb --force < "$work/routines.$file" > "$work/lines" 2>&1 || true
  [ "$step" != drill ] || make_definers
}

# Finds out which users are missing. They are made when the tables that they have rights on are there.
make_globals() {
  [ "$step" = drill ] || each_database "$work/todo" note_definitions
  for list in users unmake say; do : > "$work/$list"; done
  if [ ! -f "$backup/globals.sql" ] || [ "${DATABASE:-}${TARGET_DATABASE:-}" ]; then return; fi
  if [ "$step" != drill ] && ! may_read_users; then
    [ "$total" = 1 ] || give_up "$DB_USER may not see which users are missing, $as_it_was: GRANT SELECT ON mysql.* TO it, or set DATABASE to restore one database without users"
    say "users and grants are not restored, as $DB_USER may not read those that are here"
    return
  fi
  sql > "$work/here" << 'SQL' || return
SELECT CONCAT('`', REPLACE(User, '`', '``'), '`'), CONCAT('`', REPLACE(User, '`', '``'), '`', IF(is_role = 'Y', '', CONCAT('@`', REPLACE(Host, '`', '``'), '`')))
  FROM mysql.user;
SQL
  UNMAKE="$work/unmake" SAY="$work/say" awk -f "$here/accounts.awk" "$work/here" "$backup/globals.sql" > "$work/users" || return
  if [ "$step" = drill ] || [ ! -s "$work/users" ] || grep -q -E '^GRANT (.*, )?(CREATE USER|ALL PRIVILEGES)(, .*)? ON \*\.\* TO .* WITH GRANT OPTION' "$work/grants"; then return; fi
  [ "$total" = 1 ] || give_up "$DB_USER may not make the users that are missing, $as_it_was: GRANT ALL ON *.* TO it WITH GRANT OPTION, or set DATABASE to restore one database without users"
  say "users and grants are not restored, as $DB_USER may make none"
  for list in users unmake say; do : > "$work/$list"; done
}

# Once, beside the first database, whose note tells how to take them back.
make_users() {
  [ -s "$work/users" ] || return 0
  [ "$step" = drill ] || sql -e "INSERT INTO restoring_$now VALUES (-2, $(text "$work/unmake"))" --database="$target" || return
  client mariadb --force < "$work/users" > "$work/lines" 2>&1 || true
  : > "$work/users"
  # The server keeps grants of what was dropped; a drill has not all plugins.
  left='1054|1146|1305'
  [ "$step" != drill ] || left="$left|1133|1524"
  if grep '^ERROR' "$work/lines" | grep -v -E "^ERROR ($left) " > "$log"; then
    cat "$log" >&2
    return 1
  fi
  [ "$step" != drill ] || return 0
  sed -n 's/^ERROR/not granted, as there is no such table: &/p' "$work/lines" >> "$work/say"
}

# Those that a restore moved aside are none of its rows.
count() {
  sql --database="$target" < "$here/totals.sql" > "$work/objects" && sql --database="$target" < "$here/count.sql" > "$work/count.sql" &&
    sql --database="$target" < "$work/count.sql"
}

swap() {
  : > "$work/renames"
  each_database "$work/todo" note_names
  [ -s "$work/renames" ] || return 0
  echo "RENAME TABLE $(paste -s -d , "$work/renames")" > "$work/swap"
  sql < "$work/swap" || stop "the restore is done, but for one statement ($(cat "$work/swap"))"
  each_database "$work/todo" tidy
  while IFS= read -r line; do
    say "$line"
  done < "$work/say"
}

note_names() { printf '%s.restoring_%s TO %s.definitions_replaced_%s\n' "$(quoted "$target")" "$now" "$(quoted "$target")" "$now" >> "$work/renames"; }

tidy() {
  if grep -q '[1-9]' "$work/there.$file"; then
    # Who puts all back later may have given them passwords.
    sql -e "DELETE FROM definitions_replaced_$now WHERE had_tables = -2" --database="$target" || true
    say "what was there is kept in $target: the tables as ..._replaced_$now, the rest as SQL in definitions_replaced_$now. Drop them when nobody misses them."
  else
    sql -e "DROP TABLE definitions_replaced_$now" --database="$target" || stop "the restore is done, but for one table (DROP TABLE definitions_replaced_$now in $target)"
  fi
}
