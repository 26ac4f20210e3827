import { ArkProfile, ArkVolumeSnapshotLocation, ArkVolumeSnapshotter } from '../../lib';
import type { ArkVolumeSnapshotLocationProps } from '../../lib';
import { newServer, renderArk, serverOf, SNAPSHOTTER, VELERO } from '../support/ark';
import { OTHER_CREDENTIALS } from '../support/elsewhere';
import { expectRefused, expectRefusedAlone } from '../support/refused';

type Props = Omit<ArkVolumeSnapshotLocationProps, 'server'>;

const ALL: Required<Props> = {
  name: 'azure-default',
  snapshotter: ArkVolumeSnapshotter.azure({ resourceGroup: 'aks-backups' }),
  credential: OTHER_CREDENTIALS,
};

function render(profile: ArkProfile, props: Props) {
  return renderArk(profile, 'VolumeSnapshotLocation', (chart) => {
    new ArkVolumeSnapshotLocation(chart, 'snapshots', { server: serverOf(profile), ...props });
  });
}

test.each(VELERO)('a snapshot location of %s has all that can be said', (profile) => {
  expect(render(profile, ALL)).toEqual({
    apiVersion: 'velero.io/v1',
    kind: 'VolumeSnapshotLocation',
    metadata: { name: 'azure-default', namespace: 'velero' },
    spec: {
      provider: 'velero.io/azure',
      credential: { name: 'other-credentials', key: 'cloud' },
      config: { resourceGroup: 'aks-backups' },
    },
  });
});

test('a snapshot location of Ark has all that it can have', () => {
  const { credential: _, ...rest } = ALL;
  expect(render(ArkProfile.ARK_0_10, rest)).toEqual({
    apiVersion: 'ark.heptio.com/v1',
    kind: 'VolumeSnapshotLocation',
    metadata: { name: 'azure-default', namespace: 'heptio-ark' },
    spec: { provider: 'azure', config: { resourceGroup: 'aks-backups' } },
  });
});

test.each([
  [ArkProfile.ARK_0_10, 'azure'],
  [ArkProfile.VELERO_1_18, 'velero.io/azure'],
])('without options it is the provider alone: %s', (profile, provider) => {
  const props = { snapshotter: SNAPSHOTTER };
  expect(render(profile, props)).toMatchObject({ metadata: { name: 'snapshots' } });
  expect(render(profile, props)).toHaveProperty('spec', { provider });
});

test('one that is made elsewhere is only its name', () => {
  const server = serverOf();
  const made = ArkVolumeSnapshotLocation.fromSnapshotLocationName(server, 'snapshots');
  expect(made).toEqual({ server, locationName: 'snapshots' });
  expect(() => ArkVolumeSnapshotLocation.fromSnapshotLocationName(server, '')).toThrow(
    new Error(
      'ArkVolumeSnapshotLocation.fromSnapshotLocationName:\n' +
        '- \'locationName\' must be a DNS subdomain of at most 253 characters, got "": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
    ),
  );
});

describe('a snapshot location is refused', () => {
  test('with all that is wrong at once', () => {
    expectRefusedAlone(
      (chart) =>
        new ArkVolumeSnapshotLocation(chart, 'x', {
          server: serverOf(),
          name: 'A',
          snapshotter: ArkVolumeSnapshotter.azure({ resourceGroup: '' }),
          credential: { ...OTHER_CREDENTIALS, key: '..' },
        }),
      "ArkVolumeSnapshotLocation 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "A": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'snapshotter.resourceGroup' must name a group, got \"\": leave it out for the credentials' own",
      '\'credential.key\' must be the name of a key in the Secret, got "2 characters that are none": ' +
        "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here",
    );
  });

  test('by Ark, with what came with Velero', () => {
    const server = serverOf(ArkProfile.ARK_0_10);
    expectRefusedAlone(
      (chart) => new ArkVolumeSnapshotLocation(chart, 'x', { server, ...ALL }),
      "ArkVolumeSnapshotLocation 'test/x'",
      '\'credential\' must be left out with Ark 0.10, got "other-credentials": its server does not know it, and would pass over it in ' +
        'silence; Velero 1.16 and Velero 1.18 do',
    );
  });

  // The first backup would be the first to find out.
  test('in another cloud than its server, which has no plugin for it', () => {
    const { chart, server } = newServer();
    expectRefused(
      chart,
      () =>
        new ArkVolumeSnapshotLocation(chart, 'x', {
          server,
          snapshotter: ArkVolumeSnapshotter.aws({ region: 'eu-central-1' }),
        }),
      "ArkVolumeSnapshotLocation 'test/x'",
      "'snapshotter' must be of the server's cloud, 'azure', got \"aws\": the server has neither plugin nor credentials for another; take one " +
        'of its cloud, or give the server further plugins, and the location a credential',
    );
  });

  test('a second time under one name', () => {
    const { chart, server } = newServer();
    new ArkVolumeSnapshotLocation(chart, 'one', { server, snapshotter: SNAPSHOTTER });
    expectRefused(
      chart,
      () => new ArkVolumeSnapshotLocation(chart, 'two', { server, snapshotter: SNAPSHOTTER, name: 'one' }),
      "ArkVolumeSnapshotLocation 'test/two'",
      "'name' must make a VolumeSnapshotLocation that its chart does not have yet, got \"one\": 'test/one/Resource' is the same object to " +
        'kubectl, which would keep only one of them; choose another name or namespace',
    );
  });
});
