# Makes the user of the exporter, METRICS_USER, with the password in METRICS_PASSWORD_FILE. The container `metrics-user` runs it beside the server,
# again and again: a user that is there stays as it is.
# The server and the file of its users get a hash; the password is on no command line and in no log.
set -eu

REDISCLI_AUTH=$(cat "$VALKEY_PASSWORD_FILE")
VALKEYCLI_AUTH=$REDISCLI_AUTH
export REDISCLI_AUTH VALKEYCLI_AUTH
cli() { valkey-cli -e --user default "$@"; }
password=$(tr -d '\r\n' < "$METRICS_PASSWORD_FILE")
[ "$password" ] || {
  echo "metrics-user: the Secret holds an empty password for '$METRICS_USER': write one into it" >&2
  exit 1
}
users=$(cli ACL USERS)
printf '%s\n' "$users" | grep -q -x -F -e "$METRICS_USER" && exit 0
sum=$(printf %s "$password" | sha256sum)
# No key, no channel: numbers about the server and how long its commands take, but not the commands themselves.
cli ACL SETUSER "$METRICS_USER" reset on "#${sum%% *}" +ping +info '+client|setname' '+latency|latest' '+latency|histogram' '+slowlog|len' > /dev/null
cli ACL SAVE > /dev/null || {
  echo "metrics-user: '$METRICS_USER' is there until the server starts again, as the file of its users cannot be written: see the line above" >&2
  exit 1
}
echo "metrics-user: made the user '$METRICS_USER'"
