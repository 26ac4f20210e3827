import { spawnSync } from 'node:child_process';
import type { Resource } from '../../lib/guard/model';
import { plan } from '../../lib/guard/plan';
import { readState } from '../../lib/guard/state';
import {
  dumpAndRestore,
  grow,
  handOver,
  handOverSet,
  keep,
  keepNamespace,
  keepSet,
  leave,
  recreate,
  recreateWithPods,
  rescue,
} from '../../lib/guard/ways-out';

function resource(facts: Resource['facts'] = {}, names: Partial<Resource> = {}): Resource {
  const { kind = 'StatefulSet', namespace = 'shop', name = 'db' } = names;
  const key = `${kind}/${namespace}/${name}`;
  return { key, kind, group: '', namespace, name, facts, at: () => ({ file: 'a.yaml', line: 1 }) };
}

const postgres = { pod: { containers: { server: { image: 'postgres:15' } } } };
const set = (replicas: string, facts: Resource['facts'] = {}, names: Partial<Resource> = {}): Resource =>
  resource({ replicas, templates: { data: { size: '1Gi' } }, ...facts }, names);
const same = new Map([['data', 'data']]);
const web = resource({}, { kind: 'Deployment', name: 'web' });
const FILES = { namespace: 'shop', claim: 'files' };

const WAYS: { readonly [name: string]: string[] } = {
  'one line, whatever is in it': leave('keep the name \n rm -rf /\r\u2028 \u0007'),
  recreate: recreate(set('3')),
  'recreate with pods': recreateWithPods(set('2', { ordinalsStart: '5' })),
  'recreate with many pods': recreateWithPods(set('9', { ordinalsStart: '5' })),
  'grow one': grow(set('1'), 'data', '2Gi'),
  'grow nine': grow(set('9', { ordinalsStart: '5' }), 'data', '2Gi'),
  'grow a set that is stopped, in the namespace of the context': grow(set('0', {}, { namespace: '' }), 'data', '2Gi'),
  keep: keep('shop', 'files'),
  'keep all of a set': keepSet(set('2', { templates: { data: {}, log: {} } })),
  'keep all of a namespace': keepNamespace('shop'),
  'hand over to another name': handOver({ from: FILES, to: { namespace: 'shop', claim: 'media' }, users: [web] }),
  'hand over to another namespace, from what nobody knows': handOver({
    from: FILES,
    to: { namespace: 'blog', claim: 'files' },
    users: [],
  }),
  'hand over to the namespace of the context': handOver({
    from: FILES,
    to: { namespace: '', claim: 'files' },
    users: [],
  }),
  'hand a set over': handOverSet(set('2'), set('2', {}, { name: 'sql' }), same),
  rescue: rescue('shop', 'files', [web, resource({}, { kind: 'DaemonSet', name: 'agent' })]),
  'dump and restore': dumpAndRestore('a set of the later version', set('1', postgres)),
  'dump and restore what nobody knows': dumpAndRestore('a MySQL'),
};

test.each(Object.keys(WAYS))('%s', (name) => {
  expect(`\n${WAYS[name]!.join('\n')}\n`).toMatchSnapshot();
});

const isShell = (lines: readonly string[]): string =>
  spawnSync('bash', ['-n'], { input: lines.join('\n'), encoding: 'utf8' }).stderr;

test('all of it is shell', () => {
  expect(isShell(Object.values(WAYS).flat())).toBe('');
  expect(isShell(['for a in b; do'])).not.toBe('');
});

const HOSTILE = `x'; touch /tmp/owned; $(touch owned) "\`owned\`\n touch owned #`;

