# Dumps one database into $SCRATCH/backup and reads the dump back. Runs after client.sh.
# What is there under that name is whole: it is made under another one, and renamed last.
making=$scratch/backup.making
rm -rf "$scratch/backup" "$making"
mkdir -p "$making" || fail "cannot write to $scratch; mount a scratch volume there"
export LC_ALL=C
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
begin=$(date +%s)

version=$(sql -e 'SELECT VERSION()' -- "$DB_NAME") || failed "cannot log in to $DB_HOST:$DB_PORT"

# What a user may not see is left out without a word: triggers, routines, and whole tables.
sql -e 'SHOW GRANTS' > "$work/grants" || failed 'cannot read the grants'
missing=$(DATABASE=$DB_NAME awk '
  # Whether a database is meant by the pattern of a grant, in which \_ is a plain underscore.
  function meant(pattern, c, i, regex) {
    gsub(/``/, "`", pattern)
    for (i = 1; i <= length(pattern); i++) {
      c = substr(pattern, i, 1)
      if (c == "%") c = ".*"
      else if (c == "_") c = "."
      else {
        if (c == "\\") c = substr(pattern, ++i, 1)
        if (c !~ /[A-Za-z0-9_]/ && c < "\177") c = "\\" c
      }
      regex = regex c
    }
    return ENVIRON["DATABASE"] ~ "^" regex "$"
  }
  / ON / {
    scope = $0; sub(/^.* ON /, "", scope); sub(/ TO .*/, "", scope)
    if (scope != "*.*" && (scope !~ /^`.*`\.\*$/ || !meant(substr(scope, 2, length(scope) - 4)))) next
    privileges = $0; sub(/^GRANT /, "", privileges); sub(/ ON .*/, "", privileges)
    held = held ", " privileges ","
  }
  END {
    count = split("SELECT,SHOW VIEW,TRIGGER,EVENT,EXECUTE", needed, ",")
    for (i = 1; i <= count; i++)
      if (index(held, " ALL PRIVILEGES,") == 0 && index(held, " " needed[i] ",") == 0) list = list ", " needed[i]
    print substr(list, 3)
  }' "$work/grants")
[ -z "$missing" ] || fail "$DB_USER lacks $missing on the whole of $DB_NAME, and what it does not see would be left out; GRANT $missing ON \`$DB_NAME\`.* TO the user"

count_objects() {
  sql -e "SELECT CONCAT_WS(' ',
    (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('SEQUENCE', 'VIEW', 'SYSTEM VIEW')),
    (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'),
    (SELECT COUNT(*) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()),
    (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()),
    (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()),
    (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()))" -- "$DB_NAME"
}
there=$(count_objects) || failed 'cannot count what there is'
collation=$(sql -e 'SELECT @@collation_database' -- "$DB_NAME") || failed 'cannot read the collation'
outside=$(sql -e "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND ENGINE IN ('MyISAM', 'Aria', 'MEMORY')" -- "$DB_NAME") ||
  failed 'cannot list the tables'
[ -z "$outside" ] || echo "$0: not part of the one transaction, as only InnoDB knows them: $(echo "$outside" | tr '\n' ' ')" >&2

# Rows that a system-versioned table no longer shows are data as well.
history=--dump-history
mariadb-dump --help | grep -q -e "$history" || history=

# POSIX sh knows the status of a pipe's last program only, so that of the first is a file.
: > "$work/errors"
{
  nice -n 19 mariadb-dump --defaults-file="$work/client.cnf" --single-transaction --quick --routines --triggers --events \
    --no-tablespaces ${history:+"$history"} -- "$DB_NAME" && echo "-- Collation of the database: $collation" && : > "$work/dumped"
} 2>>"$work/errors" | nice -n 19 gzip -1 > "$making/dump" 2>>"$work/errors" || failed 'cannot write the dump'
[ -e "$work/dumped" ] || failed 'mariadb-dump failed'
sync

# The whole dump is read back: gzip's checksum, every INSERT closed, the last line, and as many objects as the server has.
{
  gzip -dc "$making/dump" && : > "$work/read"
} 2>>"$work/errors" | awk '
  function broken(what) { print "line " NR ": " what; failing = 1; exit 1 }
  function json(text, c, i, out) {
    gsub(/``/, "`", text)
    for (i = 1; i <= length(text); i++) {
      c = substr(text, i, 1)
      out = out (c == "\"" || c == "\\" ? "\\" c : c == "\t" ? "\\t" : c)
    }
    return "\"" out "\""
  }
  # Bodies of triggers, events and routines may say anything.
  code {
    if ($0 == "DELIMITER ;") code = 0
    else if (!counted) {
      counted = 1
      if (/^\/\*!50003 CREATE\*\/ /) triggers++
      else if (/^\/\*!50106 CREATE\*\/ /) events++
      else if (/^CREATE /) routines++
      else counted = 0
    }
    next
  }
  # Line ends in a value are escaped, so that a row is a line.
  rows {
    ending = substr($0, length($0) - 1)
    if (substr($0, 1, 1) != "(" || (ending != ")," && ending != ");")) broken("a row is cut off")
    count[table]++
    rows = ending == "),"
    next
  }
  /^INSERT INTO `/ {
    if (index($0, "INSERT INTO `" table "` ") != 1) broken("rows of another table than " table)
    if (/ VALUES$/) { rows = 1; next }
    # Older releases write all rows into one line, and with column names the first one.
    ending = substr($0, length($0) - 1)
    if (ending != ")," && ending != ");") broken("a row is cut off")
    rows = ending == "),"
    gsub(/\\./, ""); gsub(/\047[^\047]*\047/, "")
    count[table] += gsub(/\),\(/, "") + 1
    next
  }
  /^DELIMITER ;;$/ { code = 1; counted = 0; next }
  /^CREATE TABLE `/ {
    table = $0; sub(/^CREATE TABLE `/, "", table)
    if (!sub(/` \($/, "", table)) broken("a table without a name")
    names[++tables] = table; count[table] = 0
  }
  /^CREATE SEQUENCE `/ { sequences++ }
  /^\/\*!50001 VIEW `/ { views++ }
  { before = last; last = $0 }
  END {
    if (!failing && rows + code) broken("the dump is cut off")
    if (!failing && (before !~ /^-- Dump completed/ || last !~ /^-- Collation/)) broken("the last line is missing")
    if (failing) exit 1
    for (i = 1; i <= tables; i++) print json(names[i]) ": " count[names[i]] (i < tables ? "," : "")
    print tables + 0, sequences + 0, views + 0, triggers + 0, routines + 0, events + 0
  }' > "$work/rows" || fail "the dump is not whole, $(tail -n 1 "$work/rows"); no backup was made; run this again"
[ -e "$work/read" ] || failed 'the dump cannot be read back'
dumped=$(tail -n 1 "$work/rows")
[ "$there" = "$dumped" ] || fail "the server has $there and the dump $dumped tables, sequences, views, triggers, routines, events; no backup was made; run this again when no migration runs"

json() {
  printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}
sum=$(sha256sum < "$making/dump")
{
  printf '{\n  "format": 1,\n  "engine": "mariadb",\n  "serverVersion": "%s",\n' "$(json "$version")"
  printf '  "host": "%s",\n  "database": "%s",\n' "$(json "$DB_HOST")" "$(json "$DB_NAME")"
  printf '  "started": "%s",\n  "durationSeconds": %s,\n' "$started" "$(($(date +%s) - begin))"
  printf '  "files": {\n    "dump": { "size": %s, "sha256": "%s" }\n  },\n' "$(($(wc -c < "$making/dump")))" "${sum%% *}"
  printf '  "rows": {\n%s\n  }\n}\n' "$(sed '$d; s/^/    /' "$work/rows")"
} > "$making/facts.json" || fail "cannot write to $scratch; the scratch volume may be full; raise its size"
mv "$making" "$scratch/backup"
echo "$0: dumped $DB_NAME of MariaDB $version, $(($(wc -c < "$scratch/backup/dump"))) bytes, in $(($(date +%s) - begin)) s"
