# Splits a dump of several databases into compressed files of their own in FOLDER, each with the head and the foot of all. The first file lists
# them in their order: FILE TAB LAST LINE TAB the statement that begins their part. After the parts of all come their views, as
# these may read other databases. The last line says where those are.
function packed() { return "nice -n 19 $PACK >> \"$FOLDER/" file[i] "\" || : > \"$UNPACKED\"" }
FILENAME == ARGV[1] { split($0, part, "\t"); file[++n] = part[1]; last[n] = part[2]; begin[n] = part[3]; next }
!headed {
  if ($0 != "--" || before != "") { head = head $0 "\n"; heads++; before = $0; next }
  headed = 1
}
foot != "" || !code && $0 == "/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;" { foot = foot $0 "\n"; next }
!code && $0 == begin[at % n + 1] {
  if (at) close(out)
  i = at++ % n + 1
  out = packed()
  if (at <= n) { printf "%s", head | out; lines[i] = heads } else views[i] = lines[i] + 1
  next
}
# Bodies of triggers, events and routines may say anything.
$0 == "DELIMITER ;;" || $0 == "DELIMITER ;" { code = $0 == "DELIMITER ;;" }
at { print | out; lines[i]++ }
END {
  if (at) close(out)
  if (at != n && at != 2 * n || foot == "") exit 1
  for (i = 1; i <= n; i++) {
    out = packed()
    printf "%s", foot | out
    print last[i] (views[i] <= lines[i] && at > n ? "; head and views are the lines 1," heads " " views[i] "," lines[i] : "") | out
    close(out)
  }
}
