-- The statements that take the foreign keys off the tables that were moved aside: their names are needed again.
SELECT CONCAT('ALTER TABLE `', REPLACE(TABLE_NAME, '`', '``'), '` DROP FOREIGN KEY `', REPLACE(CONSTRAINT_NAME, '`', '``'), '`;')
  FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME LIKE CONCAT('%\_replaced\_', @time);
