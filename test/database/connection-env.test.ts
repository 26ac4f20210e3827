import { Deployment as PlusDeployment } from 'cdk8s-plus-27';
import { DatabaseEngine, Deployment, StatefulDatabase } from '../../lib';
import type { IDatabase } from '../../lib';
import { PASSWORD, SHOP_PASSWORD } from '../support/elsewhere';
import { find, manifestsOf, named, newChart } from '../support/manifests';
import { CONTAINER, newDatabase } from '../support/samples';

const applicationUser = { name: 'shop', password: SHOP_PASSWORD };
const mariadb = DatabaseEngine.mariadb({ version: '11.8.8' });
const withoutLogin = DatabaseEngine.mongo({ version: '8.0.9', authentication: false });
const attributes = {
  engine: DatabaseEngine.postgres({ version: '17.11' }),
  address: 'db.example.com',
  password: PASSWORD,
};

const DATABASES: [string, IDatabase][] = [
  ['a PostgreSQL', newDatabase().database],
  ['a PostgreSQL with an application user', newDatabase({ applicationUser }).database],
  ['a MariaDB', newDatabase({ engine: mariadb, applicationUser }).database],
  ['a MongoDB without a login', newDatabase({ engine: withoutLogin, password: undefined }).database],
  ['a database made elsewhere', StatefulDatabase.fromAttributes(newChart(), 'elsewhere', attributes)],
];

test.each(DATABASES)('%s is told to clients of cdk8s-plus as to those of this library', (_, database) => {
  const chart = newChart();
  new Deployment(chart, 'own', { containers: [{ ...CONTAINER, name: 'main', env: database.connectionEnv() }] });
  new PlusDeployment(chart, 'plus', {
    metadata: { name: 'plus' },
    containers: [{ image: CONTAINER.image, envVariables: database.connectionEnvValues() }],
  });
  const envOf = (name: string) =>
    named(find(manifestsOf(chart), 'Deployment', name).spec.template.spec.containers, 'main').env;
  expect(envOf('plus')).toEqual(envOf('own'));
  expect(envOf('plus').length).toBeGreaterThan(2);
});

test('a client of cdk8s-plus gets the password by a reference', () => {
  expect(newDatabase({ applicationUser }).database.connectionEnvValues().PGPASSWORD).toMatchObject({
    value: undefined,
    valueFrom: { secretKeyRef: { name: 'shop', key: 'pw' } },
  });
});

// The administrator of MariaDB logs in over the socket, which no client has.
test.each(['connectionEnv', 'connectionEnvValues'] as const)('%s names no login that clients cannot use', (method) => {
  expect(() => newDatabase({ engine: mariadb }).database[method]()).toThrow(
    new Error(
      "StatefulDatabase 'test/db': 'applicationUser' must be given for clients, got nothing: the administrator 'root' can log " +
        'in only from inside the pod; write applicationUser: { name, password }',
    ),
  );
});
