import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Duration, Size, Yaml } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  ContainerResources,
  DatabaseEngine,
  Deployment,
  HeadlessService,
  PersistentStatefulSet,
  StatefulDatabase,
} from '../../lib';
import { PASSWORD } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { TestCluster, facts } from './support/cluster';
import { describePods } from './support/describe-pods';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';
import { ready } from './support/scenario';

const IMAGE = 'ubuntu:24.04';
const resources = ContainerResources.of({
  cpu: Cpu.millis(1),
  memory: Size.mebibytes(64),
  ephemeralStorage: Size.mebibytes(64),
});
const container = (name: string, script: string, more: Partial<k8s.Container> = {}): k8s.Container => ({
  name,
  image: IMAGE,
  command: ['sh', '-ec', script],
  resources,
  ...more,
});
const SLEEP = 'trap "exit 0" TERM; sleep 3600 & wait';

const cluster = new TestCluster(facts());
let kubectl: Kubectl;
afterAll(() => cluster.clean());

const apply = async (make: (scope: Construct) => unknown): Promise<void> => {
  const chart = newChart();
  make(chart);
  await kubectl.ok(['apply', '--validate=strict', '--filename=-'], { input: Yaml.stringify(...manifestsOf(chart)) });
};
const logs = (pod: string, name: string) => kubectl.ok(['logs', pod, `--container=${name}`]);
const service = (scope: Construct, name: string) =>
  new HeadlessService(scope, `${name}-nodes`, { ports: [{ name: 'http', port: 8080 }] });

/*
 * Programs that people write of these parts, each once refused by a server or a kubelet, or without its data.
 */
