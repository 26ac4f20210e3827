# Of the accounts of a dump, the statements that make those that are missing. The first file lists who is here: NAME TAB ACCOUNT. What takes back
# all that is made goes to the file UNMAKE, what there is to say about it to the file SAY.
BEGIN { FS = "\t"; keep["`root`"] = keep["`mariadb.sys`"] = keep["`healthcheck`"] = keep["`PUBLIC`"] = 1 }
FILENAME == ARGV[1] { here[$1] = here[$2] = 1; next }
/^-- (account|grants)\t/ { part = $1; account = $3; is_new = !($2 in here) && !($2 in keep); is_kept = $2 in keep; next }
part == "-- account" {
  if (!is_new) next
  kind = /^CREATE ROLE / ? "ROLE" : "USER"
  if (kind == "ROLE") made[account] = 1
  print "DROP " kind " IF EXISTS " account ";" > ENVIRON["UNMAKE"]
  if (/ USING 'invalid'/) print "made user " account " without a password; give it one: ALTER USER " account " IDENTIFIED BY ..." > ENVIRON["SAY"]
  else print "made " tolower(kind) " " account > ENVIRON["SAY"]
  print
  next
}
# Those of a role include what it gets by others.
is_new { if (index($0, " TO " account) || /^(GRANT PROXY|SET DEFAULT ROLE) /) print; next }
# A user that is here keeps its password and what it must have to log in, and gets what it was granted besides.
!is_kept && account in here && /^GRANT / && !/^GRANT (USAGE|PROXY) / {
  if (/ ON \*\.\* TO /) sub(/ (IDENTIFIED|REQUIRE) .*/, "")
  sub(/;?$/, ";")
  if (index($0, " TO " account)) print
}
