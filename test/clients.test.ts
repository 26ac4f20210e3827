import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { Namespace } from 'cdk8s-plus-27';
import { parse } from 'yaml';
import { podsOf } from './support/cluster';
import { PASSWORD, SHOP_PASSWORD } from './support/elsewhere';
import { find, manifestsOf, named, podOf } from './support/manifests';
import type { Manifest } from './support/manifests';
import { blockWith, clientOf, runProgram } from './support/pages';
import { podSecurityErrors } from './support/pod-security';
import { newDatabase } from './support/samples';
import { schemaErrors } from './support/strict-schema';
import { trafficIn } from './support/traffic';

describe("the README's first program", () => {
  let folder: string;
  let manifests: Manifest[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'readme-'));
    runProgram(blockWith('README.md', 'ts', 'import { App'), folder);
    manifests = Yaml.load(join(folder, 'shop.k8s.yaml')) as Manifest[];
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is admitted by Pod Security "restricted"', () => {
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  });

  // psql of an image that has it, a login, and a policy that lets it in: what a query needs. It is run on real pods by
  // test/cluster/clients.test.ts.
  test('has a client that can reach the database', () => {
    const [database, web] = ['postgresql', 'web'].map((name) => podsOf(manifests).find((pod) => pod.name === name)!);
    expect(trafficIn(manifests)({ from: web!, to: database!, port: 5432 })).toBe(true);
    const { containers } = find(manifests, 'Deployment', 'web').spec.template.spec;
    const client = named(containers, 'web');
    expect(client.image).toBe('postgres:17.11-bookworm');
    expect(client.env.map(({ name }) => name)).toEqual(['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD']);
    expect(named(client.env, 'PGUSER').value).toBe('shop');
  });

  test('finds every key in the Secret that the command makes', () => {
    const command = blockWith('README.md', 'sh', 'kubectl create secret generic dbpass');
    const made = [...command.matchAll(/--from-literal=(\w+)=/g)].map(([, key]) => key);
    const yaml = readFileSync(join(folder, 'shop.k8s.yaml'), 'utf8');
    const asked = [...yaml.matchAll(/ key: (\w+)/g)].map(([, key]) => key);
    expect([...new Set(asked)].sort()).toEqual(made.sort());
    expect([
      ...new Set(
        [...yaml.matchAll(/(?:secretName|secretKeyRef:\n +key: \w+\n +name): (\w+)/g)].map(([, name]) => name),
      ),
    ]).toEqual(['dbpass']);
  });
});

describe('docs/clients.md', () => {
  const shop = { applicationUser: { name: 'shop', password: SHOP_PASSWORD } };

  // Kubernetes leaves $(NAME) as it stands where the variable comes later.
  test.each(['addWorker', 'addReport'])('%s adds a client that can start, and reach the database', (example) => {
    const { chart, database } = newDatabase(shop);
    clientOf('docs/clients.md', example)(chart, database);
    const manifests = manifestsOf(chart);
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);

    const [client] = manifests.filter(({ kind }) => ['Deployment', 'CronJob'].includes(kind));
    const pods = podsOf(manifests);
    const [from, to] = [client!.metadata.name, 'db'].map((pod) => pods.find((one) => one.name === pod)!);
    expect(trafficIn(manifests)({ from: from!, to: to!, port: 5432 })).toBe(true);

    const { env } = podOf(client!)!.spec.containers[0]!;
    const names = env.map((variable) => variable.name);
    expect(names).toEqual(expect.arrayContaining(['PGHOST', 'PGPORT', 'PGDATABASE', 'PGUSER', 'PGPASSWORD']));
    const used = env.flatMap(({ value = '' }, index) =>
      [...value.matchAll(/\$\((\w+)\)/g)].filter(([, name = '']) => !names.slice(0, index).includes(name)),
    );
    expect(used).toEqual([]);
  });

  test('lets in pods that others make, in their namespace alone', () => {
    const { chart, database } = newDatabase(shop, { namespace: 'shop' });
    new Namespace(chart, 'web', { metadata: { name: 'web' } });
    clientOf('docs/clients.md', 'letInWeb')(chart, database);
    const manifests = manifestsOf(chart);
    const to = podsOf(manifests).find(({ name }) => name === 'db')!;
    const web = (namespace: string) => ({
      name: 'web',
      namespace,
      namespaceLabels: { 'kubernetes.io/metadata.name': namespace },
      labels: { 'app.kubernetes.io/name': 'web' },
      ports: [],
    });
    const isLetIn = (namespace: string) => trafficIn(manifests)({ from: web(namespace), to, port: 5432 });
    expect({ web: isLetIn('web'), shop: isLetIn('shop') }).toEqual({ web: true, shop: false });
  });

  test('writes by hand what the library writes', () => {
    const password = { ...PASSWORD, key: 'shop' };
    const { database } = newDatabase(
      { name: 'postgresql', applicationUser: { name: 'shop', password } },
      { namespace: 'shop' },
    );
    const { env } = parse(blockWith('docs/clients.md', 'yaml', 'PGHOST')) as { env: object[] };
    expect(database.connectionEnv()).toEqual(expect.arrayContaining(env));
  });
});
