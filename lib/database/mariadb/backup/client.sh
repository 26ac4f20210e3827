# MariaDB's clients, for a backup over the network and for hooks in the database's own container. All of them read the login in a
# file, as a command line is seen by the whole node.
login_file=$work/client.cnf

# A value in quotes of an option file.
option() { printf %s "$1" | sed 's/[\\"]/\\&/g'; }

# client PROGRAM ARGUMENT…
client() {
  program=$1
  shift
  "$program" --defaults-file="$login_file" --default-character-set=utf8mb4 --max-allowed-packet=1G "$@"
}

# sql ARGUMENT…: statements from stdin or -e; the result without frills.
sql() { try client mariadb --connect-timeout=30 --batch --unbuffered --skip-column-names --raw "$@"; }

# dump_to VERB ARGUMENT…: mariadb-dump, whose text the verb gets. POSIX sh knows the status of a pipe's last program only, so that of the first is
# a file, $work/dumped.
dump_to() {
  pack=$1
  shift
  rm -f "$work/dumped"
  { dump_text "$@" && : > "$work/dumped"; } 2> "$log" | "$pack" 2>> "$log" || rm -f "$work/dumped"
  cat "$log" >&2
  [ -e "$work/dumped" ]
}

has_zstd() { zstd -V > /dev/null 2>&1; }

# choose_packer: sets PACK. Either one writes a checksum of what it has read.
choose_packer() {
  PACK='zstd -q -c -1 --check'
  has_zstd || {
    PACK='gzip -1'
    say 'this image has no zstd, so gzip compresses the dump, which takes longer'
  }
}

# unpacked FILE COMMAND…: what dump_to has written, through a pipe; fails when it cannot be read to its end. Dumps of older scripts are gzip's.
unpacked() {
  packed=$1
  shift
  unpacker=gzip
  [ "$(od -An -tx1 -N 4 "$packed" | tr -d ' \n')" != 28b52ffd ] || {
    has_zstd || fail 'zstd has compressed this dump, and the image has no zstd: give the database an image that has it. Nothing was changed'
    unpacker=zstd
  }
  rm -f "$work/read"
  { "$unpacker" -dc "$packed" 2> "$work/unpacker" && : > "$work/read"; } | "$@" || return
  [ -e "$work/read" ] || {
    tee "$log" < "$work/unpacker" >&2
    return 1
  }
}
