import { TestCluster, facts } from '../cluster/support/cluster';
import type { Kubectl } from '../cluster/support/kubectl';
import { describeVelero } from './support/describe-velero';
import { annotate, inStand, putUpStand } from './support/stand';
import { Velero } from './support/velero';
import type { Spec } from './support/velero';

const cluster = new TestCluster(facts());
const velero = new Velero(cluster);
const NAMESPACE = 'stateful-test-hooks';
const RELEASE = 'echo released >> /scratch/lock';
let kubectl: Kubectl;

function specOf(pre: string, timeout = '20s'): Spec {
  const hook = (command: string) => [
    { exec: { container: 'stand', command: ['bash', '-c', command], onError: 'Fail', timeout } },
  ];
  const hooks = { resources: [{ name: 'lock', pre: hook(pre), post: hook(RELEASE) }] };
  return { includedNamespaces: [NAMESPACE], includedResources: ['pods', 'persistentvolumeclaims'], hooks };
}

/** What a pre hook locked, and whether anything released it. */
const lock = async () => (await inStand(kubectl, 'cat /scratch/lock')).trim().split('\n');

/*
 * When a lock that a pre hook takes is held, and when nothing releases it: why a hook that locks must bring its own watchdog.
 */
describeVelero('A lock that a pre hook takes', () => {
  beforeAll(async () => {
    await velero.install();
    kubectl = await cluster.namespace('hooks');
    await putUpStand(kubectl);
    await annotate(kubectl, 'data');
  });
  beforeEach(() => inStand(kubectl, 'rm -f /scratch/lock'));

  test('is held while the volume is copied, and then released', async () => {
    const status = await velero.backup('hooks-order', specOf('echo locked > /scratch/lock'));
    expect([status.phase, await lock()]).toEqual(['Completed', ['locked', 'released']]);
    const [copy] = await velero.kubectl.get(
      'podvolumebackups.velero.io',
      '--selector=velero.io/backup-name=hooks-order',
    );
    const log = await velero.log('backup', 'hooks-order');
    const post = log.split('\n').find((line) => /running exec hook.*hookPhase=post/.test(line));
    const { completionTimestamp } = (copy as unknown as { status: { completionTimestamp: string } }).status;
    expect(Date.parse(/time="([^"]+)"/.exec(post!)![1]!)).toBeGreaterThanOrEqual(Date.parse(completionTimestamp));
  });

  test('stays when the hook itself fails after it; the pod is not in the backup', async () => {
    const status = await velero.backup('hooks-failed', specOf('echo locked > /scratch/lock; exit 7'));
    expect([status.phase, await lock()]).toEqual(['PartiallyFailed', ['locked']]);
    expect(await velero.copies('hooks-failed')).toEqual([]);
  });

  test('is taken after Velero gave up waiting for the hook: its process goes on', async () => {
    const status = await velero.backup('hooks-late', specOf('sleep 6; echo locked > /scratch/lock', '2s'));
    expect(status.phase).toBe('PartiallyFailed');
    await new Promise((resolve) => setTimeout(resolve, 8000));
    expect(await lock()).toEqual(['locked']);
  });

  test('stays when the copy runs into its time-out', async () => {
    // More than is copied in the time; a copy that is cancelled before it has begun may take minutes to be so.
    await inStand(kubectl, 'head -c 600M /dev/urandom > /data/big');
    const annotations = { 'velero.io/pod-volume-timeout': '8s' };
    await velero.create('Backup', 'hooks-timeout', specOf('echo locked > /scratch/lock'), annotations);
    const status = await velero.end('Backup', 'hooks-timeout', 420);
    await inStand(kubectl, 'rm /data/big');
    // A copy that was cancelled may keep the node's only slot for ever: all later ones would stay Prepared.
    await velero.kubectl.ok(['rollout', 'restart', 'daemonset/node-agent']);
    await velero.kubectl.ok(['rollout', 'status', 'daemonset/node-agent', '--timeout=60s']);
    expect([status.phase, await lock()]).toEqual(['PartiallyFailed', ['locked']]);
    expect(await velero.log('backup', 'hooks-timeout')).toContain('failed to wait PVBs processed for the ItemBlock');
  }, 500_000);

  test('is released by a watchdog in the pod, which does not hold up the hook', async () => {
    const watchdog = '( sleep 8; echo watchdog >> /scratch/lock ) > /dev/null 2>&1 < /dev/null &';
    const status = await velero.backup(
      'hooks-watchdog',
      specOf(`${watchdog} echo locked > /scratch/lock; exit 7`, '5s'),
    );
    expect(status.phase).toBe('PartiallyFailed');
    expect(await velero.log('backup', 'hooks-watchdog')).toContain('command terminated with exit code 7');
    await new Promise((resolve) => setTimeout(resolve, 9000));
    expect(await lock()).toEqual(['locked', 'watchdog']);
  });
});
