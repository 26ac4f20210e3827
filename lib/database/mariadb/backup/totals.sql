-- But for what restores have moved aside, how many tables, sequences, views, triggers, routines and events the database has.
SELECT CONCAT('"tables": ', COUNT(*)) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
  AND TABLE_TYPE NOT IN ('SEQUENCE', 'VIEW', 'SYSTEM VIEW') AND TABLE_NAME NOT REGEXP '^restoring_[0-9]{14}$|_replaced_[0-9]{14}$';
SELECT CONCAT('"sequences": ', COUNT(*)) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'
  AND TABLE_NAME NOT REGEXP '_replaced_[0-9]{14}$';
SELECT CONCAT('"views": ', COUNT(*)) FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE();
SELECT CONCAT('"triggers": ', COUNT(*)) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE();
SELECT CONCAT('"routines": ', COUNT(*)) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE();
SELECT CONCAT('"events": ', COUNT(*)) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE();
