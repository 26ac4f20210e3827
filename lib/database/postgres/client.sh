# Functions for PostgreSQL's clients. Put before dump.sh and restore.sh.
SCRATCH=${SCRATCH:-/scratch}
facts=$SCRATCH/backup/facts.json
log=$(mktemp)
# A server that vanishes without a word is noticed within two minutes.
alive='keepalives_idle=60 keepalives_interval=10 keepalives_count=6'

fail() {
  printf '%s: %s\n' "$script" "$1" >&2
  exit 1
}

connect() {
  export PGHOST="$DB_HOST" PGPORT="${DB_PORT:-5432}" PGUSER="$DB_USER" PGCONNECT_TIMEOUT=30
  # In the environment of the clients only: libpq ignores a password file with the mode of a mounted Secret.
  # Without the newline that an editor or `echo` left behind it.
  password=$(cat "${CREDENTIALS:-/backupCredentials}/dbPassword.txt" 2>/dev/null) || password=
  cr=$(printf '\r')
  password=${password%"$cr"}
  [ -z "$password" ] || export PGPASSWORD="$password"
}

# Quoted as libpq wants it.
conninfo() {
  printf "dbname='%s' %s" "$(printf %s "$1" | sed "s/['\\\\]/\\\\&/g")" "$alive"
}

# Runs a client, with its complaints in $log too.
try() {
  "$@" 2>"$log" && code=0 || code=$?
  cat "$log" >&2
  return "$code"
}

# What to do when `try` failed.
advice() {
  case $(cat "$log") in
    *'No space left'* | *'Disk quota'*) echo "$SCRATCH or the disk of the server is full: give it more space than the database has" ;;
    *'password authentication failed'* | *'no password supplied'*)
      echo "$PGHOST refuses the password of $PGUSER: put the right one into dbPassword.txt of the Secret" ;;
    *'aborting because of server version mismatch'* | *'unsupported version'*)
      echo "this image is older than the server that is or was dumped: set the engine's version to the server's" ;;
    *'Connection refused'* | *'could not translate'* | *'timeout expired'* | *'o route to host'* | *'starting up'* | *'shutting down'*)
      echo "$PGHOST:$PGPORT does not answer: see whether the server is up and a network policy lets this pod in" ;;
    *'server closed the connection'* | *'terminating connection'* | *'SSL SYSCALL'* | *'no connection to the server'* | *'could not receive data'*)
      echo "the server ended the connection: see its log; the next run begins anew" ;;
    *'permission denied'* | *'must be '*) echo "give $PGUSER the right that is missing" ;;
    *'does not exist'*) echo "correct the name, or make what is missing" ;;
    *) echo "see the lines above" ;;
  esac
}

# A value of facts.json.
fact() {
  sed -n "s/^  \"$1\": \"\(.*\)\",\{0,1\}$/\1/p; s/^  \"$1\": \([0-9]*\),\{0,1\}$/\1/p" "$facts"
}
