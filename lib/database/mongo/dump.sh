# Dumps into $SCRATCH/backup. Runs after client.sh.
# DB_NAME=admin means the whole server; of a replica set (REPLICA_SET) at one point in time, by its oplog. One database alone is
# read collection by collection, as mongodump knows no other way.
making=$scratch/backup.making
rm -rf "$scratch/backup" "$making"
mkdir -p "$making" || fail "cannot write to $scratch; mount a scratch volume there"
export LC_ALL=C
started=$(date -u +%Y-%m-%dT%H:%M:%SZ)
begin=$(date +%s)

set -- --archive="$making/dump" --gzip
if [ "$DB_NAME" != admin ]; then
  set -- "$@" --db="$DB_NAME"
  echo "$0: not at one point in time, as it is one database of a server; DB_NAME=admin takes all of a replica set at one" >&2
elif [ "${REPLICA_SET-}" ]; then
  set -- "$@" --oplog
else
  echo "$0: not at one point in time, as the server is no replica set" >&2
fi
oplog=false
case " $*" in *' --oplog'*) oplog=true ;; esac
tool mongodump "$@" || failed 'mongodump failed'
sync
cp "$work/log" "$work/dump.log"

# The file is read back, with gzip's checksum; that it restores is for the drill to prove.
gzip -t "$making/dump" 2>"$work/log" || failed 'the dump is not whole; no backup was made'
magic=$(gzip -dc "$making/dump" 2>/dev/null | head -c 4 | od -An -tx1 | tr -d ' \n')
ending=$(gzip -dc "$making/dump" | tail -c 4 | od -An -tx1 | tr -d ' \n')
[ "$magic $ending" = '6de29981 ffffffff' ] || fail 'the dump is not whole: its beginning or end is missing; no backup was made; run this again'

# What mongodump says to have written.
sed -n 's/^.*done dumping `\{0,1\}\([^`]*[^` ]\)`\{0,1\} (\([0-9]*\) documents\{0,1\}).*/\2 \1/p' "$work/dump.log" |
  sed 's/[\\"]/\\&/g; s/^\([0-9]*\) \(.*\)/"\2": \1/' | sort > "$work/rows"
# mongodump writes the server's version into the beginning of the archive.
version=$(gzip -dc "$making/dump" 2>/dev/null | head -c 1000 | tr -c '[:print:]' '\n' | sed -n '/server_version/,$p' | grep -m 1 -E '^[0-9]+\.[0-9]+\.[0-9]+' || true)
sum=$(sha256sum < "$making/dump")
{
  printf '{\n  "format": 1,\n  "engine": "mongo",\n  "serverVersion": "%s",\n' "$(json "$version")"
  printf '  "host": "%s",\n  "database": "%s",\n' "$(json "$DB_HOST")" "$(json "$DB_NAME")"
  printf '  "oplog": "%s",\n' "$oplog"
  printf '  "started": "%s",\n  "durationSeconds": %s,\n' "$started" "$(($(date +%s) - begin))"
  printf '  "files": {\n    "dump": { "size": %s, "sha256": "%s" }\n  },\n' "$(($(wc -c < "$making/dump")))" "${sum%% *}"
  printf '  "rows": {\n%s\n  }\n}\n' "$(sed 's/^/    /; $!s/$/,/' "$work/rows")"
} > "$making/facts.json" || fail "cannot write to $scratch; the scratch volume may be full; raise its size"
mv "$making" "$scratch/backup"
echo "$0: dumped $DB_NAME, $(($(wc -c < "$scratch/backup/dump"))) bytes, $(($(wc -l < "$work/rows"))) collections, in $(($(date +%s) - begin)) s"
