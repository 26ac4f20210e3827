# Uploads what drill.sh found, as drill_<time>.json, and fails if the drill did not pass.
. "${0%/*}/step.sh"
. "$here/store.sh"

drill=$scratch/drill.json
[ -f "$drill" ] || fail "no $drill: see the log of the container that drills"
store_open

# A container that is started again reports no second time.
reported=$scratch/drill.reported
if [ ! -f "$reported" ]; then
  moment=$(date +%s)
  while
    name=drill_$(stamp "$moment").json
    found=$(list "$name") || stop "the drill $(fact status "$drill"), and the store cannot be listed to say so"
    [ "$found" ]
  do moment=$((moment + 1)); done
  put "$drill" "$name" application/json || stop "the drill $(fact status "$drill"), and its report was not uploaded"
  echo "$name" > "$reported"
fi
name=$(cat "$reported")
sed -n 's/^    { "name": \(".*\)", "passed": \(true\|false\), "detail": "\(.*"\) },\{0,1\}$/\1: \2: \3/p' "$drill" |
  sed 's/: true: /: passed: /; s/: false: /: FAILED: /; s/^"/"report: /' | unjson
[ "$(fact status "$drill")" = passed ] ||
  fail "$(fact backup "$drill") did not pass the drill: a restore may fail. See what FAILED above and in $name, and make a backup now"
say "$(fact backup "$drill") passed the drill: restored in $(fact restoreSeconds "$drill") s, $(fact ageSeconds "$drill") s old. See $name"
