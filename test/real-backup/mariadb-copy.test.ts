import { engineImage } from '../support/backup/engine-image';
import { Pod, lastLine } from '../support/backup/pod';
import { describeCopy } from '../support/backup/programs';
import { copyScripts } from '../support/backup/scripts';
import { DUMP, RESTORE } from '../support/backup/steps';
import { MariadbServer } from '../support/mariadb-server';
import type { Outcome } from '../support/shell';

const SHOP = `CREATE DATABASE shop; CREATE DATABASE reports; USE shop;
  CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40)); INSERT INTO orders (name) SELECT CONCAT('jméno ', seq) FROM seq_1_to_1000;
  CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW SET NEW.name = TRIM(NEW.name); CREATE SEQUENCE numbers START WITH 42;
  CREATE VIEW reports.latest AS SELECT MAX(id) AS id FROM shop.orders; CREATE TABLE reports.days AS SELECT seq FROM seq_1_to_7;
  CREATE USER reader@'%' IDENTIFIED BY 'of the reader'; GRANT SELECT ON reports.* TO reader@'%'; CREATE ROLE writers; GRANT INSERT ON shop.* TO writers; GRANT writers TO reader@'%';`;
const THERE = `SELECT COUNT(*), MD5(GROUP_CONCAT(id, name ORDER BY id)) FROM shop.orders; SELECT * FROM reports.latest; SELECT SUM(seq) FROM reports.days;
  SELECT next_not_cached_value FROM shop.numbers; SHOW GRANTS FOR reader@'%'; SHOW GRANTS FOR writers; SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'shop'`;

describeCopy('a copy of MariaDB 10.11 into 11.8', 'mariadb', '10.11', () => {
  const from = new MariadbServer(engineImage('mariadb', '10.11'));
  const to = new MariadbServer();

  beforeAll(async () => {
    for (const server of [from, to]) {
      await server.make();
      server.sql("CREATE USER admin@'%' IDENTIFIED BY 'of the admin'; GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION");
    }
    from.sql(`SET SESSION group_concat_max_len = 1 << 20; ${SHOP}`);
  });
  afterAll(async () => {
    Pod.removeAll();
    for (const server of [from, to]) await server.remove();
  });

  async function copy(): Promise<Outcome> {
    const pod = new Pod(
      { DB_HOST: '127.0.0.1', DB_USER: 'admin', DB_NAME: 'shop' },
      { 'dbPassword.txt': 'of the admin' },
      to.image,
      copyScripts,
    );
    const dumped = await pod.run(DUMP, { DB_PORT: String(from.port) });
    return dumped.status === 0 ? pod.run(RESTORE, { DB_PORT: String(to.port) }) : dumped;
  }

  test('brings all databases, users with their passwords, and grants; again it is refused', async () => {
    const { status, stdout, stderr } = await copy();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/restore: the copy is in "shop" "reports": 1007 rows of 2 tables, in \d+ s\n/);
    expect(stdout).not.toContain('without a password');
    expect(to.sql(THERE)).toBe(from.sql(THERE));
    expect(
      to.ask(['-ureader', '-h127.0.0.1', `-P${to.port}`], 'SELECT COUNT(*) FROM reports.days', 'of the reader'),
    ).toBe('7');
    expect(lastLine(await copy())).toMatch(/^restore: not empty on 127.0.0.1, and as before: "shop" /);
  });
});
