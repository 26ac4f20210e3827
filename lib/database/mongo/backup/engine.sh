# MongoDB, as the verbs that dump.sh, restore.sh and drill.sh call. Untested on a server: its tests have fakes of the programs.
engine=mongo
parts=1 # how many numbers of a release decide whether a dump can be restored
check_ending=.js

login() {
  password=$(secret dbPassword.txt)
  host=$DB_HOST:$DB_PORT
  # YAML reads a string of JSON. A file, as a command line is seen by the whole node.
  [ -z "$password" ] || echo "password: $(json "$password")" > "$work/login.yaml"
}

# tool PROGRAM ARGUMENT…: a set's name before the host makes it look for the member that takes writes.
tool() {
  program=$1
  shift
  set -- --host="${REPLICA_SET:+$REPLICA_SET/}$host" "$@"
  [ ! -f "$work/login.yaml" ] || set -- --config="$work/login.yaml" --username="$DB_USER" --authenticationDatabase=admin "$@"
  try "$program" "$@"
}

# shell SCRIPT: JavaScript with `admin`, a connection. mongosh has no file for a password, so its script reads ours.
shell() {
  LOGIN=$work/login.yaml URI="mongodb://$host/admin?serverSelectionTimeoutMS=30000${REPLICA_SET:+&replicaSet=$REPLICA_SET}" HOME=$work \
    try mongosh --quiet --norc --nodb --eval "
      const { LOGIN, URI, DB_USER, TARGET } = process.env;
      const login = require('fs').existsSync(LOGIN) && JSON.parse(require('fs').readFileSync(LOGIN, 'utf8').replace('password: ', ''));
      const admin = login ? connect(URI, DB_USER, login) : connect(URI);
      $1"
}

version() { shell 'print(admin.version());'; }

image_version() { mongod --version | sed -n 's/^db version v//p'; }

advice() {
  case $(cat "$log") in
    *'o space left'*) echo 'the scratch volume is full: raise its size' ;;
    *uthentication*) echo "the server refuses the login of $DB_USER: put its password into dbPassword.txt of the Secret" ;;
    *'not authorized'* | *Unauthorized*) echo "${DB_USER-} lacks rights: a dump needs the role backup, a restore the role restore" ;;
    *'server selection'* | *'connection refused'*) echo "$host does not answer: see whether the server is up and a network policy lets this pod in" ;;
    *) echo 'see the lines above' ;;
  esac
}

# DB_NAME=admin is the whole server; of a replica set at one point in time, by its oplog.
dump() {
  set -- --archive="$1/dump" --gzip
  if [ "$DB_NAME" != admin ]; then
    set -- "$@" --db="$DB_NAME"
  elif [ "${REPLICA_SET-}" ]; then
    set -- "$@" --oplog
    echo '"oplog": "true"' > "$extra"
  fi
  [ -s "$extra" ] || echo 'dump: not at one point in time: that takes a replica set, and DB_NAME=admin' >&2
  tool mongodump "$@" || stop "mongodump failed, $nothing"
  # A restore says nothing of users and the like.
  counted 'done dumping' '' | grep -v -E '^"(admin|config)\.|^"[^.]*\.system\.' > "$work/rows.dump" || true
  : > "$work/objects.dump"
}

# What the log of mongodump or mongorestore says of each collection, as lines of a manifest's rows.
counted() {
  sed -n "s/^.*$1 \`\{0,1\}\([^\`]*[^\` ]\)\`\{0,1\} (\([0-9]*\) documents\{0,1\}$2).*/\2 \1/p" "$log" | sed 's/[\\"]/\\&/g; s/^\([0-9]*\) \(.*\)/"\2": \1/'
}

read_back() { try gzip -t "$1/dump" || stop "the dump does not read back, $nothing"; }

look() {
  database=$(fact database)
  if [ "$target" != "$database" ] && { [ "$target" = admin ] || [ "$database" = admin ]; }; then
    fail "the backup is of $database, which cannot be restored as $target, and nothing was changed: leave TARGET_DATABASE out and set DB_NAME=$database"
  fi
  there=$(TARGET=$target shell "
    const all = admin.adminCommand({ listDatabases: 1 }).databases.map(({ name }) => name).filter((name) => !['admin', 'config', 'local'].includes(name));
    const collections = (TARGET === 'admin' ? all : [TARGET]).flatMap((name) => admin.getSiblingDB(name).getCollectionNames());
    print(collections.filter((name) => !name.startsWith('system.')).length);") || stop "$target cannot be looked into, $as_it_was"
}

# MongoDB moves no database aside: each collection of the dump is dropped just before it is restored.
prepare() {
  half_done="$target may be half restored: run this again with REPLACE=true"
}

undo() { return 1; }

swap() { :; }

load() {
  database=$(fact database)
  set -- --archive="$backup/dump" --gzip --stopOnError --objcheck
  [ "$(fact oplog)" != true ] || set -- "$@" --oplogReplay
  [ "$into" = "$database" ] || set -- "$@" --nsInclude="$database.*" --nsFrom="$database.*" --nsTo="$into.*"
  [ "${there:-0}" = 0 ] || set -- "$@" --drop
  tool mongorestore "$@"
}

count() {
  : > "$work/objects"
  counted 'finished restoring' ', 0 failures' | sed "s/^\"$into\./\"$(fact database)./"
}

serve() {
  host=127.0.0.1:27017
  mongod --dbpath "$home" --bind_ip 127.0.0.1 --port 27017 --unixSocketPrefix "$work" > "$work/server.log" 2>&1 &
  server=$!
  eventually 60 shell 'admin.hello();' > /dev/null || no_server "$work/server.log"
}

make() { unset REPLICA_SET; }

ask() { TARGET=$into shell "db = admin.getSiblingDB(TARGET); load('$1');"; }
