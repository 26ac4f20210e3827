# What retention deletes, for upload.sh.

# expired NOW DAYS KEEP MADE: from the names in a container (stdin, sorted) to those to delete, oldest first. NOW in seconds;
# MADE is the backup just made. A backup is a manifest; the newest KEEP stay whatever their age, and always the newest.
# Files without a manifest are what a failed run left, if a claim or roles lie beside them; a bare dump may be someone's own,
# as of the script that was there before, and stays. Two days: a run may still be at it.
expired() {
  awk -v old="$(stamp $(($1 - $2 * 86400)))" -v abandoned="$(stamp $(($1 - 172800)))" -v keep="$3" -v made="$4" '
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
        if (time in manifest) stays = kept++ < keep || kept == 1
        else stays = !(time in ours) || time "" >= abandoned ""
        # The manifest goes first: an interrupted run leaves no manifest without its dump.
        if (!stays && time "" < old "" && "db_" time != made) gone = manifest[time] names[time] gone
      }
      printf "%s", gone
    }'
}
