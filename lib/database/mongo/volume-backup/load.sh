# Restores the last dump in folder $1, in a server or a replica set that holds no data yet.
open_dump
must_hold databases
name=archive.gz
[ ! -e archive-with-oplog.gz ] || name=archive-with-oplog.gz
must_hold "$name"
there=$(ask '
  let count = 0;
  for (const { name } of admin.adminCommand({ listDatabases: 1 }).databases) {
    if (["admin", "config", "local"].includes(name)) continue;
    count += admin.getSiblingDB(name).getCollectionNames().filter((collection) => !collection.startsWith("system.")).length;
  }
  print(admin.adminCommand({ hello: 1 }).isWritablePrimary ? count : "secondary");') || failed 'the server cannot be asked for its databases; nothing was changed'
case $there in
  0) ;;
  secondary) fail 'this member takes no writes: load into the primary, which gives all to the others. Nothing was changed' ;;
  *) fail "the server holds data already, $there collections. Nothing was changed: load into a new server" ;;
esac
oplog=
[ "$name" = archive.gz ] || oplog=--oplogReplay
tool mongorestore --archive="$name" --gzip --stopOnError --objcheck ${oplog:+"$oplog"} ||
  failed 'the databases were not loaded whole: drop what is there, and run this again'
end_load
