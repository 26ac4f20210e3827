# The hooks that a backup of volumes runs in a database's own container begin with this, after lib.sh and client.sh.
umask 077

# password_of NAME: sets $password to the variable, or to the file in /passwords, byte by byte.
password_of() {
  eval "password=\${$1-}"
  file=${PASSWORDS:-/passwords}/$1
  [ "$password" ] || [ ! -r "$file" ] || {
    password=$(cat "$file" && echo .)
    password=${password%.}
  }
}

# What a program said last, and what to do about it.
advice() {
  case $(cat "$log") in
    *'o space left'* | *'Disk quota'*) way='the volume is full: give it more space' ;;
    *uthenti* | *'Access denied'*) way="log in with the password that the container has, or give the container the database's" ;;
    *) way='see above, and the log of the server' ;;
  esac
  echo "$(grep -a . "$log" | tail -n 1 || true): $way"
}

# The folder of the dumps holds dump-1, dump-2 and so on. What has such a name was whole when it got it, and the highest is the last.
newest() {
  find "$folder" -maxdepth 1 -name 'dump-*' | sed -n 's|.*/dump-\([0-9]\{1,\}\)$|\1|p' | sort -n | tail -n 1
}

# Only one of these scripts at a time; the lock goes with the last process of its holder.
open_folder() {
  folder=${1:?the first argument must be the folder of the dumps}
  [ -d "$folder" ] || fail "there is no folder $folder: mount the volume of the dumps there"
  exec 9> "${TMPDIR:-/tmp}/volume-backup.lock"
  flock -n 9 || fail 'another of these scripts is at work here: wait for its end, and run this again. Nothing was changed'
  began=$(date +%s)
}

# Made under another name, so that a dump that is cut off never looks whole.
begin_dump() {
  open_folder "$@"
  making=$folder/making
  kept='the last whole dump, if there is one, is untouched'
  at_end() { rm -rf "$making"; }
  { try rm -rf "$making" && try mkdir "$making" && cd "$making"; } || stop "cannot write to $folder, $kept"
}

# The sums are for the load: what it finds is a copy of this volume, which may have been made at any moment.
end_dump() {
  { try sha256sum -- * > "$work/sums" && try cp "$work/sums" SHA256SUMS; } || stop "the sums cannot be written, $kept"
  sync
  number=$(($(newest) + 1))
  mv "$making" "$folder/dump-$number"
  # The one before goes last.
  for old in "$folder"/dump-*; do
    [ "$old" = "$folder/dump-$number" ] || rm -rf "$old"
  done
  cd "$folder/dump-$number" || fail "$folder/dump-$number is gone"
  echo "$step: dumped $(($(wc -l < databases))) databases, $(($(cat ./* | wc -c))) bytes, in $(($(date +%s) - began)) s, as dump-$number:"
  cat databases
}

# begin_load FOLDER FILE…: goes into the last dump, which must be as it was made, and hold these files: the list of the sums itself
# may be cut off.
begin_load() {
  open_folder "$1"
  number=$(newest)
  [ "$number" ] || fail "there is no whole dump in $folder: take the volume of a backup that was made after a dump. Nothing was changed"
  cd "$folder/dump-$number" || fail "$folder/dump-$number is gone"
  try sha256sum -c SHA256SUMS > /dev/null || stop "$PWD is not as it was dumped, and nothing was changed; take the volume of another backup"
  shift
  must_hold "$@"
}

must_hold() {
  for file; do
    grep -q "  $file\$" SHA256SUMS || fail "$PWD lacks $file, and nothing was changed: take the volume of another backup"
  done
}

end_load() {
  echo "$step: loaded $(($(wc -l < databases))) databases of dump-$number in $(($(date +%s) - began)) s:"
  cat databases
}
