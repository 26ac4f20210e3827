# Reads a dump of mariadb-dump to its end: a line `ROWS TAB TABLE` for each table, and after `objects` the lines of totals.sql.
# The client cannot be asked: only the text itself shows that it is whole.
function broken(what) { print "line " NR ": " what; failing = 1; exit 1 }

# Bodies of triggers, events and routines may say anything.
code {
  if ($0 == "DELIMITER ;") code = 0
  else if (!counted && /^\/\*!50003 CREATE\*\/ /) counted = ++triggers
  else if (!counted && /^\/\*!50106 CREATE\*\/ /) counted = ++events
  else if (!counted && /^CREATE /) counted = ++routines
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
  for (i = 1; i <= tables; i++) { name = names[i]; gsub(/``/, "`", name); print count[names[i]] "\t" name }
  split("tables sequences views triggers routines events", kinds, " ")
  split(tables + 0 " " sequences + 0 " " views + 0 " " triggers + 0 " " routines + 0 " " events + 0, totals, " ")
  for (i = 1; i <= 6; i++) print "objects \"" kinds[i] "\": " totals[i]
}
