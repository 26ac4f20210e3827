# From a dump without rows, what a rename does not bring back: foreign keys by ALTER TABLE, views, triggers, routines and events.
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
{ print }
