# Dumps all databases, and the roles or users with their passwords, into folder $1.
. "${0%/*}/volume.sh"
open_folder "$@"
nothing='the last whole dump, if there is one, is untouched'
new=$folder/making
backup=$folder/dump-$((number + 1))
facts=$backup/facts.json
at_last() { rm -rf "$new"; }

# What a load finds is a copy of this volume, which may have been made at any moment. The dump before goes last.
put_in_place() {
  { (cd "$new" && try sha256sum facts.json) > "$work/sum" && try cp "$work/sum" "$new/SHA256SUMS"; } || stop "the sums cannot be written, $nothing"
  sync
  mv "$new" "$backup"
  find "$folder" -mindepth 1 -maxdepth 1 -name 'dump-*' ! -name "${backup##*/}" -exec rm -rf {} +
  say "wrote ${backup##*/}"
}

. "$here/dump.sh"
