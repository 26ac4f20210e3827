-- Our dump, if it has waited for a lock for @timeout seconds: its session and the table, and who may hold the lock.
SELECT waiting.ID, CONCAT_WS('.', waiting.DB, NULLIF(TRIM('`' FROM REGEXP_SUBSTR(waiting.INFO, '`[^`]*`[^`]*$')), '')), (
    SELECT GROUP_CONCAT('session ', ID, ' of ', USER SEPARATOR ', ') FROM information_schema.PROCESSLIST AS other
    WHERE ID NOT IN (CONNECTION_ID(), waiting.ID) AND STATE NOT LIKE 'Waiting for%' AND COMMAND NOT IN ('Daemon', 'Binlog Dump') AND (COMMAND <> 'Sleep'
      OR ID IN (SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX)
      OR other.DB = waiting.DB))
  FROM information_schema.PROCESSLIST AS waiting WHERE ID > @began AND USER = LEFT(USER(), CHAR_LENGTH(USER()) - LOCATE('@', REVERSE(USER())))
    AND STATE LIKE 'Waiting for%' AND INFO REGEXP 'SQL_NO_CACHE|^show|information_schema' AND TIME >= @timeout LIMIT 1;
