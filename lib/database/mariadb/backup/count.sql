-- A query for each table whose rows a dump holds: a line of JSON with its name and how many they are.
SELECT CONCAT('SELECT CONCAT(', QUOTE(JSON_QUOTE(TABLE_NAME)), ', ": ", COUNT(*)) FROM `', REPLACE(TABLE_NAME, '`', '``'), '`',
    IF(TABLE_TYPE = 'SYSTEM VERSIONED', ' FOR SYSTEM_TIME ALL', ''), ';')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE NOT IN ('SEQUENCE', 'VIEW')
    AND TABLE_NAME NOT REGEXP '^restoring_[0-9]{14}$|_replaced_[0-9]{14}$';
