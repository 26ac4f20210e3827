# Makes all databases and users of the last dump in folder $1, in a server that holds no data yet.
# Until all is there, users may only read: what an application made meanwhile would be dropped by a second run.
. "${0%/*}/volume-client.sh"
begin_load "$1" databases databases.sql.gz users.sql
mark=volume_backup_loading

refuse_data() {
  objects=$(sql -e "SELECT COUNT(*) FROM (SELECT TABLE_SCHEMA AS base FROM information_schema.TABLES
      UNION ALL SELECT ROUTINE_SCHEMA FROM information_schema.ROUTINES UNION ALL SELECT EVENT_SCHEMA FROM information_schema.EVENTS) AS objects
    WHERE base NOT IN ($system, '$mark')") || stop 'the server cannot be asked for its tables. Nothing was changed'
  [ "$objects" = 0 ] || {
    $1
    fail "the server holds data already, $objects tables or other objects. Nothing was changed: load into a new server"
  }
}

give_back() {
  was=$(sql -e "SELECT read_only FROM $mark.was") || stop "cannot read $mark.was"
  # In this order: a server that stays read-only is noticed, one that looks half loaded would be emptied by the next run.
  sql -e "SET lock_wait_timeout = 60; DROP DATABASE $mark; SET GLOBAL read_only = $was" ||
    stop "all is done, but one: DROP DATABASE IF EXISTS $mark; SET GLOBAL read_only = $was"
}

begun=$(sql -e "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '$mark' AND TABLE_NAME = 'begun'") ||
  stop 'the server cannot be asked for its tables. Nothing was changed'
[ "$begun" = 1 ] || refuse_data :
sql -e "SET lock_wait_timeout = 60; CREATE DATABASE IF NOT EXISTS $mark;
  CREATE TABLE IF NOT EXISTS $mark.was ENGINE = InnoDB SELECT @@GLOBAL.read_only AS read_only;
  SET GLOBAL read_only = 1" || stop 'the server cannot be made read-only. No data was changed'
if [ "$begun" = 0 ]; then
  refuse_data give_back
  sql -e "CREATE TABLE $mark.begun (i INT) ENGINE = InnoDB" || stop 'cannot note that this has begun. No data was changed'
fi

again='the server is half loaded, and read-only for users: run this again when it is mended, it begins anew'
unpacked databases.sql.gz sql --binary-mode --init-command='SET lock_wait_timeout = 60' || stop "the databases were not loaded, $again"
# A user that is here keeps its password: a GRANT may hold another.
quoted="\`([^\`]|\`\`)*\`"
secret="('([^'\\\\]|\\\\.|'')*')"
sed -E "s/^(GRANT .* TO $quoted@$quoted) IDENTIFIED (BY PASSWORD $secret|VIA [A-Za-z0-9_]+( USING $secret)?( OR [A-Za-z0-9_]+( USING $secret)?)*)/\1/" \
  users.sql > "$work/users.sql"
sql --binary-mode < "$work/users.sql" || stop "the users were not made, $again"
give_back
end_load
