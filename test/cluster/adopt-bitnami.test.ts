import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockWith, blocksOf, runProgram } from '../support/pages';
import { helmRelease } from './support/bitnami-release';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { eventually } from './support/kubectl';
import type { Kubectl, LiveObject } from './support/kubectl';
import { ready } from './support/scenario';

const PAGE = 'docs/adopting-bitnami.md';
const POD = 'shop-postgresql-0';

interface Service extends LiveObject {
  readonly spec: { clusterIP: string; selector: { [key: string]: string }; ports: { targetPort: string | number }[] };
}

const cluster = new TestCluster(facts());
let kubectl: Kubectl;
let folder: string;

/** A query of a client that was there before, under the name and with the password that it has always used. */
const fromClient = async (sql: string) =>
  (await kubectl.ok(['exec', 'client', '--', 'psql', '-h', 'shop-postgresql', '-qAtc', sql])).trim();
const services = async () =>
  (await kubectl.get<Service>('services')).map(({ metadata, spec }) => ({
    name: metadata.name,
    clusterIP: spec.clusterIP,
    selector: spec.selector,
    ports: spec.ports.map(({ targetPort }) => targetPort),
  }));

afterAll(() => cluster.clean());

describePods("a PostgreSQL of Bitnami's chart", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'adopt-bitnami-'));
    kubectl = await cluster.namespace('bitnami', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    // As Helm, `create` leaves no annotation for a later `apply`.
    await kubectl.ok(['create', '--filename=-'], { input: helmRelease() });
    await ready(kubectl, [POD, 'client']);
    await eventually(() => fromClient('CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is adopted by the commands of the page, in their order, and its clients find their rows', async () => {
    const before = await services();
    expect(before.map(({ name }) => name)).toEqual(['shop-postgresql', 'shop-postgresql-hl']);
    runProgram(blockWith(PAGE, 'ts', 'adoptShop'), join(folder, 'dist'));
    const script = ['set -euo pipefail', ...blocksOf(PAGE, 'sh')].join('\n');
    const { status, stdout, stderr } = await kubectl.spawn('bash', ['-c', script], { folder, seconds: 280 });
    expect({ status, stderr: status === 0 ? '' : stderr + stdout }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('PostgreSQL database cluster dump complete');
    expect(stdout).toMatch(/^1001:\d+\n17$/m);
    expect(stdout).toMatch(/data-shop-postgresql-0 +<none>/);
    expect(stdout).toContain(
      'initialize: /bitnami/postgresql/data holds a PostgreSQL 17 cluster without postgresql.conf pg_hba.conf: made',
    );
    expect(stdout).toMatch(/public +\| orders +\| +1000/);

    expect(await fromClient('SELECT count(*), current_user FROM orders')).toBe('1000|shop');
    expect(await services()).toEqual(before);
    expect(await kubectl.get('secrets', '--selector=owner=helm')).toEqual([]);
    expect((await kubectl.get('secrets')).map(({ metadata }) => metadata.name)).toEqual(['shop-postgresql']);
    expect(await kubectl.get('networkpolicies')).toEqual([]);
    const claims = await kubectl.get('persistentvolumeclaims');
    expect(claims.map(({ metadata }) => metadata.name)).toEqual(['data-shop-postgresql-0']);
  });

  test('starts again without a change', async () => {
    await kubectl.ok(['delete', 'pod', POD]);
    await ready(kubectl, [POD]);
    expect(await kubectl.ok(['logs', POD, '--container=initialize'])).toBe(
      'initialize: /bitnami/postgresql/data holds a PostgreSQL 17 cluster; nothing to do\n',
    );
    expect(await eventually(() => fromClient('SELECT count(*) FROM orders'))).toBe('1000');
  });
});
