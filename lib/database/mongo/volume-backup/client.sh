# The administrator's login, on this very member. Tried with fakes only, on no server.
# mongosh would leave a log a session in HOME, the data volume.
export HOME="$tmp"

# Runs JavaScript with `admin`, a connection, and gives the last line that it prints.
# shellcheck disable=SC2089
connection='
  const { MONGO_INITDB_ROOT_USERNAME: user, MONGO_INITDB_ROOT_PASSWORD: password } = process.env;
  const uri = "mongodb://127.0.0.1:27017/admin?directConnection=true&serverSelectionTimeoutMS=10000";
  const admin = user ? connect(uri, user, password) : connect(uri);'
ask() {
  mongosh --quiet --norc --nodb --eval "$connection $1" > "$work/answer" 2>"$log" || return
  tail -n 1 "$work/answer"
}

# Runs one of the tools; a password on a command line is seen by the whole node.
tool() {
  program=$1
  shift
  set -- --host=127.0.0.1:27017 "$@"
  if [ "${MONGO_INITDB_ROOT_USERNAME-}" ]; then
    printf 'password: "%s"\n' "$(printf %s "$MONGO_INITDB_ROOT_PASSWORD" | sed 's/[\\"]/\\&/g')" > "$work/login.yaml"
    set -- --config="$work/login.yaml" --username="$MONGO_INITDB_ROOT_USERNAME" --authenticationDatabase=admin "$@"
  fi
  try "$program" "$@"
}
