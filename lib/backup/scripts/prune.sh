# What retention keeps and deletes, for upload.sh.

# prune_plan NOW MADE PROOF DAYS KEEP [WEEKLY [MONTHLY [YEARLY]]]: reads the names in a container, sorted by time. Prints a line that says
# what stays and why, and then the names to delete, oldest first.
#
# NOW is in seconds. MADE is the backup just made. PROOF is a report of a drill and the backup that passed it, or empty.
# A backup is a manifest. One reason is enough to stay: younger than DAYS; one of the newest KEEP; the newest of its week, month or year,
# of the last so many that have a backup. The newest always stays. More reasons never delete more.
# Files without a manifest are what a failed run left, if a claim or roles lie beside them; a bare dump may be someone's own,
# as of the script that was there before, and stays. Two days: a run may still be at it.
prune_plan() {
  awk -v old="$(stamp $(($1 - $4 * 86400)))" -v abandoned="$(stamp $(($1 - 172800)))" -v made="$2" -v proof="$3" \
    -v days="$4" -v keep="$5" -v weekly="${6:-0}" -v monthly="${7:-0}" -v yearly="${8:-0}" '
    # The number of the ISO week, counted from a Monday. In this count of days, a year begins in March, behind its leap day.
    function week(time, year, month) {
      year = substr(time, 1, 4) + 400
      month = substr(time, 5, 2) + 0
      if (month < 3) {
        year--
        month += 12
      }
      return int((365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month - 457) / 5) + substr(time, 7, 2) - 307) / 7)
    }
    function because(reason, holds) {
      if (holds) stays = 1
      count[reason] += holds
    }
    # They come newest first. Only the first of each period counts, and only in the first MOST periods.
    function because_newest(reason, period, most) {
      if (count[reason] < most && !((reason, period) in seen)) because(reason, 1)
      seen[reason, period] = 1
    }
    function why(reason, text) {
      if (count[reason]) reasons = reasons (reasons == "" ? "" : ", ") count[reason] " " text
    }
    function delete_all(some) {
      gone = some gone
      files += gsub(/\n/, "&", some)
    }
    BEGIN { split(proof, proven, " ") }
    /^drill_[0-9]+\.json$/ && length($0) == 25 {
      times[++n] = $0
      next
    }
    {
      time = substr($0, 4, 14)
      rest = substr($0, 18)
      if (substr($0, 1, 3) != "db_" || length(time) != 14 || time ~ /[^0-9]/) next
      if (rest != "" && rest != ".json" && rest !~ /^\.(globals\.sql|[0-9]+|claim-[0-9a-f-]+)$/) next
      if (!(time in names)) times[++n] = time
      if (rest == ".json") manifest[time] = $0 "\n"
      else if (rest != "") ours[time] = 1
      names[time] = names[time] (rest == ".json" ? "" : $0 "\n")
    }
    END {
      for (i = n; i; i--) {
        time = times[i]
        if (time ~ /^drill/) {
          # A drill may have failed since, and the report that passed says which backup is good.
          if (drills++ && time != proven[1] && substr(time, 7, 14) "" < old "") delete_all(time "\n")
          continue
        }
        stays = "db_" time == made
        if (time in manifest) {
          because("days", time "" >= old "")
          because("newest", kept++ < keep || kept == 1)
          because_newest("weekly", week(time), weekly)
          because_newest("monthly", substr(time, 1, 6), monthly)
          because_newest("yearly", substr(time, 1, 4), yearly)
          because("proven", "db_" time == proven[2])
          total += stays
        } else if (time "" >= old "" || time "" >= abandoned "" || !(time in ours)) stays = 1
        # The manifest goes first: an interrupted run leaves no manifest without its dump.
        if (!stays) delete_all(manifest[time] names[time])
      }
      why("days", "of the last " days " days")
      why("newest", "newest")
      why("weekly", "weekly")
      why("monthly", "monthly")
      why("yearly", "yearly")
      why("proven", "that passed a drill")
      printf "keeps %d backup%s (%s); ", total, total == 1 ? "" : "s", reasons
      if (files) printf "deletes %d file%s\n", files, files == 1 ? "" : "s"
      else print "deletes nothing"
      printf "%s", gone
    }'
}

# The newest report of a drill that passed, and the backup that it is of: `drill_….json db_…`. It looks at the newest 20 of the reports in
# $work/names, and at those of backups that are still there. A report that cannot be read must not stop a backup: then this prints nothing.
newest_proof() {
  grep '^drill_[0-9]\{14\}\.json$' "$work/names" | sort -r | head -n 20 > "$work/reports"
  while read -r report; do
    store cat --count 65536 "$(at "$report")" > "$work/report" || {
      echo "prune: $report cannot be read, so no backup is kept for having passed a drill" >&2
      return 0
    }
    [ "$(fact status "$work/report")" = passed ] || continue
    passed=$(fact backup "$work/report")
    if grep -qxF -e "$passed.json" "$work/names"; then
      echo "$report $passed"
      return
    fi
  done < "$work/reports"
}
