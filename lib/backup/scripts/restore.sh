# Restores the backup in the scratch volume into DB_NAME, or into TARGET_DATABASE. A target that holds something is left alone,
# unless REPLACE=true; what it held is then kept. A run that fails leaves the target as it was.
. "${0%/*}/step.sh"
. "$here/engine.sh"

target=${TARGET_DATABASE:-$DB_NAME}
as_it_was="database $target is as it was"
fetched
[ "$(fact engine)" = "$engine" ] ||
  fail "$name is of '$(fact engine)', not of $engine: set BACKUP to another, or correct the container or its prefix"

if [ -z "${TARGET_DATABASE:-}" ] && [ "$(fact database)" != "$DB_NAME" ]; then
  fail "$name is of database $(fact database), and DB_NAME is $DB_NAME, $as_it_was: set TARGET_DATABASE=$DB_NAME to restore it there all the same, or DB_NAME=$(fact database)"
fi

login
version=$(version) || stop "no connection to the server, $as_it_was"
dumped=$(fact serverVersion)
if older "$version" "$dumped"; then
  fail "$name was dumped from version $dumped and $DB_HOST runs $version, $as_it_was: restore into $(echo "$dumped" | cut -d . -f "1-$parts") or later, there is no way back"
fi
# Sets $there, how many objects the target holds; ends the step where the backup cannot be restored there at all.
look
case $there in '' | *[!0-9]*) fail "database $target cannot be looked into, $as_it_was: asked for its objects, it answered '$there'" ;; esac
if [ "$there" != 0 ] && [ "${REPLACE:-}" != true ]; then
  fail "database $target on $DB_HOST is not empty: it has $there tables and other objects, and is as it was. Set REPLACE=true to put the backup in its place (what is there is kept), or TARGET_DATABASE to restore beside it"
fi

began=$(date +%s)
echo "restore: restoring $name, of database $(fact database) on $(fact host), into $target"
# From here on `undo` brings back what was.
at_end() { undo || echo "restore: $half_done" >&2; }
# Sets $into, the database that is filled.
prepare
load "$into" || stop "$name does not restore whole, $as_it_was"
count "$into" > "$work/found" || stop "the rows cannot be counted, $as_it_was"
lacking=$(lacking "$work/found")
[ -z "$lacking" ] || give_up "$name does not restore whole, $as_it_was: ${lacking% }"
# It is whole: it is not thrown away any more.
at_end() { :; }
swap
echo "restore: $target is $name: $(holds), in $(($(date +%s) - began)) s"
