# The administrator's login, over the socket. A user's configuration is left aside, as it may hold another login.
. "${0%/*}/lib.sh"
. "$here/client.sh"
. "$here/volume.sh"
password_of MARIADB_ROOT_PASSWORD
[ "$password" ] || password_of MYSQL_ROOT_PASSWORD
printf '[client]\nprotocol=socket\nuser=root\npassword="%s"\n' "$(option "$password")" > "$login_file"
