# The administrator's login, over the socket, for volume.sh. A user's configuration is left aside, as it may hold another login.
DB_NAME=mysql
DB_USER=root

login() {
  password_of MARIADB_ROOT_PASSWORD
  [ "$password" ] || password_of MYSQL_ROOT_PASSWORD
  printf '[client]\nprotocol=socket\nuser=root\npassword="%s"\n' "$(option "$password")" > "$login_file"
  [ "$step" != volume-load ] || only_read
}

# Until all is loaded, users may only read: what an application writes meanwhile would be lost with a run that fails. A run that was killed
# has left it so.
only_read() {
  was=$(sql -e "SELECT IF(GLOBAL_VALUE_ORIGIN = 'SQL', 0, GLOBAL_VALUE = 'ON') FROM information_schema.SYSTEM_VARIABLES
    WHERE VARIABLE_NAME = 'READ_ONLY'") || stop 'the server cannot be asked whether it may be written to. Nothing was changed'
  sql -e "SET lock_wait_timeout = 60; SET GLOBAL read_only = 1" || stop 'the server cannot be made read-only. Nothing was changed'
  at_last() { give_back; }
}

# Where something is half loaded still, nobody may write to it.
give_back() {
  half=$(sql -e "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_NAME REGEXP '^restoring_[0-9]{14}\$'") || half=1
  if [ "$half" = 0 ] && sql -e "SET GLOBAL read_only = $was"; then return; fi
  say "users may only read until this is run again, or: SET GLOBAL read_only = $was" >&2
}
