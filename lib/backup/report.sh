# Uploads what drill.sh found, as drill_<time>.json, and fails if the drill did not pass.
set -euo pipefail
umask 027
script=report
SCRATCH=${SCRATCH:-/scratch}
drill=$SCRATCH/drill.json
[ -f "$drill" ] || fail "no $drill: see the log of the container that drills"
store_open

# A container that is started again reports no second time.
reported=$SCRATCH/drill.reported
if [ ! -f "$reported" ]; then
  moment=$(date +%s)
  while name=drill_$(stamp "$moment").json; do
    found=$(list "$name") || fail "the drill $(fact status "$drill"), and the container cannot be listed to say so: $(advice)"
    [ "$found" ] || break
    moment=$((moment + 1))
  done
  put "$drill" "$name" application/json || fail "the drill $(fact status "$drill"), and its report was not uploaded: $(advice)"
  echo "$name" > "$reported"
fi
name=$(cat "$reported")
sed -n 's/^    { "name": "\(.*\)", "passed": \(true\|false\), "detail": "\(.*\)" },\{0,1\}$/report: \1: \2: \3/p' "$drill" | sed 's/: true: /: passed: /; s/: false: /: FAILED: /'
[ "$(fact status "$drill")" = passed ] ||
  fail "$(fact backup "$drill") did not pass the drill: a restore may fail. See what FAILED above and in $name, and make a backup now"
echo "report: $(fact backup "$drill") passed the drill: restored in $(fact restoreSeconds "$drill") s, $(fact ageSeconds "$drill") s old. See $name"
