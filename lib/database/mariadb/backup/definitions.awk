# From a dump without rows, what a rename does not bring back: foreign keys by ALTER TABLE, triggers, routines, events, and for each view a
# table in its place; the views themselves, which may read those of other databases, go to the file VIEWS.
function say(text) { if (views) print text > ENVIRON["VIEWS"]; else print text }
BEGIN { print "SET foreign_key_checks = 0;" }
!headed { print > ENVIRON["VIEWS"]; headed = $0 == "--" && before == ""; before = $0 }
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
!code && /^-- Final view structure/ { views = 1 }
{ say($0) }
