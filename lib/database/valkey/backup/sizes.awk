# Bytes of an RDB in decimal, a line a database: its number, and what follows its SELECTDB. Prints DATABASE KEYS EXPIRING, as the RESIZEDB there
# says. https://github.com/valkey-io/valkey/blob/unstable/src/rdb.h
function number(    n, bytes) {
  at++
  if ($at < 64) return $at
  if ($at < 128) { n = ($at - 64) * 256 + $(at + 1); at++; return n }
  bytes = $at == 128 ? 4 : $at == 129 ? 8 : 0
  if (!bytes) { failed = 1; exit 1 }
  for (n = 0; bytes > 0; bytes--) { at++; n = n * 256 + $at }
  return n
}
{
  if ($2 != 251) { failed = 1; exit 1 }
  at = 2
  keys = number()
  printf "%d %.0f %.0f\n", $1, keys, number()
}
END { exit failed }
