-- What is neither moved aside nor the note of how to put it back, as DROP names it.
SELECT CONCAT(IF(TABLE_TYPE IN ('VIEW', 'SEQUENCE'), TABLE_TYPE, 'TABLE'), ' IF EXISTS `', REPLACE(TABLE_NAME, '`', '``'), '`;')
  FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT REGEXP '^restoring_[0-9]{14}$|_replaced_[0-9]{14}$';
SELECT CONCAT('TRIGGER IF EXISTS `', REPLACE(TRIGGER_NAME, '`', '``'), '`;') FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();
SELECT CONCAT(ROUTINE_TYPE, ' IF EXISTS `', REPLACE(ROUTINE_NAME, '`', '``'), '`;') FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE();
SELECT CONCAT('EVENT IF EXISTS `', REPLACE(EVENT_NAME, '`', '``'), '`;') FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE();
