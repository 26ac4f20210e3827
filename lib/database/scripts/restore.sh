# Restores the backup in the scratch volume: all of its databases, or DATABASE alone, which may get the name TARGET_DATABASE. A database
# that holds something is left alone, unless REPLACE=true; what it held is then kept. A run that fails leaves all as it was.
[ "${hook-}" ] || {
  . "${0%/*}/step.sh"
  . "$here/engine.sh"
  way_out='Set REPLACE=true to put the backup in its place (what is there is kept), TARGET_DATABASE to restore beside it, or DATABASE to restore another'
}

as_it_was="database ${TARGET_DATABASE:-${DATABASE:-$DB_NAME}} is as it was"
fetched
[ "$(fact engine)" = "$engine" ] ||
  fail "$name is of '$(fact engine)', not of $engine: set BACKUP to another, or correct the container or its prefix"

# $work/plan: FILE, NAME and TARGET of each database that is restored.
databases > "$work/held"
one=$(json "${DATABASE:-$(fact database)}")
if [ "${DATABASE:-}${TARGET_DATABASE:-}" ]; then
  target=$(json "${TARGET_DATABASE:-$DATABASE}")
  ONE=$one TARGET=$target awk -F '\t' '$2 == ENVIRON["ONE"] { print $0 "\t" ENVIRON["TARGET"] }' "$work/held" > "$work/plan"
else
  target=$(json "$DB_NAME")
  # A hook loads whatever its server had.
  [ "${hook-}" ] || [ "$(wc -l < "$work/held")" != 1 ] || cut -f 2 "$work/held" | grep -q -x -F -e "$target" || fail "$name is of database $(fact database), and DB_NAME is $DB_NAME, $as_it_was: set TARGET_DATABASE=$DB_NAME to restore it there all the same, or DB_NAME=$(fact database)"
  sed "s/^[^$tab]*$tab\(.*\)\$/&$tab\1/" "$work/held" > "$work/plan"
fi
[ -s "$work/plan" ] || [ ! -s "$work/held" ] || fail "$name has no database $one, $as_it_was: set DATABASE to one of $(cut -f 2 "$work/held" | paste -s -d ' ' -)"
total=$(($(wc -l < "$work/plan")))
[ "$total" = 1 ] || as_it_was='all databases are as they were'

login
version=$(version) || stop "no connection to the server, $as_it_was"
dumped=$(fact serverVersion)
if older "$version" "$dumped"; then
  fail "$name was dumped from version $dumped and $DB_HOST runs $version, $as_it_was: restore into $(echo "$dumped" | cut -d . -f "1-$parts") or later, there is no way back"
fi

# $work/todo, without those that hold nothing here and there; $work/full, the targets that hold something.
look_at() {
  # Sets $there, how many objects the target holds, or `none` where there is no such database.
  look
  case $there in none) ;; '' | *[!0-9]*) fail "database $target cannot be looked into, $as_it_was: asked for its objects, it answered '$there'" ;; esac
  if [ "$there" = 0 ] && [ "$total" -gt 1 ] && is_empty "$file"; then return; fi
  grep "^$file$tab" "$work/plan" >> "$work/todo"
  [ "$there" = none ] || [ "$there" = 0 ] || as_made "$target" || printf '%s\n' "$named ($there tables and other objects)" >> "$work/full"
}
: > "$work/todo"
: > "$work/full"
each_database "$work/plan" look_at
if [ -s "$work/full" ] && [ "${REPLACE:-}" != true ]; then
  fail "not empty on $DB_HOST, and as before: $(paste -s -d ' ' "$work/full"). $way_out"
fi

began=$(date +%s)
say "restoring $name of $(fact host): $(cut -f 2 "$work/todo" | paste -s -d ' ' -)"
: > "$work/restored"
# From here on `undo` brings back what was.
at_end() { undo || say "$half_done" >&2; }
make_globals || stop "the roles or users that are missing cannot be made, $as_it_was"

fill_one() {
  prepare
  load || stop "$name does not restore whole, $as_it_was"
}
count_one() {
  count > "$work/found" || stop "the rows cannot be counted, $as_it_was"
  cat "$work/found" >> "$work/restored"
  lacking=$(lacking "$file")
  [ -z "$lacking" ] || give_up "$name does not restore whole, $as_it_was: ${lacking% }"
}
each_database "$work/todo" fill_one
each_database "$work/todo" load_rest || stop "$name does not restore whole, $as_it_was"
each_database "$work/todo" count_one
# It is whole: it is not thrown away any more.
at_end() { :; }
swap
restored=$(awk '{ count += $NF } END { printf "%.0f rows of %d tables", count, NR }' "$work/restored")
say "$name is in $(cut -f 3 "$work/todo" | paste -s -d ' ' -): $restored, in $(($(date +%s) - began)) s"
