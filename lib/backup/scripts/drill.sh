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
  echo "drill: $1: $([ "$2" = true ] && echo passed || echo FAILED): $detail"
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
  echo "drill: $status; the report follows"
  exit 0
}

# One check that failed ends the drill, as the others need what it checks.
end_drill() {
  check "$1" false "$2"
  finish
}

fetched
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
begin=$(date +%s)
# Sets $into, an empty database of that server.
{ make && load "$into"; } || end_drill restore "$(complaint)"
seconds=$(($(date +%s) - begin))
check restore true "$seconds s"
count "$into" > "$work/found" || end_drill rows "$(complaint)"
lacking=$(lacking "$work/found")
if [ "$lacking" ]; then
  check rows false "${lacking% }"
elif [ "$(wc -l < "$work/found")" != "$(rows | wc -l)" ]; then
  check rows false "the restore has $(($(wc -l < "$work/found"))) tables, the dump had $(($(rows | wc -l)))"
else
  check rows true "$(holds) are as many as were dumped"
fi
left_out=$(fact leftOut | tr -d '[]')
[ -z "$left_out" ] || check databases true "only $(json "$(fact database)") is in the backup, and of the same server not: $left_out"
# Of the wrong database every restore is perfect.
! is_empty || check tables false 'the backup holds nothing: see whether the job dumps the right database'

for file in "${CHECKS:-/checks}"/*"$check_ending"; do
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
