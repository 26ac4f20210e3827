import { TestCluster, facts } from '../cluster/support/cluster';
import { eventually } from '../cluster/support/kubectl';
import type { Kubectl } from '../cluster/support/kubectl';
import { describeVelero } from './support/describe-velero';
import { annotate, inStand, putUpStand } from './support/stand';
import { Velero } from './support/velero';

const cluster = new TestCluster(facts());
const velero = new Velero(cluster);
const STAND = { includedNamespaces: ['stateful-test-silence'] };
let kubectl: Kubectl;

/*
 * What Velero 1.18 takes without a word, and no backup is there. These are the reasons of rules in the constructs: one that
 * fails here says that Velero has learned to speak up, and its rule may go.
 */
describeVelero('Velero takes without a word', () => {
  beforeAll(async () => {
    await velero.install();
    kubectl = await cluster.namespace('silence');
    await putUpStand(kubectl);
  });

  test.each([
    ['a volume that the pod does not have', 'data-typo', []],
    ['a space after the comma', 'data, scratch', ['data']],
    ['a volume of a kind that it does not copy', 'data,settings', ['data']],
  ])('%s', async (_, volumes, copied) => {
    const name = `silence-${volumes.replace(/[^a-z]+/g, '-')}`;
    await annotate(kubectl, volumes);
    const status = await velero.backup(name, STAND);
    expect(await velero.copies(name)).toEqual(copied);
    expect([status.phase, status.errors ?? 0, status.warnings ?? 0]).toEqual(['Completed', 0, 0]);
  });

  test.each([
    ['snapshots where no location for them is', { ...STAND, snapshotVolumes: true }],
    ['a kind of resource that the cluster does not have', { ...STAND, includedResources: ['deployment-s'] }],
  ])('%s', async (_, spec) => {
    const name = `silence-${Object.keys(spec).at(-1)!.toLowerCase()}`;
    await annotate(kubectl, '');
    const status = await velero.backup(name, spec);
    expect([status.phase, status.errors ?? 0, status.warnings ?? 0]).toEqual(['Completed', 0, 0]);
  });

  test('a restore over what is there: the newer data stays', async () => {
    await annotate(kubectl, 'data');
    await inStand(kubectl, 'echo old > /data/file');
    await velero.backup('silence-over', STAND);
    await inStand(kubectl, 'echo new > /data/file');
    const status = await velero.restore('silence-over', { backupName: 'silence-over' });
    expect([status.phase, status.errors ?? 0]).toEqual(['Completed', 0]);
    expect(await inStand(kubectl, 'cat /data/file')).toBe('new\n');
  });

  test('one ttl that is no duration of Go, with which all backups stop', async () => {
    await velero.create('Backup', 'silence-ttl', { ...STAND, ttl: '30d' });
    await velero.create('Backup', 'silence-good', STAND);
    await eventually(async () => {
      const log = await velero.kubectl.ok(['logs', 'deployment/velero', '--container=velero', '--since=1m']);
      expect(log).toContain('failed to list *v1.Backup: time: unknown unit \\"d\\" in duration \\"30d\\"');
    });
    const good = await velero.get('Backup', 'silence-good');
    expect(good.status?.phase).toBeUndefined();
    await velero.kubectl.ok(['delete', 'backup.velero.io', 'silence-ttl']);
    expect((await velero.end('Backup', 'silence-good')).phase).toBe('Completed');
  });
});
