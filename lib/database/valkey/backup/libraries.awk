# The bytes of an RDB in decimal, a line each, between its last AUX field and its first database. Prints how many libraries of functions they hold.
function number(    n, bytes) {
  if (byte[i] < 64) return byte[i++]
  if (byte[i] < 128) { n = (byte[i] - 64) * 256 + byte[i + 1]; i += 2; return n }
  bytes = byte[i] == 128 ? 4 : byte[i] == 129 ? 8 : 0
  if (!bytes) fail()
  for (i++; bytes > 0; bytes--) n = n * 256 + byte[i++]
  return n + 0
}
function fail() { failed = 1; exit 1 }
{ byte[NR] = $1 }
END {
  if (failed) exit 1
  # FUNCTION2, and a string, which may be packed: its length packed, its length, its bytes.
  for (i = 1; byte[i] == 245; count++) {
    i++
    if (byte[i] == 195) { i++; packed = number(); number(); i += packed } else i += number()
  }
  # What follows must be SELECTDB or the end of the RDB: modules write more, which is not known here.
  if (i <= NR && byte[i] != 254 && byte[i] != 255) exit 1
  print count + 0
}
