import { Duration } from 'cdk8s';
import { ArkProfile, ArkVolumeSnapshotLocation } from '../../lib';
import type { ArkVolumeSnapshotLocationProps } from '../../lib';
import { newServer, renderArk, serverOf, VELERO } from '../support/ark';
import { OTHER_CREDENTIALS } from '../support/elsewhere';
import { expectRefused, expectRefusedAlone } from '../support/refused';

type Props = Omit<ArkVolumeSnapshotLocationProps, 'server'>;

const ALL: Required<Props> = {
  name: 'azure-default',
  apiTimeout: Duration.minutes(20),
  resourceGroup: 'aks-backups',
  subscriptionId: '0000',
  incremental: true,
  tags: { team: 'a', cost: '7' },
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
      config: {
        apiTimeout: '20m',
        resourceGroup: 'aks-backups',
        subscriptionId: '0000',
        incremental: 'true',
        tags: 'team=a,cost=7',
      },
    },
  });
});

test('a snapshot location of Ark has all that it can have', () => {
  const { name, apiTimeout, resourceGroup } = ALL;
  expect(render(ArkProfile.ARK_0_10, { name, apiTimeout, resourceGroup })).toEqual({
    apiVersion: 'ark.heptio.com/v1',
    kind: 'VolumeSnapshotLocation',
    metadata: { name: 'azure-default', namespace: 'heptio-ark' },
    spec: { provider: 'azure', config: { apiTimeout: '20m', resourceGroup: 'aks-backups' } },
  });
});

test.each([
  [ArkProfile.ARK_0_10, 'azure'],
  [ArkProfile.VELERO_1_18, 'velero.io/azure'],
])('without props it is the provider alone: %s', (profile, provider) => {
  expect(render(profile, {})).toMatchObject({ metadata: { name: 'snapshots' } });
  expect(render(profile, {})).toHaveProperty('spec', { provider });
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
          apiTimeout: Duration.seconds(0),
          resourceGroup: '',
          tags: { 'a=b': 'c', ' ': 'd', e: 'f,g=h' },
          credential: { ...OTHER_CREDENTIALS, key: '..' },
        }),
      "ArkVolumeSnapshotLocation 'test/x'",
      '\'name\' must be a DNS subdomain of at most 253 characters, got "A": ' +
        "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      "'apiTimeout' must be a whole number from 1 to 2147483647, got 0: write Duration.minutes(2)",
      "'resourceGroup' must name a group, got \"\": leave it out for the credentials' own",
      '\'tags\' must have keys without = , < > % & ? \\ /, got "a=b": Azure or the plugin refuses it',
      '\'tags\' must have keys without = , < > % & ? \\ /, got " ": Azure or the plugin refuses it',
      "'tags['e']' must not contain '=' or ',', got \"f,g=h\": the plugin would read it as more tags; leave it out",
      '\'credential.key\' must be the name of a key in the Secret, got "2 characters that are none": ' +
        "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here",
    );
  });

  test('with a subscription whose group is not said', () => {
    expectRefusedAlone(
      (chart) => new ArkVolumeSnapshotLocation(chart, 'x', { server: serverOf(), subscriptionId: '0000' }),
      "ArkVolumeSnapshotLocation 'test/x'",
      "'resourceGroup' must go with subscriptionId, got nothing: the plugin refuses one without the other; write it as 'aks-backups'",
    );
  });

  test('by Ark, with what came with Velero', () => {
    const wayOut = 'its server does not know it, and would pass over it in silence; Velero 1.16 and Velero 1.18 do';
    const { credential, ...rest } = ALL;
    const server = serverOf(ArkProfile.ARK_0_10);
    expectRefusedAlone(
      (chart) => new ArkVolumeSnapshotLocation(chart, 'x', { server, ...rest }),
      "ArkVolumeSnapshotLocation 'test/x'",
      `'subscriptionId' must be left out with Ark 0.10, got "0000": ${wayOut}`,
      `'incremental' must be left out with Ark 0.10, got true: ${wayOut}`,
      `'tags' must be left out with Ark 0.10, got {"team":"a","cost":"7"}: ${wayOut}`,
    );
    expect(() => new ArkVolumeSnapshotLocation(newServer().chart, 'x', { server, credential })).toThrow(
      "'credential' must be left out with Ark 0.10",
    );
  });

  test('a second time under one name', () => {
    const { chart, server } = newServer();
    new ArkVolumeSnapshotLocation(chart, 'one', { server });
    expectRefused(
      chart,
      () => new ArkVolumeSnapshotLocation(chart, 'two', { server, name: 'one' }),
      "ArkVolumeSnapshotLocation 'test/two'",
      "'name' must make a VolumeSnapshotLocation that its chart does not have yet, got \"one\": 'test/one/Resource' is the same object to " +
        'kubectl, which would keep only one of them; choose another name or namespace',
    );
  });
});
