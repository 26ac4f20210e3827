import { App, Yaml } from 'cdk8s';
import { ArkBackupLocation, ArkObjectStore, ArkProfile, ArkServer } from '../../lib';
import { ArkVolumeSnapshotLocation, ArkVolumeSnapshotter } from '../../lib';
import { Ark } from '../../scenarios/ark';
import { Wordpress } from '../../scenarios/wordpress';
import { WordpressBackups } from '../../scenarios/wordpress-backups';
import { WordpressSchedule } from '../../scenarios/wordpress-schedule';
import { WordpressTransfer } from '../../scenarios/wordpress-transfer';
import { strictly } from '../support/crds';
import type { Profile } from '../support/crds';
import { identities, manifestsOf, newChart } from '../support/manifests';
import type { Manifest } from '../support/manifests';

function onDemand(profile: ArkProfile, loadsDump: boolean): Manifest[] {
  const { server } = new Ark(new App(), 'first', { profile, bucket: 'first' });
  const { server: reader } = new Ark(new App(), 'second', { profile, bucket: 'first', restoreOnly: true });
  const { database } = new Wordpress(new App(), 'wordpress', { server });
  return [
    ...manifestsOf(new WordpressSchedule(new App(), 'schedule', { server, database })),
    ...manifestsOf(new WordpressBackups(new App(), 'backups', { server, database })),
    ...manifestsOf(new WordpressTransfer(new App(), 'transfer', { server: reader, database, loadsDump })),
  ];
}

describe.each<[string, Profile, Manifest[]]>([
  ['Ark', 'ark-0.10', onDemand(ArkProfile.ARK_0_10, false)],
  ['Velero', 'velero-1.18', onDemand(ArkProfile.VELERO_1_18, true)],
  ['Velero', 'velero-1.16', onDemand(ArkProfile.VELERO_1_16, true)],
])('what is begun by hand, and each night, with %s (%s)', (_, profile, manifests) => {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- specs of kinds that no model has
  const specOf = (name: string): any =>
    (manifests.find(({ metadata }) => metadata.name === name) as unknown as { spec: unknown }).spec;

  test('writes this YAML', () => {
    expect(Yaml.stringify(...manifests)).toMatchSnapshot();
  });

  test('is what the CRDs know', () => {
    expect(manifests.flatMap((manifest) => strictly(profile, manifest))).toEqual([]);
  });

  test('has the documented backups and restores', () => {
    const kinds = identities(manifests).map((identity) => identity.split('/').slice(-3).join('/'));
    expect(kinds.map((identity) => identity.replace(/.*(Backup|Schedule|Restore).*\/(\w+)$/, '$1 $2'))).toEqual([
      'Backup mybackup',
      'Backup resticbackup',
      'Restore myrestore',
      'Restore mytransfer',
      'Restore newrestore',
      'Schedule nightly',
    ]);
    for (const name of ['mybackup', 'resticbackup']) expect(specOf(name).includedNamespaces).toEqual(['wp']);
    expect(specOf('myrestore').backupName).toBe('mybackup');
    expect(specOf('mytransfer').backupName).toBe('mybackup');
    expect(specOf('newrestore').backupName).toBe('resticbackup');
  });

  test('takes snapshots after a checkpoint, or copies a dump', () => {
    const commandOf = (name: string) => specOf(name).hooks.resources[0].pre[0].exec.command as unknown;
    expect(specOf('mybackup').snapshotVolumes).toBe(true);
    expect(commandOf('mybackup')).toEqual(['sh', '/scripts/volume-checkpoint.sh']);
    // A snapshot could not be restored in another region, which this backup is for.
    expect(specOf('resticbackup').snapshotVolumes).toBe(false);
    expect(commandOf('resticbackup')).toEqual(['sh', '/scripts/volume-dump.sh', '/dump']);
    expect(specOf('nightly').template).toMatchObject({ snapshotVolumes: false, ttl: '336h0m0s' });
  });

  test('loads the dump where the server can', () => {
    const hooks = specOf('newrestore').hooks;
    if (profile === 'ark-0.10') expect(hooks).toBeUndefined();
    else {
      const [{ includedNamespaces, labelSelector, postHooks }] = hooks.resources;
      expect(includedNamespaces).toEqual(['wp']);
      expect(labelSelector.matchLabels).toMatchObject({ app: 'mariadb' });
      expect(postHooks[0].exec.command).toEqual(['sh', '/scripts/volume-load.sh', '/dump']);
    }
  });
});

// What a stranger would import of it.
test('needs a default location, and one for snapshots, to be there when it is synthesized', () => {
  const app = new App();
  const server = ArkServer.fromAttributes({ profile: ArkProfile.VELERO_1_18 });
  const { database } = new Wordpress(new App(), 'wordpress', { server });
  new WordpressBackups(app, 'backups', { server, database });
  expect(() => app.synthYaml()).toThrow(/'storageLocation' must be given[^]*'volumeSnapshotLocation' must be given/);
  const scope = newChart();
  new ArkBackupLocation(scope, 'Default', {
    server,
    name: 'default',
    store: ArkObjectStore.azure({ storageAccount: 'aksbackups', bucket: 'velero', resourceGroup: 'aks-backups' }),
    prefix: 'blog',
    isDefault: true,
  });
  new ArkVolumeSnapshotLocation(scope, 'Azure', { server, name: 'azure', snapshotter: ArkVolumeSnapshotter.azure() });
  expect(app.synthYaml()).toContain('kind: Backup');
});
