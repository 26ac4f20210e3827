-- The statement that moves all tables aside.
SELECT CONCAT('RENAME TABLE ', GROUP_CONCAT('`', REPLACE(TABLE_NAME, '`', '``'), '` TO `', REPLACE(TABLE_NAME, '`', '``'), '_replaced_', @time, '`'), ';')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'VIEW'
    AND TABLE_NAME NOT REGEXP '^restoring_[0-9]{14}$|_replaced_[0-9]{14}$' HAVING COUNT(*) > 0;
