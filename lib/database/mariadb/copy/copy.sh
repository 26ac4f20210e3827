# What a copy of a server does in another way than a backup and its restore. It comes after engine.sh.

# Clients since 11.4 want a server that encrypts. One before has no certificate of its own, and is spoken with as its own clients do.
version() {
  base=
  [ "$step" != dump ] || base=$DB_NAME
  sql -e 'SELECT VERSION()' --database="$base" 2> /dev/null && return
  case $(cat "$log") in
    *'SSL is required'*) echo 'loose-ssl-verify-server-cert=0' >> "$login_file" && sql -e 'SELECT VERSION()' --database="$base" ;;
    *)
      cat "$log" >&2
      return 1
      ;;
  esac
}
