# Restores the backup in the scratch volume into a throw-away server of this container, checks it, and writes drill.json, which
# report.sh uploads. A drill that fails is a result too: this exits with 0, so that it is reported.
. "${0%/*}/step.sh"

home=$scratch/drill
results=$work/results
status=passed
seconds=0
age=null
# Run again in the same pod, it begins anew.
rm -rf "$home" "$scratch/drill.json"
mkdir -p "$home"
: > "$results"

# Ends the server of a drill, where an engine has no better way.
end_server() { [ -z "${server:-}" ] || kill -9 "$server" 2> /dev/null || true; }

# no_server LOG: a server that did not start has said why in its log.
no_server() {
  tail -n 20 "$1" | tee "$log" >&2
  return 1
}

. "$here/engine.sh"

# check NAME true|false DETAIL
check() {
  detail=$(printf %s "$3" | tr '\n\t' '  ' | cut -c 1-500)
  printf '    { "name": %s, "passed": %s, "detail": %s }\n' "$(json "$1")" "$2" "$(json "$detail")" >> "$results"
  say "$1: $([ "$2" = true ] && echo passed || echo FAILED): $detail"
  [ "$2" = true ] || status=failed
}

finish() {
  {
    printf '{\n  "status": "%s",\n  "backup": %s,\n  "engine": "%s",\n' "$status" "$(json "$name")" "$engine"
    printf '  "started": "%s",\n  "ageSeconds": %s,\n  "rpoSeconds": %s,\n' "$(utc "$began")" "$age" "${RPO_SECONDS:-null}"
    printf '  "restoreSeconds": %s,\n  "checks": [\n%s\n  ]\n}\n' "$seconds" "$(sed '$!s/$/,/' "$results")"
  } > "$work/drill.json"
  cp "$work/drill.json" "$scratch/drill.json.new" || fail "cannot write to $scratch: give the scratch volume more space"
  mv "$scratch/drill.json.new" "$scratch/drill.json"
  say "$status; the report follows"
  exit 0
}

# One check that failed ends the drill, as the others need what it checks.
end_drill() {
  check "$1" false "$2"
  finish
}

fill_one() {
  [ "$total" = 1 ] || at_fault="database $named: "
  make && load
}
count_one() {
  [ "$total" = 1 ] || at_fault="database $named: "
  count > "$work/found" || return
  lacking=$(lacking "$file")
  expected=$(($(part rows "$file" | wc -l)))
  found=$(($(wc -l < "$work/found")))
  [ "$lacking" ] || [ "$found" = "$expected" ] || lacking="the restore has $found tables, the dump had $expected"
  [ -z "$lacking" ] || printf '%s\n' "$at_fault${lacking% }" >> "$work/lacking"
}

fetched
: > "$work/lacking"
checks=${CHECKS:-/checks}
began=$(date +%s)
[ "$(fact engine)" = "$engine" ] || end_drill backup "it is of '$(fact engine)', not of $engine"
age=$((began - $(seconds_of "$(fact started)")))
if [ "$age" -le -3600 ]; then
  check age false "it is dated $((-age)) s from now, as the clock of a node was wrong: until then no newer backup is found. Delete it when another is whole"
elif [ -z "${RPO_SECONDS:-}" ]; then
  check age true "$age s; no RPO is set"
elif [ "$age" -le "$RPO_SECONDS" ]; then
  check age true "$age s, the RPO is $RPO_SECONDS s"
else
  check age false "$age s, more than the RPO of $RPO_SECONDS s: newer backups failed or were not made"
fi

at_end() {
  end_server
  rm -rf "$home"
}
image=$(image_version)
older "$image" "$(fact serverVersion)" && end_drill server "this image is of version $image, older than $(fact serverVersion) that the dump is of"
serve || end_drill server "the throw-away server does not start: $(complaint)"
# What nothing was made of is named in the report.
: > "$work/without"
databases > "$work/all"
total=$(($(wc -l < "$work/all")))
at_fault=
begin=$(date +%s)
[ ! -f "$checks/before" ] || ask "$checks/before" > /dev/null || end_drill before "$(complaint)"
{ make_globals > /dev/null && each_database "$work/all" fill_one && each_database "$work/all" load_rest; } || end_drill restore "$at_fault$(complaint)"
seconds=$(($(date +%s) - begin))
check restore true "$seconds s"
each_database "$work/all" count_one || end_drill rows "$at_fault$(complaint)"
check rows "$([ -s "$work/lacking" ] && echo false || echo true)" "$(grep . "$work/lacking" || echo "$(holds) are as many as were dumped")"
[ ! -s "$work/without" ] || check "left out" true "$(cat "$work/without")"
left_out=$(section leftOut | left_out)
[ -z "$left_out" ] || check databases true "of the same server not in the backup: $left_out"
# Of the wrong database every restore is perfect.
! is_empty dump || check tables false 'the backup holds nothing: see whether the job dumps the right database'

# The application's database is the one that is asked.
sed 1q "$work/all" > "$work/main"
each_database "$work/main" :
[ ! -f "$checks/after" ] || ask "$checks/after" > /dev/null || check after false "$(complaint)"
for file in "$checks"/*"$check_ending"; do
  [ -f "$file" ] || continue
  if ask "$file" > "$work/answer"; then
    first=$(head -n 1 "$work/answer")
    case $first in
      t | T | true | TRUE | True | 1) check "${file##*/}" true "$first" ;;
      *) check "${file##*/}" false "its first row begins with '$first', not t, true or 1" ;;
    esac
  else
    check "${file##*/}" false "$(complaint)"
  fi
done
finish