test('a name that no server accepts is in no command', () => {
  const hostile = { name: HOSTILE, namespace: HOSTILE };
  const facts = { templates: { [HOSTILE]: {} }, pod: { containers: { [HOSTILE]: { image: 'postgres:15' } } } };
  const bad = set('2', facts, hostile);
  const claim = { namespace: HOSTILE, claim: HOSTILE };
  const lines = [
    ...recreateWithPods(bad),
    ...grow(bad, HOSTILE, HOSTILE),
    ...keep(HOSTILE, HOSTILE),
    ...keepSet(bad),
    ...keepNamespace(HOSTILE),
    ...handOver({ from: claim, to: claim, users: [resource({}, { ...hostile, kind: HOSTILE })] }),
    ...handOverSet(bad, set('2', {}, { name: `${HOSTILE}2`, namespace: '' }), new Map([[HOSTILE, HOSTILE]])),
    ...rescue(HOSTILE, HOSTILE, [resource({}, { ...hostile, kind: 'Deployment' })]),
    ...dumpAndRestore(HOSTILE, bad),
    ...leave(HOSTILE),
  ];
  expect(lines.filter((line) => !line.startsWith('#') && line.includes('owned'))).toEqual([]);
  expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
  expect(isShell(lines)).toBe('');
});

/** One object of each kind that rules print commands for, with a name that is none. */
function manifests(name: string, change: number): string {
  const pod = {
    containers: [
      { name, image: `postgres:${15 + change}`, volumeMounts: [{ name: 'data', mountPath: `/data${change}` }] },
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `${name}${change}` } }],
  };
  const template = { metadata: { labels: { app: name } }, spec: pod };
  const storage = (size: number) => ({ resources: { requests: { storage: `${size}Gi` } } });
  const all: [string, string, object][] = [
    ['v1', 'Pod', { spec: pod }],
    ['apps/v1', 'Deployment', { spec: { selector: { matchLabels: { app: `${name}${change}` } }, template } }],
    ['v1', 'Service', { spec: change ? {} : { clusterIP: 'None' } }],
    ['v1', 'PersistentVolumeClaim', { spec: { ...storage(3 - change), storageClassName: `${name}${change}` } }],
    ['storage.k8s.io/v1', 'StorageClass', { provisioner: `${name}${change}` }],
    [
      'apps/v1',
      'StatefulSet',
      {
        spec: {
          replicas: 2,
          serviceName: `${name}${change}`,
          selector: { matchLabels: { app: `${name}${change}` } },
          template,
          volumeClaimTemplates: [
            { metadata: { name, labels: { chart: `${name}${change}` } }, spec: storage(1 + change) },
            { metadata: { name: `${name}${change}` }, spec: storage(1) },
            { metadata: { name: `${name}-small` }, spec: { ...storage(3 - change), storageClassName: `a${change}` } },
          ],
        },
      },
    ],
    ...(change ? [] : ([['v1', 'Namespace', {}]] as [string, string, object][])),
    ...['Secret', 'PersistentVolumeClaim', 'StatefulSet'].map((kind): [string, string, object] => [
      kind === 'StatefulSet' ? 'apps/v1' : 'v1',
      kind,
      {
        metadata: { name: `${name}-${change}`, namespace: `${name}${change}` },
        spec: { ...storage(1), template, volumeClaimTemplates: [{ metadata: { name }, spec: storage(1) }] },
        data: {},
      },
    ]),
  ];
  return all
    .map(([apiVersion, kind, rest]) =>
      JSON.stringify({ apiVersion, kind, metadata: { name, namespace: name }, ...rest }),
    )
    .join('\n---\n');
}

test.each([
  ['sound', 'db'],
  ['hostile', HOSTILE],
])('what rules print of %s names is shell, and names stay names', (_, name) => {
  const [before, after] = [0, 1].map((change) => readState([{ file: 'a.yaml', text: manifests(name, change) }]).state);
  const findings = plan(before!, after!);
  const lines = findings.flatMap(({ wayOut }) => wayOut);
  expect(lines.filter((line) => /^ *kubectl /.test(line)).length).toBeGreaterThan(15);
  expect(lines.filter((line) => !line.startsWith('#') && line.includes('owned'))).toEqual([]);
  expect(lines.filter((line) => line.includes('\n'))).toEqual([]);
  expect(isShell(lines)).toBe('');
});
