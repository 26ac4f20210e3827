# Restores $SCRATCH/backup into DB_NAME, or TARGET_DATABASE. Runs after client.sh.
# A database that is not empty is left alone, unless REPLACE=true: then its tables are moved aside by a rename, in the same
# database, as an application user may do no more. What cannot be moved (triggers, foreign keys, views, routines, events) is
# first written into a table beside them. If anything fails, or this is killed and its pod runs it again, all is put back.
export LC_ALL=C
target=${TARGET_DATABASE:-$DB_NAME}
dump=$scratch/backup/dump
manifest=$scratch/backup/facts.json # fetched: the manifest itself
if ! [ -s "$dump" ] || ! [ -s "$manifest" ]; then
  fail "no backup in $scratch/backup; the init container that fetches it must run first"
fi
value() { sed -n "s/^ *\"$1\": *\"\\(.*\\)\",\\{0,1\\}\$/\\1/p" "$manifest" | head -n 1; }
[ "$(value engine)" = mariadb ] || fail "the backup is of '$(value engine)', not of mariadb; choose another with BACKUP"

# Before anything is touched: the whole file, and who shall own its views, triggers, routines and events.
: > "$work/errors"
{
  gzip -dc "$dump" && : > "$work/read"
} 2>>"$work/errors" | awk '
  /^(CREATE|\/\*!50003 CREATE\*\/ \/\*!50017|\/\*!50106 CREATE\*\/ \/\*!50117|\/\*!50013) DEFINER=/ {
    definer = $0; sub(/^.* DEFINER=/, "", definer)
    match(definer, /^[`"][^`"]*[`"]@[`"][^`"]*[`"]/)
    definer = substr(definer, 1, RLENGTH); gsub(/"/, "`", definer)
    if (!seen[definer]++) print definer
  }
  { before = last; last = $0 }
  END { print (before ~ /^-- Dump completed/ ? last : "") }' > "$work/dump" || failed 'cannot read the dump'
[ -e "$work/read" ] || failed 'the dump is damaged'
collation=$(sed -n '$s/^-- Collation of the database: //p' "$work/dump")
[ "$collation" ] || fail 'the dump is cut off: its last line is missing; choose an earlier backup with BACKUP. Nothing was changed'

server=$(sql -e 'SELECT VERSION()') || failed "cannot log in to $DB_HOST:$DB_PORT"
of_dump=$(value serverVersion)
newest=$(printf '%s\n' "$of_dump" "$server" | cut -d . -f 1,2 | sort -V | tail -n 1)
case $server in
  "$newest".*) ;;
  *) fail "the server is MariaDB $server, older than $of_dump that the dump is of; restore into $newest or later. Nothing was changed" ;;
esac

current=$(sql -e "SELECT CONCAT('\`', REPLACE(CURRENT_USER(), '@', '\`@\`'), '\`')") || failed 'cannot ask who I am'
sql -e 'SHOW GRANTS' > "$work/grants" || failed 'cannot read the grants'
others=$(sed '$d' "$work/dump" | grep -v -x -F -e "$current" | paste -s -d ' ' - || true)
definers=keep
if [ "$others" ] && ! grep -q -E '^GRANT .*(ALL PRIVILEGES|SUPER|SET USER).* ON \*\.\* TO' "$work/grants"; then
  [ "${DEFINERS-}" = self ] || fail "$others are definers in the dump, and $DB_USER may not name others; set DEFINERS=self to make $DB_USER the definer of all, or GRANT SET USER ON *.* to it. Nothing was changed"
  definers=self
fi

if [ "$target" != "$DB_NAME" ]; then
  name=$(printf '%s' "$target" | sed 's/`/``/g')
  sql -e "CREATE DATABASE IF NOT EXISTS \`$name\`" ||
    failed "cannot make the database $target; let root in the server's pod make it, and GRANT ALL ON \`$name\`.* to $DB_USER"
fi

# What is neither moved aside nor the note of how to put it back.
aside="REGEXP '^restoring_[0-9]{14}\$|_replaced_[0-9]{14}\$'"
objects() {
  sql -- "$target" <<SQL
SELECT CONCAT(IF(TABLE_TYPE IN ('VIEW', 'SEQUENCE'), TABLE_TYPE, 'TABLE'), ' IF EXISTS \`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\`;')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT $aside;
SELECT CONCAT('TRIGGER IF EXISTS \`', REPLACE(TRIGGER_NAME, '\`', '\`\`'), '\`;') FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();
SELECT CONCAT(ROUTINE_TYPE, ' IF EXISTS \`', REPLACE(ROUTINE_NAME, '\`', '\`\`'), '\`;') FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE();
SELECT CONCAT('EVENT IF EXISTS \`', REPLACE(EVENT_NAME, '\`', '\`\`'), '\`;') FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE();
SQL
}
# Only Oracle's mode knows packages.
drop_objects() {
  objects > "$work/objects" &&
    { echo "SET lock_wait_timeout = 60, foreign_key_checks = 0, sql_mode = 'ORACLE';"; sed 's/^/DROP /' "$work/objects"; } | sql -- "$target"
}
# One statement for all tables, as it is done whole or not at all.
rename_all() {
  sql -- "$target" > "$work/rename" <<SQL &&
SET group_concat_max_len = 1 << 30;
SELECT CONCAT('RENAME TABLE ', GROUP_CONCAT('\`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\` TO \`', REPLACE($1, '\`', '\`\`'), '\`'), ';')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'VIEW' AND $2 HAVING COUNT(*) > 0;
SQL
    { echo 'SET lock_wait_timeout = 60;'; cat "$work/rename"; } | sql -- "$target"
}

# Puts back what was moved aside at the time $1.
put_back() {
  sql -e "SELECT had_tables FROM restoring_$1" -- "$target" > "$work/had" || return
  [ -s "$work/had" ] || { sql -e "DROP TABLE restoring_$1" -- "$target"; return; }
  moved=$(sql -e "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\\_replaced\\_$1'" -- "$target") || return
  if [ "$moved" != 0 ] || [ "$(cat "$work/had")" = 0 ]; then
    drop_objects || return
  fi
  rename_all "LEFT(TABLE_NAME, CHAR_LENGTH(TABLE_NAME) - 24)" "TABLE_NAME LIKE '%\\_replaced\\_$1'" || return
  sql -e "SELECT definitions FROM restoring_$1" -- "$target" > "$work/definitions" || return
  sql --binary-mode -- "$target" < "$work/definitions" || return
  sql -e "DROP TABLE restoring_$1" -- "$target"
}

# Another restore at work would look like an unfinished one. An idle session holds the lock: when this dies, so does it.
mkfifo "$work/lock"
errors=$work/lock.errors sql -- "$target" < "$work/lock" > "$work/locked" &
exec 3> "$work/lock"
echo "SET wait_timeout = 2592000; SELECT GET_LOCK(CONCAT('restore.', MD5(DATABASE())), 0);" >&3
tries=0
until [ -s "$work/locked" ] || [ "$tries" -ge 300 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
[ "$(cat "$work/locked")" = 1 ] || fail "another restore of $target is at work; wait for its end. Nothing was changed"

unfinished=$(sql -e "SELECT RIGHT(TABLE_NAME, 14) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME REGEXP '^restoring_[0-9]{14}\$'" -- "$target") ||
  failed "cannot look into $target"
for time in $unfinished; do
  # Somebody may have gone on with what is there since. Only an attempt of this very pod is known to be nobody's data.
  if [ "$(cat "$scratch/restoring" 2>/dev/null)" != "$time" ] && [ "${PUT_BACK-}" != "$time" ]; then
    fail "a restore into $target that began at $time did not finish; set PUT_BACK=$time to drop what it made, put back what was there, and go on, or drop the table restoring_$time to keep all as it is. Nothing was changed"
  fi
  echo "$0: a restore that began at $time did not finish; putting back what it moved aside" >&2
  put_back "$time" || failed "cannot put back what a restore moved aside at $time"
done

objects > "$work/objects" || failed "cannot look into $target"
there=$(($(wc -l < "$work/objects")))
if [ "$there" != 0 ] && [ "${REPLACE-}" != true ]; then
  fail "$target holds $there tables, views, routines or the like; set REPLACE=true to move them aside, or TARGET_DATABASE to restore beside it. Nothing was changed"
fi

undo() {
  cp "$work/errors" "$work/cause"
  put_back "$time" || {
    cat "$work/errors" >&2
    cp "$work/cause" "$work/errors"
    failed "$1, and what was there could not be put back yet; run this again, which begins with that"
  }
  cp "$work/cause" "$work/errors"
  failed "$1; $target is as it was"
}

while
  time=$(date -u +%Y%m%d%H%M%S)
  taken=$(sql -e "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\\_$time'" -- "$target") || failed "cannot look into $target"
  [ "$taken" != 0 ]
do sleep 1; done
: > "$work/definitions"
echo 0 > "$work/had"
if [ "$there" != 0 ]; then
  long=$(sql -e "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT $aside AND TABLE_TYPE <> 'VIEW' AND CHAR_LENGTH(TABLE_NAME) > 40" -- "$target") || failed "cannot look into $target"
  [ -z "$long" ] || fail "these names are too long to be moved aside: $(echo "$long" | tr '\n' ' '); set TARGET_DATABASE to restore beside them. Nothing was changed"
  : > "$work/errors"
  mariadb-dump --defaults-file="$work/client.cnf" --no-data --routines --triggers --events --add-drop-trigger --no-tablespaces \
    -- "$target" > "$work/structure" 2>"$work/errors" || failed 'cannot note how to put back what is there; nothing was changed'
  definer=$(sed -n 's/^\(CREATE\|\/\*!50003 CREATE\*\/ \/\*!50017\|\/\*!50106 CREATE\*\/ \/\*!50117\|\/\*!50013\) DEFINER=\([`"][^`"]*[`"]@[`"][^`"]*[`"]\).*/\2/p' "$work/structure" |
    tr '"' '`' | grep -v -x -F -e "$current" | head -n 1 || true)
  if [ "$definer" ] && ! grep -q -E '^GRANT .*(ALL PRIVILEGES|SUPER|SET USER).* ON \*\.\* TO' "$work/grants"; then
    fail "$definer is a definer in $target, and $DB_USER could not put that back; set TARGET_DATABASE, or GRANT SET USER ON *.* to the user. Nothing was changed"
  fi
  awk '
    BEGIN { print "SET foreign_key_checks = 0;" }
    table {
      if (/^  CONSTRAINT `.*` FOREIGN KEY /) {
        sub(/,$/, "")
        name = $0; sub(/^  CONSTRAINT /, "", name); sub(/ FOREIGN KEY .*/, "", name)
        print "ALTER TABLE " table " DROP FOREIGN KEY IF EXISTS " name ";"
        print "ALTER TABLE " table " ADD" $0 ";"
      }
      if (/;$/) table = ""
      next
    }
    /^CREATE TABLE `/ && !code { table = $0; sub(/^CREATE TABLE /, "", table); sub(/ \($/, "", table); next }
    /^DELIMITER / { code = $2 == ";;" }
    !code && /^(DROP TABLE|DROP SEQUENCE|CREATE SEQUENCE|DO SETVAL)/ { next }
    { print }' "$work/structure" > "$work/definitions"
  grep -c '^CREATE TABLE `\|^CREATE SEQUENCE `' "$work/structure" > "$work/had" || true
fi
echo "$time" > "$scratch/restoring"
{
  echo "CREATE TABLE restoring_$time (had_tables INT, definitions LONGTEXT CHARACTER SET utf8mb4) ENGINE = InnoDB;"
  printf "INSERT INTO restoring_%s VALUES (%s, CONVERT(x'" "$time" "$(cat "$work/had")"
  od -An -v -tx1 "$work/definitions" | tr -d ' \n'
  echo "' USING utf8mb4));"
} | sql -- "$target" || failed "cannot note how to put back what is there"
if [ "$there" != 0 ]; then
  echo "$0: moving $there tables, views, routines and the like of $target aside, as ..._replaced_$time"
  rename_all "CONCAT(TABLE_NAME, '_replaced_$time')" "TABLE_NAME NOT $aside" || undo 'cannot move the tables aside'
  sql -- "$target" > "$work/keys" <<SQL || undo 'cannot list the foreign keys'
SELECT CONCAT('ALTER TABLE \`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\` DROP FOREIGN KEY \`', REPLACE(CONSTRAINT_NAME, '\`', '\`\`'), '\`;')
  FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%\\_replaced\\_$time';
SQL
  sql -- "$target" < "$work/keys" || undo 'cannot take the foreign keys off the tables that were moved aside'
  drop_objects || undo 'cannot drop the old views, triggers, routines and events'
fi

begin=$(date +%s)
# Not part of the dump of one database. It is the default of new tables.
sql -e "ALTER DATABASE COLLATE $collation" -- "$target" || undo 'cannot set the collation'
rm -f "$work/read"
: > "$work/gzip"
self=
[ "$definers" = keep ] || self='s/ DEFINER=[`"][^`"]*[`"]@[`"][^`"]*[`"]/ DEFINER=CURRENT_USER/'
{
  gzip -dc "$dump" 2>"$work/gzip" && : > "$work/read"
} | sed -e 's/^ALTER DATABASE `[^`]*` /ALTER DATABASE /' \
  -e "/^CREATE DEFINER=/{$self" -e '}' -e "/^\/\*!50003 CREATE\*\/ \/\*!50017 DEFINER=/{$self" -e '}' \
  -e "/^\/\*!50106 CREATE\*\/ \/\*!50117 DEFINER=/{$self" -e '}' -e "/^\/\*!50013 DEFINER=/{$self" -e '}' |
  sql --binary-mode -- "$target" || undo 'the restore failed'
