-- The statement that moves them back.
SELECT CONCAT('RENAME TABLE ', GROUP_CONCAT('`', REPLACE(TABLE_NAME, '`', '``'), '` TO `', REPLACE(LEFT(TABLE_NAME, CHAR_LENGTH(TABLE_NAME) - 24), '`', '``'), '`'), ';')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'VIEW'
    AND TABLE_NAME LIKE CONCAT('%\_replaced\_', @time) HAVING COUNT(*) > 0;
