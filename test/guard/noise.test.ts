import { plan } from '../../lib/guard/plan';
import { readState } from '../../lib/guard/state';

/** What the guard says of a change: verdict and rule of each finding, and what it could not read. */
function said(before: string, after: string): string[] {
  const [old, now] = [readState([{ file: 'old.yaml', text: before }]), readState([{ file: 'new.yaml', text: after }])];
  return [
    ...[...old.problems, ...now.problems].map(({ text }) => text),
    ...plan(old.state, now.state).map(({ verdict, rule }) => `${verdict}: ${rule}`),
  ];
}

/** An agent of a node that mounts a folder of it. */
const agent = (path: string): string => `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: kube-system }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers:
        - name: agent
          image: registry.example/agent:1.2.3
          volumeMounts: [{ name: host, mountPath: ${path} }]
      volumes: [{ name: host, hostPath: { path: ${path} } }]
`;
const agentWithoutMount = agent('/sys').replace(/ {10}volumeMounts.*\n/, '');

describe('folders of a node', () => {
  it.each([
    '/',
    '/sys/kernel/security',
    '/proc',
    '/dev',
    '/run/xtables.lock',
    '/var/run/calico',
    '/var/log',
    '/etc/cni/net.d',
    '/lib/modules',
    '/opt/cni/bin',
    '/var/lib/kubelet',
    '/var/lib/docker/containers',
  ])('%s belongs to the system, and an agent that stops looking leaves no data behind', (path) => {
    expect(said(agent(path), agentWithoutMount)).toEqual([]);
  });

  it.each(['/data', '/var/lib/longhorn', '/var/lib/postgresql', '/system', '/var/lib/dockerized', '/srv'])(
    '%s may hold data',
    (path) => {
      expect(said(agent(path), agentWithoutMount)).toEqual(['strands: mount-moved']);
    },
  );
});

describe("an operator's resource", () => {
  const search = (version: string, members: number, size = '10Gi'): string => `
apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
metadata: { name: logs, namespace: logging }
spec:
  version: ${version}
  nodeSets:
    - name: default
      replicas: ${members}
      volumeClaimTemplates:
        - metadata: { name: elasticsearch-data }
          spec: { resources: { requests: { storage: ${size} } } }
`;
  const tenant = (image: string): string => `
apiVersion: minio.min.io/v2
kind: Tenant
metadata: { name: objects, namespace: objects }
spec: { image: "${image}" }
`;
  const NOTE = ['note: operator-resource-changed'];
  const CANNOT_TELL = ['cannot tell: operator-resource-changed'];

  it.each([
    ['a later minor version', search('9.3.2', 3), search('9.4.0', 3)],
    ['a later patch', search('9.3.2', 3), search('9.3.10', 3)],
    ['more members', search('9.3.2', 3), search('9.3.2', 5)],
    [
      'a later image that is named by its date',
      tenant('quay.io/minio/minio:RELEASE.2025-03-12T18-04-18Z'),
      tenant('quay.io/minio/minio:RELEASE.2025-04-08T15-41-24Z'),
    ],
    [
      'a later image with a digest',
      tenant(`registry.example:5000/minio:1.2@sha256:${'a'.repeat(64)}`),
      tenant(`registry.example:5000/minio:1.3@sha256:${'b'.repeat(64)}`),
    ],
  ])('%s is said, and stops nobody', (_, before, after) => {
    expect(said(before, after)).toEqual(NOTE);
  });

  it.each([
    ['a later major version', search('8.19.0', 3), search('9.0.0', 3)],
    ['an earlier version', search('9.4.0', 3), search('9.3.9', 3)],
    ['fewer members', search('9.4.0', 3), search('9.4.0', 2)],
    ['another size', search('9.4.0', 3), search('9.4.0', 3, '20Gi')],
    ['a later version and another size', search('9.3.0', 3), search('9.4.0', 3, '20Gi')],
    ['another repository', tenant('quay.io/minio/minio:1.2.0'), tenant('registry.example/other:1.3.0')],
    ['an image without version', tenant('quay.io/minio/minio:1.2.0'), tenant('quay.io/minio/minio:latest')],
    [
      'a bare digest',
      tenant(`quay.io/minio/minio@sha256:${'a'.repeat(64)}`),
      tenant(`quay.io/minio/minio@sha256:${'b'.repeat(64)}`),
    ],
  ])('%s is for its operator to tell', (_, before, after) => {
    expect(said(before, after)).toEqual(CANNOT_TELL);
  });
});

describe('templates that a controller renders', () => {
  const release = (claim: string): string => `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: notes, namespace: notes }
spec:
  chart: { spec: { chart: app, version: 4.1.0 } }
  values: { persistence: { config: { existingClaim: "${claim}", size: 5Gi } } }
`;
  const cluster = (size: string): string => `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: notes, namespace: notes }
spec: { instances: 3, storage: { size: "${size}" } }
`;

  it('are read as they are where any text may stand', () => {
    expect(said(release('{{ .Release.Name }}'), release('{{ .Release.Name }}'))).toEqual([]);
    expect(said(release('{{ .Release.Name }}'), release('{{ .Release.Name }}-2'))).toEqual([
      'cannot tell: operator-resource-changed',
    ]);
  });

  it('are a problem where only a value can stand', () => {
    expect(said(cluster('5Gi'), cluster('${SIZE}'))).toContain(
      "'spec.storage.size' is a template that was never rendered",
    );
    expect(said(release('notes').replace('name: notes', 'name: "{{ name }}"'), release('notes'))).toContain(
      "'metadata.name' is a template that was never rendered",
    );
  });
});

describe('the user of the system', () => {
  const database = (image: string, security: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: database, namespace: shop }
spec:
  selector: { matchLabels: { app: database } }
  template:
    metadata: { labels: { app: database } }
    spec:
      securityContext: ${security}
      containers:
        - { name: database, image: "${image}", volumeMounts: [{ name: data, mountPath: /data }] }
      volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`;
  const all = (id: number): string => `{ runAsUser: ${id}, runAsGroup: ${id}, fsGroup: ${id} }`;

  it.each([
    ['mysql:8.4.5', 999],
    ['docker.io/library/mariadb:11.8', 999],
    ['mongo:8.0', 999],
    ['postgres:17.11-bookworm', 999],
    ['postgres:17.11-alpine', 70],
  ])('%s runs as %i, whether the YAML says it or not', (image, id) => {
    expect(said(database(image, '{}'), database(image, all(id)))).toEqual([]);
  });

  it.each([
    ['mysql:8.4.5', '{}', all(1001)],
    ['postgres:17.11-alpine', '{}', all(999)],
    ['bitnamilegacy/mysql:8.4', '{}', all(999)],
    ['registry.example/app:1.0', '{}', all(999)],
    ['mysql:8.4.5', all(1001), all(999)],
  ])('%s: %s → %s may part it from its files', (image, before, after) => {
    expect(said(database(image, before), database(image, after))).toEqual(['locks out: user-changed']);
  });
});
