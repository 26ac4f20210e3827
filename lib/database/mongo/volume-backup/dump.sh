# Dumps all databases into folder $1; of a replica set at one moment, by its oplog.
begin_dump
# local is of this member alone.
# shellcheck disable=SC2016
ask '
  const { setName } = admin.adminCommand({ hello: 1 });
  const names = admin.adminCommand({ listDatabases: 1, nameOnly: true }).databases.map(({ name }) => name);
  const lines = names.filter((name) => !["admin", "config", "local"].includes(name)).map((name) => `${name}\n`);
  require("fs").writeFileSync("databases", lines.join(""));
  print(setName ? "archive-with-oplog.gz" : "archive.gz");' > "$work/name" || failed "the databases cannot be listed, $kept"
name=$(cat "$work/name")
oplog=
[ "$name" = archive.gz ] || oplog=--oplog
tool mongodump --archive="$name" --gzip ${oplog:+"$oplog"} || failed "the databases were not dumped, $kept"
try gzip -t "$name" || failed "the dump does not read back, $kept"
ending=$(gzip -dc "$name" | tail -c 4 | od -An -tx1 | tr -d ' \n')
[ "$ending" = ffffffff ] || fail "the databases were not dumped to the end, $kept: run this again"
end_dump
