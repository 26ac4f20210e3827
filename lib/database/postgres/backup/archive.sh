# What pg_dump has made and pg_restore reads, for engine.sh.

# choose_compression: sets COMPRESSION. pg_dump has zstd since 16, unless it was built without; it refuses before it connects. Of both, the first
# level: docs/backup.md has what it saves.
choose_compression() {
  COMPRESSION=1
  case $(pg_dump -w -Z zstd -d "host='/nowhere'" 2>&1) in *'/nowhere/'*) COMPRESSION=zstd:1 ;; esac
}

# archive FILE: sets $archive to what pg_restore reads. A parallel dump is a folder, which the backup holds as one file of tar.
archive() {
  archive=$1
  [ "$(dd if="$1" bs=1 skip=257 count=5 2> /dev/null)" = ustar ] || return 0
  archive=$1.parts
  [ -d "$archive" ] || {
    rm -rf "$archive.new" && mkdir "$archive.new" && try tar -x -f "$1" -C "$archive.new" && mv "$archive.new" "$archive"
  }
}

# read_back FOLDER. `pg_restore --list` passes a dump that is cut to its head. This reads all of it.
read_back() { each_database "$work/databases" read_back_one "$1"; }

read_back_one() {
  # Both at the same time: each of them keeps one processor busy.
  sha256sum < "$1/$file" > "$work/read.$file" &
  summing=$!
  archive "$1/$file" && try pg_restore -f /dev/null "$archive" && restores=yes || restores=
  wait "$summing" || : > "$work/read.$file"
  if ! cmp -s "$work/read.$file" "$work/sum.$file"; then
    reason='the disk holds something else than pg_dump wrote'
  elif [ "$restores" ]; then
    rm -rf "$1/$file.parts"
    return
  else
    reason=$(advice)
  fi
  fail "the dump of database $target does not read back, $nothing: $reason; the next run begins anew. If it fails too, see the disk of the node"
}
