# Restores $SCRATCH/backup into DB_NAME, or of one database also into TARGET_DATABASE. Runs after client.sh.
# A target that holds collections is left alone, unless REPLACE=true: then mongorestore drops each collection that the dump has
# just before it restores it, as MongoDB moves no database aside. Collections that the dump has not stay.
export LC_ALL=C
target=${TARGET_DATABASE:-$DB_NAME}
dump=$scratch/backup/dump
manifest=$scratch/backup/facts.json # fetched: the manifest itself
if ! [ -s "$dump" ] || ! [ -s "$manifest" ]; then
  fail "no backup in $scratch/backup; the init container that fetches it must run first"
fi
value() { sed -n "s/^ *\"$1\": *\"\\(.*\\)\",\\{0,1\\}\$/\\1/p" "$manifest" | head -n 1; }
[ "$(value engine)" = mongo ] || fail "the backup is of '$(value engine)', not of mongo; choose another with BACKUP"
of=$(value database)
if [ "$target" != "$of" ] && { [ "$of" = admin ] || [ "$target" = admin ]; }; then
  fail "the backup is of $of, which cannot be restored as $target; leave TARGET_DATABASE out and set DB_NAME=$of. Nothing was changed"
fi
gzip -t "$dump" 2>"$work/log" || failed 'the dump is damaged; choose an earlier backup with BACKUP. Nothing was changed'

# The shell has no file for a password: its script reads the one that client.sh made.
cat > "$work/count.js" <<'JS'
const { CONFIG, URI, DB_USER, TARGET } = process.env;
const password = JSON.parse(require('fs').readFileSync(CONFIG, 'utf8').replace('password: ', ''));
const connection = password ? connect(URI, DB_USER, password) : connect(URI);
const names = TARGET === 'admin' ? connection.adminCommand({ listDatabases: 1 }).databases.map(({ name }) => name) : [TARGET];
let count = 0;
for (const name of names) {
  if (TARGET === 'admin' && ['admin', 'config', 'local'].includes(name)) continue;
  count += connection.getSiblingDB(name).getCollectionNames().filter((collection) => !collection.startsWith('system.')).length;
}
print(count);
JS
uri="mongodb://$DB_HOST:$DB_PORT/admin?authSource=${AUTH_DATABASE:-admin}&serverSelectionTimeoutMS=30000${REPLICA_SET:+&replicaSet=$REPLICA_SET}"
there=$(CONFIG=$work/config.yaml URI=$uri TARGET=$target DB_USER=${DB_USER-} HOME=$work mongosh --quiet --norc --nodb --file "$work/count.js" 2>"$work/log") ||
  failed "cannot look into $target"
there=$(printf '%s\n' "$there" | tail -n 1)
case $there in
  '' | *[!0-9]*) fail "cannot look into $target: mongosh answered '$there'; nothing was changed" ;;
esac

set -- --archive="$dump" --gzip --stopOnError --objcheck
if [ "$there" != 0 ]; then
  [ "${REPLACE-}" = true ] ||
    fail "$target holds $there collections; set REPLACE=true to drop those that the dump has, or, for one database, TARGET_DATABASE to restore beside it. Nothing was changed"
  echo "$0: $target holds $there collections; those that the dump has are dropped"
  set -- "$@" --drop
fi
if [ "$(value oplog)" = true ]; then
  set -- "$@" --oplogReplay
elif [ "$of" != admin ]; then
  set -- "$@" --nsInclude="$of.*"
  [ "$target" = "$of" ] || set -- "$@" --nsFrom="$of.*" --nsTo="$target.*"
fi
begin=$(date +%s)
tool mongorestore "$@" || failed "the restore failed, and $target is half restored; run this again with REPLACE=true"

sed -n 's/^.*finished restoring `\{0,1\}\([^`]*[^` ]\)`\{0,1\} (\([0-9]*\) documents\{0,1\}, 0 failures).*/\2 \1/p' "$work/log" |
  sed 's/[\\"]/\\&/g; s/^\([0-9]*\) \(.*\)/"\2": \1/' | sort > "$work/found"
[ "$target" = "$of" ] || sed "s/^\"$target\\./\"$of./" "$work/found" | sort -o "$work/found"
# mongorestore is silent about users and the like.
sed -n '/^ *"rows": {$/,/^ *}/p' "$manifest" | sed -e '1d;$d' -e 's/^ *//; s/,$//' | grep -v -E '^"(admin|config)\.|^"[^"]*\.system\.' | sort > "$work/expected"
differing=$(comm -23 "$work/expected" "$work/found" | paste -s -d ' ' -)
[ -z "$differing" ] || fail "not as the manifest says: $differing; $target is restored in part; run this again with REPLACE=true while nothing writes"
echo "$0: restored $(value name) into $target, $(($(wc -l < "$work/expected"))) collections with the documents of its manifest, in $(($(date +%s) - begin)) s"