describePods('parts that are composed', () => {
  beforeAll(async () => {
    kubectl = await cluster.namespace('compositions');
  });

  test('a root init container gives a volume to a server that is not root', async () => {
    await apply((scope) => {
      new PersistentStatefulSet(scope, 'given', {
        service: service(scope, 'given'),
        fsGroup: 4242,
        initContainers: [
          container('chown', 'chown 1000:1000 /data/old', {
            securityContext: { runAsUser: 0, capabilities: { add: ['CHOWN', 'DAC_OVERRIDE'] } },
          }),
        ],
        containers: [container('server', `echo row > /data/old/row; cat /data/old/row; ${SLEEP}`)],
        volumeClaimTemplates: [
          {
            name: 'data',
            size: Size.gibibytes(1),
            mounts: [
              { path: '/data/old', subPath: 'old', container: 'server' },
              { path: '/data/old', subPath: 'old', container: 'chown' },
            ],
          },
        ],
      });
    });
    await ready(kubectl, ['given-0']);
    expect(await logs('given-0', 'server')).toBe('row\n');
  });

  test('an emptyDir begins with what the image has, and is written to', async () => {
    await apply((scope) => {
      const server = container(
        'server',
        `test -s /etc/pam.d/other; echo mine > /etc/pam.d/own; ls /etc/pam.d; ${SLEEP}`,
      );
      const emptyDirs = [{ path: '/etc/pam.d', seed: '/etc/pam.d', containers: ['server', 'reader'] }];
      const reader = container('reader', SLEEP);
      new PersistentStatefulSet(scope, 'seeded', {
        service: service(scope, 'seeded'),
        containers: [server, reader],
        emptyDirs,
      });
    });
    await ready(kubectl, ['seeded-0']);
    expect(await logs('seeded-0', 'server')).toMatch(/other\n[^]*own\n/);
    expect(await logs('seeded-0', 'seed-etc-pam-d')).toContain('filled');
    const read = ['exec', 'seeded-0', '--container=reader', '--', 'cat', '/etc/pam.d/own'];
    expect(await kubectl.ok(read)).toBe('mine\n');
  });

  test('a native sidecar serves init containers, and what runs on', async () => {
    await apply((scope) => {
      const shared = { path: '/run/proxy', containers: ['proxy', 'wait', 'server'] };
      new Deployment(scope, 'proxied', {
        nativeSidecars: [container('proxy', `while sleep 1; do date +%s > /run/proxy/alive; done`)],
        initContainers: [container('wait', 'until [ -s /run/proxy/alive ]; do sleep 1; done')],
        containers: [container('server', SLEEP)],
        emptyDirs: [shared],
      });
    });
    await kubectl.ok(['rollout', 'status', 'deployment/proxied', '--timeout=120s'], { seconds: 130 });
    const alive = () =>
      kubectl.ok(['exec', 'deployment/proxied', '--container=server', '--', 'cat', '/run/proxy/alive']);
    const before = Number(await alive());
    await eventually(async () => expect(Number(await alive())).toBeGreaterThan(before));
  });

  test('a database with certificates starts for the first time, and encrypts', async () => {
    const { certificate, privateKey } = await newCertificate();
    const tls = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      metadata: { name: 'tls' },
      stringData: { 'tls.crt': certificate, 'tls.key': privateKey },
    };
    const password = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'dbpass' },
      stringData: { dbpassword: 'of-a-test' },
    };
    await kubectl.ok(['apply', '--filename=-'], { input: Yaml.stringify(tls, password) });
    await apply(
      (scope) =>
        new StatefulDatabase(scope, 'encrypted', {
          engine: DatabaseEngine.postgres({ version: '17.11' }),
          password: PASSWORD,
          storage: { size: Size.gibibytes(1) },
          resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
          volumes: [{ name: 'tls', secret: { secretName: 'tls', defaultMode: 0o440 } }],
          volumeMounts: [{ name: 'tls', mountPath: '/tls', readOnly: true }],
          volumeClaimTemplates: [{ name: 'logs', size: Size.gibibytes(1), mounts: [{ path: '/logs' }] }],
          parameters: {
            ssl: 'on',
            ssl_cert_file: '/tls/tls.crt',
            ssl_key_file: '/tls/tls.key',
            logging_collector: 'on',
            log_directory: '/logs',
          },
        }),
    );
    await ready(kubectl, ['encrypted-0']);
    const query = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    const psql = `PGPASSWORD=of-a-test PGSSLMODE=require psql -h 127.0.0.1 -Upostgres -qAtc '${query}'`;
    expect(await kubectl.ok(['exec', 'encrypted-0', '--', 'bash', '-c', psql])).toBe('t\n');
    expect(await kubectl.ok(['exec', 'encrypted-0', '--', 'ls', '/logs'])).toMatch(/\.log\n/);
  });

  test('an engine of one’s own finds its init scripts executable', async () => {
    await apply(
      (scope) =>
        new StatefulDatabase(scope, 'own', {
          engine: DatabaseEngine.of({
            name: 'own',
            image: 'postgres:17.11-bookworm',
            port: 5432,
            mountPath: '/var/lib/postgresql/data',
            runAsUser: 999,
            runAsGroup: 999,
            terminationGracePeriod: Duration.seconds(30),
            emptyDirs: [{ path: '/var/run/postgresql' }, { path: '/tmp' }],
            env: { PGDATA: '/var/lib/postgresql/data/pgdata' },
            user: 'postgres',
            databaseName: 'postgres',
            passwordVariable: 'POSTGRES_PASSWORD',
            initScriptsPath: '/docker-entrypoint-initdb.d',
            initScriptEndings: ['.sh'],
            startupProbe: { exec: { command: ['pg_isready'] }, periodSeconds: 1, failureThreshold: 120 },
            readinessProbe: { exec: { command: ['pg_isready'] }, periodSeconds: 1 },
          }),
          password: PASSWORD,
          storage: { size: Size.gibibytes(1) },
          resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
          initScripts: { '10-mark.sh': '#!/bin/sh\necho "run by $0" > "$PGDATA/mark"\n' },
        }),
    );
    await ready(kubectl, ['own-0']);
    const script = '/docker-entrypoint-initdb.d/10-mark.sh';
    const run = ['exec', 'own-0', '--', 'sh', '-c', `test -x ${script} && ${script} && cat "$PGDATA/mark"`];
    expect(await kubectl.ok(run)).toBe(`run by ${script}\n`);
  });
});

/** Of a test, with openssl. */
async function newCertificate(): Promise<{ certificate: string; privateKey: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=encrypted'];
    await promisify(execFile)('openssl', [...args, '-keyout', 'tls.key', '-out', 'tls.crt'], { cwd: folder });
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    return { certificate: read('tls.crt'), privateKey: read('tls.key') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
