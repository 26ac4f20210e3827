# Valkey's clients. The password stands in the environment of these alone, as a command line is seen by the whole node.

# db ARGUMENT…: the server of the job.
db() { try valkey-cli -e -t 30 -h "$DB_HOST" -p "$DB_PORT" ${password:+--user "$DB_USER"} "$@"; }

# own ARGUMENT…: the server of this container, which asks for no login.
own() { try env -u REDISCLI_AUTH -u VALKEYCLI_AUTH valkey-cli -e -s "$socket" "$@"; }

# info NAME: a value in the answer to INFO (stdin).
info() { tr -d '\r' | sed -n "s/^$1://p"; }

# keyspace (stdin, the answer to INFO keyspace): DATABASE KEYS EXPIRING of each database that holds something.
keyspace() { tr -d '\r' | sed -n 's/^db\([0-9]*\):keys=\([0-9]*\),expires=\([0-9]*\).*/\1 \2 \3/p'; }

# libraries (stdin, the answer to FUNCTION STATS): how many libraries of functions there are.
libraries() { awk 'counts { n += $0; counts = 0 } $0 == "libraries_count" { counts = 1 } END { print n + 0 }'; }

# words WORD…: a command in the protocol of the server, for --pipe. `file:NAME` stands for the content of a file.
words() {
  printf '*%d\r\n' $#
  for word; do
    case $word in
      file:*)
        printf '$%d\r\n' "$(wc -c < "${word#file:}")"
        cat "${word#file:}"
        printf '\r\n'
        ;;
      *) printf '$%d\r\n%s\r\n' "$(printf %s "$word" | wc -c)" "$word" ;;
    esac
  done
}