[ -e "$work/read" ] || { cp "$work/gzip" "$work/errors"; undo 'the dump is damaged'; }

# Every row of the manifest must be there.
sql -- "$target" > "$work/counts" <<SQL || undo 'cannot list the tables'
SELECT CONCAT('SELECT CONCAT(', QUOTE(JSON_QUOTE(TABLE_NAME)), ', ": ", COUNT(*)) FROM \`', REPLACE(TABLE_NAME, '\`', '\`\`'), '\`',
    IF(TABLE_TYPE = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', ''), ';')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('SEQUENCE', 'VIEW')
  AND TABLE_NAME NOT REGEXP '^restoring_[0-9]{14}\$' AND TABLE_NAME NOT LIKE '%\\_replaced\\_$time';
SQL
sql -- "$target" < "$work/counts" > "$work/found" || undo 'cannot count the rows'
sed -n '/^ *"rows": {$/,/^ *}/p' "$manifest" | sed -e '1d;$d' -e 's/^ *//; s/,$//' | sort > "$work/expected"
sort -o "$work/found" "$work/found"
# Other tables may be there: those that an earlier restore moved aside.
differing=$(comm -23 "$work/expected" "$work/found" | paste -s -d ' ' -)
if [ "$differing" ]; then
  echo "not as the manifest says: $differing" > "$work/errors"
  undo 'the rows differ; stop what writes to the database meanwhile'
fi
if [ "$there" = 0 ]; then
  sql -e "DROP TABLE restoring_$time" -- "$target" || failed "the restore is done, but for one table; run DROP TABLE restoring_$time in $target"
else
  sql -e "RENAME TABLE restoring_$time TO definitions_replaced_$time" -- "$target" || failed "the restore is done, but for one rename; run RENAME TABLE restoring_$time TO definitions_replaced_$time in $target"
  echo "$0: what was there is kept in $target: the tables as ..._replaced_$time, the rest as SQL in definitions_replaced_$time. Drop them when nobody misses them."
fi
echo "$0: restored $(value name) into $target, $(($(wc -l < "$work/expected"))) tables with the rows of its manifest, in $(($(date +%s) - begin)) s"
