-- The statements that make every definer of the database that is no user here.
SELECT CONCAT('CREATE USER IF NOT EXISTS ', name, '; GRANT ALL ON *.* TO ', name, ';') FROM (
  SELECT CONCAT(QUOTE(LEFT(DEFINER, CHAR_LENGTH(DEFINER) - LOCATE('@', REVERSE(DEFINER)))), '@', QUOTE(SUBSTRING_INDEX(DEFINER, '@', -1))) AS name FROM (
    SELECT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
    UNION SELECT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
    UNION SELECT DEFINER FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()) AS definers
    WHERE DEFINER NOT IN (SELECT CONCAT(User, '@', Host) FROM mysql.user)) AS names;
