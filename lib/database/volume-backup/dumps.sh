# The folder of the dumps, $1, holds dump-1, dump-2 and so on. What has such a name was whole when it got it, and the highest is the last.
folder=${1:?the first argument must be the folder of the dumps}
[ -d "$folder" ] || fail "there is no folder $folder: mount the volume of the dumps there"
alone
began=$(date +%s)

newest() {
  find "$folder" -maxdepth 1 -name 'dump-*' | sed -n 's|.*/dump-\([0-9]\{1,\}\)$|\1|p' | sort -n | tail -n 1
}

# Made under another name, so that a dump that is cut off never looks whole.
begin_dump() {
  making=$folder/making
  kept='the last whole dump, if there is one, is untouched'
  trap 'rm -rf "$making" "$work"' EXIT
  { try rm -rf "$making" && try mkdir "$making" && cd "$making"; } || failed "cannot write to $folder, $kept"
}

# The sums are for load.sh: what it finds is a copy of this volume, which may have been made at any moment.
end_dump() {
  { try sha256sum -- * > "$work/sums" && try cp "$work/sums" SHA256SUMS; } || failed "the sums cannot be written, $kept"
  sync
  number=$(($(newest) + 1))
  mv "$making" "$folder/dump-$number"
  # The one before goes last.
  for old in "$folder"/dump-*; do
    [ "$old" = "$folder/dump-$number" ] || rm -rf "$old"
  done
  cd "$folder/dump-$number"
  echo "$0: dumped $(($(wc -l < databases))) databases, $(($(cat ./* | wc -c))) bytes, in $(($(date +%s) - began)) s, as dump-$number:"
  cat databases
}

# Goes into the last dump, which must be as it was made.
open_dump() {
  number=$(newest)
  [ "$number" ] || fail "there is no whole dump in $folder: take the volume of a backup that was made after a dump. Nothing was changed"
  cd "$folder/dump-$number"
  try sha256sum -c SHA256SUMS > /dev/null || failed "$PWD is not as it was dumped, and nothing was changed; take the volume of another backup"
}

# The list of the sums itself may be cut off.
must_hold() {
  for file; do
    grep -q "  $file\$" SHA256SUMS || fail "$PWD lacks $file, and nothing was changed: take the volume of another backup"
  done
}

end_load() {
  echo "$0: loaded $(($(wc -l < databases))) databases of dump-$number in $(($(date +%s) - began)) s:"
  cat databases
}
