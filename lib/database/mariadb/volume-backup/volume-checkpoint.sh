. "${0%/*}/volume.sh"
login
# Nothing waits for a statement that is at work for longer than this, as all others would wait behind it.
sql -e "SET lock_wait_timeout = 10; FLUSH NO_WRITE_TO_BINLOG TABLES; FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS" ||
  stop 'not all was written; a snapshot is good all the same, but MyISAM tables that were written to need a repair'
# Older releases have it not: InnoDB then writes its pages in its own time.
there=$(sql -e "SELECT COUNT(*) FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME = 'INNODB_LOG_CHECKPOINT_NOW'") ||
  stop 'the server cannot be asked'
[ "$there" = 0 ] || sql -e 'SET GLOBAL innodb_log_checkpoint_now = 1' || stop 'no checkpoint was written'
echo "$step: wrote what was in memory"
