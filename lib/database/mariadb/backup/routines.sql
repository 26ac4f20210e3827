-- The statements that give again the rights on the routines of the database.
SELECT CONCAT('GRANT ', REPLACE(REPLACE(Proc_priv, 'Grant', 'Usage'), ',', ', '), ' ON ', Routine_type, ' `', REPLACE(Db, '`', '``'), '`.`', REPLACE(Routine_name, '`', '``'),
    '` TO `', REPLACE(User, '`', '``'), IF(Host = '', '`', CONCAT('`@`', REPLACE(Host, '`', '``'), '`')), IF(FIND_IN_SET('Grant', Proc_priv), ' WITH GRANT OPTION;', ';'))
  FROM mysql.procs_priv WHERE Db = DATABASE();
