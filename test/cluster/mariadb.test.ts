import { Size, Yaml } from 'cdk8s';
import { DatabaseEngine, StatefulDatabase } from '../../lib';
import { PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

const cluster = new TestCluster(facts());
let kubectl: Kubectl;

function yaml(): string {
  const chart = newChart();
  new StatefulDatabase(chart, 'mariadb', {
    engine: DatabaseEngine.mariadb({ version: '11.8.8' }),
    password: PASSWORD,
    applicationUser: { name: 'shop', password: SHOP_PASSWORD },
    storage: { size: Size.gibibytes(1) },
  });
  return Yaml.stringify(...manifestsOf(chart));
}

/** As the application user, whose password is not written on a command line. */
const sql = (query: string) =>
  kubectl.ok([
    ...['exec', 'mariadb-0', '--', 'bash', '-c'],
    `MYSQL_PWD="$(cat /passwords/MARIADB_PASSWORD)" mariadb -h 127.0.0.1 -ushop -N shop -e "${query}"`,
  ]);

afterAll(() => cluster.clean());

describePods('MariaDB', () => {
  beforeAll(async () => {
    kubectl = await cluster.namespace('mariadb', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await kubectl.ok(['create', 'secret', 'generic', 'dbpass', '--from-literal=dbpassword=of a test']);
    await kubectl.ok(['create', 'secret', 'generic', 'shop', '--from-literal=pw=of the shop']);
    await kubectl.ok(['apply', '--filename=-'], { input: yaml() });
    await ready(kubectl, ['mariadb-0']);
    await sql("CREATE TABLE kept (what varchar(9)); INSERT INTO kept VALUES ('mine')");
  });

  test('keeps its rows when the pod is deleted, which stops it cleanly', async () => {
    await kubectl.ok(['delete', 'pod', 'mariadb-0']);
    await ready(kubectl, ['mariadb-0']);
    expect(await sql('SELECT what FROM kept')).toBe('mine\n');
    expect(await kubectl.ok(['logs', 'mariadb-0'])).not.toMatch(/crash recovery/i);
  });

  test('keeps its rows when the set is deleted and applied again', async () => {
    await kubectl.ok(['delete', 'statefulset', 'mariadb', '--wait=false']);
    await eventually(async () => expect(await kubectl.get('pods')).toEqual([]), 150);
    await kubectl.ok(['apply', '--filename=-'], { input: yaml() });
    await ready(kubectl, ['mariadb-0']);
    expect(await sql('SELECT what FROM kept')).toBe('mine\n');
  });

  test('keeps its rows when it is killed', async () => {
    await sql("INSERT INTO kept VALUES ('too')");
    await kubectl.ok(['delete', 'pod', 'mariadb-0', '--grace-period=0', '--force']);
    await eventually(() => ready(kubectl, ['mariadb-0']), 120);
    expect(await sql('SELECT what FROM kept ORDER BY what')).toBe('mine\ntoo\n');
  });
});
