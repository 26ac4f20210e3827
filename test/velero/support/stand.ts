import type { Kubectl } from '../../cluster/support/kubectl';
import { ready } from '../../cluster/support/scenario';

const VOLUMES = [
  { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
  { name: 'scratch', emptyDir: {} },
  { name: 'settings', configMap: { name: 'settings' } },
];

/** A pod `stand` with a volume of each kind, for tests of what Velero copies and of when it runs hooks. */
export async function putUpStand(kubectl: Kubectl): Promise<void> {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'green' } };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'stand' },
    spec: {
      terminationGracePeriodSeconds: 1,
      volumes: VOLUMES,
      containers: [
        {
          name: 'stand',
          image: 'ubuntu:24.04',
          command: ['sleep', 'infinity'],
          volumeMounts: VOLUMES.map(({ name }) => ({ name, mountPath: `/${name}` })),
        },
      ],
    },
  };
  const items = [claim, settings, pod];
  await kubectl.ok(['apply', '--filename=-'], { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  await ready(kubectl, ['stand']);
}

/** Names the volumes to copy, as users do. */
export async function annotate(kubectl: Kubectl, volumes: string): Promise<void> {
  await kubectl.ok(['annotate', '--overwrite', 'pod', 'stand', `backup.velero.io/backup-volumes=${volumes}`]);
}

/** Runs a command in the pod. */
export async function inStand(kubectl: Kubectl, command: string): Promise<string> {
  return kubectl.ok(['exec', 'stand', '--container=stand', '--', 'sh', '-c', command]);
}
