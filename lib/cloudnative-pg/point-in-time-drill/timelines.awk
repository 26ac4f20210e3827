# Whether the WAL of an archive has no gap. Reads `S NAME`, a segment, and `H TIMELINE PARENT POSITION`, a line of a history file; `begin` is the
# segment that a base backup began in, `size` that of segments. Prints `missing NAME` for each file that a recovery to the newest would lack,
# and `newest NAME`, the last that it reads; or `stranger TIMELINE`, if the newest timeline does not come from that of the base backup.
function hex(text, i, n) {
  n = 0
  for (i = 1; i <= length(text); i++) n = n * 16 + index("0123456789ABCDEF", toupper(substr(text, i, 1))) - 1
  return n
}
function segment(name) { return hex(substr(name, 9, 8)) * per + hex(substr(name, 17, 8)) }
function named(timeline, n) { return sprintf("%08X%08X%08X", timeline, int(n / per), n % per) }
BEGIN { per = 4294967296 / size }
$1 == "S" {
  there[$2] = 1
  timeline = hex(substr($2, 1, 8))
  if (timeline > last) last = timeline
  if (segment($2) > highest[timeline]) highest[timeline] = segment($2)
}
$1 == "H" {
  if ($2 > last) last = $2
  known[$2] = 1
  if (NF < 4) next
  # The line behind it says where the parent of this one ends.
  split($4, position, "/")
  n = ++lines[$2]
  parent[$2, n] = $3
  ends[$2, n] = int((hex(position[1]) * 4294967296 + hex(position[2])) / size)
}
END {
  base = hex(substr(begin, 1, 8))
  first = segment(begin)
  # PostgreSQL looks for the next timeline until there is none.
  for (timeline = base + 1; timeline <= last; timeline++)
    if (!(timeline in known)) {
      printf "missing %08X.history\n", timeline
      exit
    }
  if (last < base) last = base
  # The path: its timelines, oldest first, and the segment that each starts in.
  n = 0
  start = 0
  for (i = 1; i <= lines[last]; i++) {
    path[++n] = parent[last, i]
    starts[n] = start
    start = ends[last, i]
  }
  path[++n] = last
  starts[n] = start
  descends = 0
  for (i = 1; i <= n; i++) if (path[i] == base) descends = i < n ? starts[i + 1] >= first : 1
  if (!descends) {
    printf "stranger %08X\n", last
    exit
  }
  # The newest segment of the path, each timeline up to where it ends.
  top = first
  for (i = 1; i <= n; i++) {
    end = highest[path[i]]
    if (i < n && end > starts[i + 1]) end = starts[i + 1]
    if (end > top) top = end
  }
  i = 1
  for (number = first; number <= top; number++) {
    while (i < n && starts[i + 1] <= number) i++
    if (named(path[i], number) in there) newest = named(path[i], number)
    # The server that failed may have archived the segment that the next one had begun in.
    else if (number == top && i > 1 && named(path[i - 1], number) in there) newest = named(path[i - 1], number)
    else print "missing " named(path[i], number)
  }
  print "newest " newest
}
