-- The tables whose name has no room for `_replaced_<time>`, and what has such a name already.
SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND (TABLE_NAME LIKE CONCAT('%\_', @time)
  OR TABLE_NAME NOT REGEXP '^restoring_[0-9]{14}$|_replaced_[0-9]{14}$' AND TABLE_TYPE <> 'VIEW' AND CHAR_LENGTH(TABLE_NAME) > 40);
