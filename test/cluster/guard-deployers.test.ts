import { plan } from '../../lib/guard/plan';
import type { PlanOptions } from '../../lib/guard/plan';
import { readState } from '../../lib/guard/state';
import { yamlOf } from '../guard/cases/case';
import type { Manifest } from '../guard/cases/case';
import { TestCluster, facts } from './support/cluster';
import { eventually } from './support/kubectl';
import type { Kubectl } from './support/kubectl';

/** What tools do with the same two manifests, as far as kubectl itself does it. Helm, Argo CD and Flux are not here. */
const cluster = new TestCluster(facts());

afterAll(() => cluster.clean());

const LABEL = { 'guarded-by': 'test' };

function set(name: string, template = 'data', more: object = {}): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, labels: LABEL },
    spec: {
      replicas: 1,
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            { name: 'server', image: 'ubuntu:24.04', volumeMounts: [{ name: template, mountPath: '/data' }] },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: template },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
      ...more,
    },
  };
}

function claim(name: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, labels: LABEL },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
}

/** Rules and verdicts, as the guard says them of two manifests. */
function said(before: Manifest[], after: Manifest[], options: PlanOptions): string[] {
  const [old, now] = [before, after].map(
    (objects, index) => readState([{ file: `${index}`, text: yamlOf(objects) }]).state,
  );
  return plan(old!, now!, options).map(({ rule, verdict, object }) => `${verdict}: ${rule} ${object}`);
}

async function uidOf(kubectl: Kubectl, name: string): Promise<string | undefined> {
  const claims = await kubectl.get('persistentvolumeclaims');
  return claims.find(({ metadata }) => metadata.name === name)?.metadata.uid;
}

async function started(kubectl: Kubectl, name: string): Promise<string> {
  return eventually(async () => {
    const uid = await uidOf(kubectl, name);
    if (uid === undefined) throw new Error(`no claim ${name}`);
    return uid;
  });
}

test('kubectl apply --prune removes what is gone, claims as well', async () => {
  const kubectl = await cluster.namespace('stateful-test-guard-prune');
  const [before, after] = [[set('db'), set('cache'), claim('files')], [set('db')]];
  expect(said(before, after, { deployer: 'prune' })).toEqual([
    'loses: claim-removed PersistentVolumeClaim//files',
    'strands: set-removed StatefulSet//cache',
  ]);
  await kubectl.ok(['apply', '--filename=-'], { input: yamlOf(before) });
  await started(kubectl, 'data-cache-0');
  await kubectl.ok(['apply', '--prune', '--selector=guarded-by=test', '--filename=-'], { input: yamlOf(after) });
  await eventually(async () => {
    expect(await uidOf(kubectl, 'files')).toBeUndefined();
    const sets = await kubectl.get('statefulsets');
    expect(sets.map(({ metadata }) => metadata.name)).toEqual(['db']);
  });
  expect(await uidOf(kubectl, 'data-cache-0')).toBeDefined();
});

test('an ApplySet removes what is gone, claims as well', async () => {
  const kubectl = await cluster.namespace('stateful-test-guard-applyset');
  const [before, after] = [[set('db'), claim('files')], [set('db')]];
  expect(said(before, after, { deployer: 'prune' })).toEqual(['loses: claim-removed PersistentVolumeClaim//files']);
  // kubectl takes no namespace of the context together with --applyset.
  const namespace = "--namespace=$(kubectl config view --minify --output=jsonpath='{..namespace}')";
  const script = `KUBECTL_APPLYSET=true kubectl apply --prune --applyset=shop ${namespace} --filename=-`;
  for (const objects of [before, after]) {
    const { status, stderr } = await kubectl.spawn('sh', ['-c', script], { input: yamlOf(objects) });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    if (objects === before) await started(kubectl, 'files');
  }
  await eventually(async () => {
    expect(await uidOf(kubectl, 'files')).toBeUndefined();
  });
});

test('kubectl apply --server-side is refused and accepted as without it', async () => {
  const kubectl = await cluster.namespace('stateful-test-guard-server-side');
  const before = [set('db')];
  const renamed = [set('db', 'files')];
  const armed = [
    set('db', 'data', { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } }),
  ];
  expect(said(before, renamed, { deployer: 'kubectl' })).toEqual(['refused: template-renamed StatefulSet//db']);
  expect(said(before, armed, { deployer: 'kubectl' })).toEqual(['unprotects: retention-armed StatefulSet//db']);
  const apply = ['apply', '--server-side', '--filename=-'];
  await kubectl.ok(apply, { input: yamlOf(before) });
  const uid = await started(kubectl, 'data-db-0');
  const refused = await kubectl.run(apply, { input: yamlOf(renamed) });
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/field is immutable|updates to statefulset spec for fields other than/i);
  await kubectl.ok(apply, { input: yamlOf(armed) });
  expect(await uidOf(kubectl, 'data-db-0')).toBe(uid);
});

test('kubectl apply --force makes a set again, and with whenDeleted Delete its claims', async () => {
  const kubectl = await cluster.namespace('stateful-test-guard-force');
  const retention = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } };
  const before = [set('db', 'data', retention)];
  const after = [set('db', 'data', { ...retention, podManagementPolicy: 'Parallel' })];
  expect(said(before, after, { deployer: 'kubectl', force: true })).toEqual(['loses: set-immutable StatefulSet//db']);
  await kubectl.ok(['apply', '--filename=-'], { input: yamlOf(before) });
  const uid = await started(kubectl, 'data-db-0');
  await kubectl.ok(['rollout', 'status', 'statefulset/db', '--timeout=60s']);
  await kubectl.ok(['apply', '--force', '--grace-period=1', '--filename=-'], { input: yamlOf(after) });
  await eventually(async () => {
    const now = await uidOf(kubectl, 'data-db-0');
    expect(now).toBeDefined();
    expect(now).not.toBe(uid);
  }, 60);
});

test('a CRD that is pruned takes its objects along, and they do not come back with it', async () => {
  const kubectl = await cluster.namespace('stateful-test-guard-crd');
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'guardeds.stateful-test.example.com' },
    spec: {
      group: 'stateful-test.example.com',
      scope: 'Namespaced',
      names: { kind: 'Guarded', plural: 'guardeds' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  } as unknown as Manifest;
  const object = { apiVersion: 'stateful-test.example.com/v1', kind: 'Guarded', metadata: { name: 'one' } } as Manifest;
  expect(said([crd], [], { deployer: 'prune' })).toEqual([
    'loses: crd-removed CustomResourceDefinition//guardeds.stateful-test.example.com',
  ]);
  await cluster.reserve(kubectl, [crd]);
  const there = async (): Promise<string> => {
    await kubectl.ok(['apply', '--filename=-'], { input: yamlOf([crd]) });
    await kubectl.ok(['wait', '--for=condition=Established', `crd/${crd.metadata.name}`, '--timeout=60s']);
    return eventually(() => kubectl.ok(['get', 'guardeds', '--output=name']));
  };
  await there();
  await eventually(() => kubectl.ok(['apply', '--filename=-'], { input: yamlOf([object]) }));
  expect(await there()).toContain('/one');
  await kubectl.ok(['delete', 'crd', crd.metadata.name, '--timeout=60s']);
  expect(await there()).toBe('');
});
