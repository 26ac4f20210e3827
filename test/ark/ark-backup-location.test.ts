import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { ArkAccessMode, ArkBackupLocation, ArkObjectStore, ArkProfile, ArkServer } from '../../lib';
import type { ArkBackupLocationProps, ArkServerAttributes } from '../../lib';
import { newServer, PLACE, PROFILES, renderArk, serverOf, STORE, VELERO } from '../support/ark';
import { OTHER_CREDENTIALS } from '../support/elsewhere';
import { manifestsOf, newChart } from '../support/manifests';
import { expectRefused, expectRefusedAlone } from '../support/refused';

type Props = Omit<ArkBackupLocationProps, 'server'>;

const PLAIN = { store: STORE };
const at = (bucket: string) => ({ store: ArkObjectStore.azure({ ...PLACE, bucket }) });

const ALL: Required<Props> = {
  ...PLAIN,
  name: 'second',
  prefix: 'production/west',
  isDefault: true,
  accessMode: ArkAccessMode.READ_ONLY,
  credential: OTHER_CREDENTIALS,
  backupSyncPeriod: Duration.minutes(5),
  validationFrequency: Duration.hours(1),
};

function render(props: Partial<Props>, attributes: ArkServerAttributes = { profile: ArkProfile.VELERO_1_18 }) {
  return renderArk(attributes.profile, 'BackupStorageLocation', (chart) => {
    new ArkBackupLocation(chart, 'default', { server: ArkServer.fromAttributes(attributes), ...PLAIN, ...props });
  });
}

test.each(VELERO)('a location of %s has all that can be said', (profile) => {
  expect(render(ALL, { profile })).toEqual({
    apiVersion: 'velero.io/v1',
    kind: 'BackupStorageLocation',
    metadata: { name: 'second', namespace: 'velero' },
    spec: {
      provider: 'velero.io/azure',
      objectStorage: { bucket: 'ark', prefix: 'production/west' },
      default: true,
      accessMode: 'ReadOnly',
      credential: { name: 'other-credentials', key: 'cloud' },
      // As Go writes them: the server writes the object back.
      backupSyncPeriod: '5m0s',
      validationFrequency: '1h0m0s',
      config: { resourceGroup: 'aks-backups', storageAccount: 'aksbackups' },
    },
  });
});

test('a location of Ark has all that it can have', () => {
  const { prefix } = ALL;
  expect(render({ name: 'default', prefix, isDefault: true }, { profile: ArkProfile.ARK_0_10 })).toEqual({
    apiVersion: 'ark.heptio.com/v1',
    kind: 'BackupStorageLocation',
    metadata: { name: 'default', namespace: 'heptio-ark' },
    spec: {
      provider: 'azure',
      objectStorage: { bucket: 'ark', prefix: 'production/west' },
      config: { resourceGroup: 'aks-backups', storageAccount: 'aksbackups' },
    },
  });
});

describe('a location', () => {
  test('is the default if it is called so', () => {
    const chart = newChart();
    const server = serverOf();
    const one = new ArkBackupLocation(chart, 'default', { server, ...PLAIN });
    const other = new ArkBackupLocation(chart, 'other', { server, ...at('other') });
    expect([one.isDefault, other.isDefault]).toEqual([true, false]);
    expect([one.locationName, other.locationName]).toEqual(['default', 'other']);
    expect(one.server).toBe(server);
    expect(manifestsOf(chart).map((manifest) => (manifest as unknown as { spec: object }).spec)).toEqual(
      [{ default: true }, { objectStorage: { bucket: 'other' } }].map((more) => ({
        provider: 'velero.io/azure',
        objectStorage: { bucket: 'ark' },
        config: { resourceGroup: 'aks-backups', storageAccount: 'aksbackups' },
        ...more,
      })),
    );
  });

  test('need not be the default because it is called so', () => {
    expect(render({ isDefault: false })).not.toHaveProperty('spec.default');
  });

  test.each(VELERO)('is not written to by a server of %s that only restores', (profile) => {
    expect(render({}, { profile, restoreOnly: true })).toHaveProperty('spec.accessMode', 'ReadOnly');
    // Ark's server knows by itself.
    expect(render({}, { profile: ArkProfile.ARK_0_10, restoreOnly: true })).not.toHaveProperty('spec.accessMode');
  });

  test.each(PROFILES)('keeps every byte when it is moved, with %s', (profile) => {
    const build = (move: (scope: Construct) => Construct) => {
      const chart = newChart();
      new ArkBackupLocation(move(chart), 'default', { server: serverOf(profile), ...PLAIN });
      return manifestsOf(chart);
    };
    expect(build((scope) => new Construct(scope, 'deep'))).toEqual(build((scope) => scope));
  });

  test('that is made elsewhere is only its name', () => {
    const server = serverOf();
    expect(ArkBackupLocation.fromBackupLocationName(server, 'default')).toEqual({ server, locationName: 'default' });
    expect(() => ArkBackupLocation.fromBackupLocationName(server, 'Default')).toThrow(
      new Error(
        'ArkBackupLocation.fromBackupLocationName:\n' +
          '- \'locationName\' must be a DNS subdomain of at most 253 characters, got "Default": ' +
          "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
      ),
    );
  });
});

describe('a location is refused', () => {
  test('with all that is wrong at once, and no secret in the message', () => {
    expectRefusedAlone(
      (chart) =>
        new ArkBackupLocation(chart, 'l'.repeat(64), {
          server: serverOf(),
          ...at('ark--1'),
          prefix: '/production/',
          credential: { ...OTHER_CREDENTIALS, key: 'not a key' },
          backupSyncPeriod: Duration.seconds(0),
          validationFrequency: Duration.millis(1500),
        }),
      `ArkBackupLocation 'test/${'l'.repeat(64)}'`,
      `'name' must have at most 63 characters, got "${'l'.repeat(64)}": the server writes it into labels; choose a shorter one`,
      '\'store.bucket\' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got "ark--1": ' +
        'Azure refuses any other',
      "'prefix' must be a path without '/' at its ends, got \"/production/\": write it as 'production/west'",
      '\'credential.key\' must be the name of a key in the Secret, got "9 characters that are none": ' +
        "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here",
      "'backupSyncPeriod' must be a whole number from 1 to 2147483647, got 0: write Duration.minutes(1)",
      "'validationFrequency' must be a whole number from 1 to 2147483647, got 1.5: write Duration.minutes(1)",
    );
  });

  test('of Ark, what came with Velero', () => {
    const { name: _, prefix: __, isDefault: ___, store: ____, ...rest } = ALL;
    const values: { [prop: string]: string } = {
      accessMode: '"ReadOnly"',
      credential: '"other-credentials"',
      backupSyncPeriod: '"5m"',
      validationFrequency: '"1h"',
    };
    expect(Object.keys(rest).sort()).toEqual(Object.keys(values).sort());
    for (const prop of Object.keys(values)) {
      const given = { [prop]: rest[prop as keyof typeof rest] };
      expectRefusedAlone(
        (chart) =>
          new ArkBackupLocation(chart, 'default', { server: serverOf(ArkProfile.ARK_0_10), ...PLAIN, ...given }),
        "ArkBackupLocation 'test/default'",
        `'${prop}' must be left out with Ark 0.10, got ${values[prop]}: its server does not know it, and would pass over it in silence; ` +
          'Velero 1.16 and Velero 1.18 do',
      );
    }
  });

  test.each([
    ['default', false],
    ['other', true],
  ])('as the default of Ark, unless it is called so: %s', (name, isDefault) => {
    expectRefusedAlone(
      (chart) => new ArkBackupLocation(chart, name, { server: serverOf(ArkProfile.ARK_0_10), ...PLAIN, isDefault }),
      `ArkBackupLocation 'test/${name}'`,
      `'isDefault' must go with the name 'default' in Ark 0.10, got ${isDefault}: the server takes the location of this name; name it ` +
        "so, or leave 'isDefault' out",
    );
  });

  test('as a second default', () => {
    const { chart, server } = newServer();
    new ArkBackupLocation(chart, 'default', { server, ...PLAIN });
    expectRefused(
      chart,
      () => new ArkBackupLocation(chart, 'other', { server, ...at('other'), isDefault: true }),
      "ArkBackupLocation 'test/other'",
      "'isDefault' must be true of one location of a server, got true: 'test/default' is the default already, and the server would keep " +
        'one of them; write isDefault: false',
    );
  });

  // The backups of the first cluster would be deleted by the second.
  test.each(VELERO)('as one to write to, by a server of %s that only restores', (profile) => {
    const server = ArkServer.fromAttributes({ profile, restoreOnly: true });
    expectRefusedAlone(
      (chart) => new ArkBackupLocation(chart, 'default', { server, ...PLAIN, accessMode: ArkAccessMode.READ_WRITE }),
      "ArkBackupLocation 'test/default'",
      '\'accessMode\' must be ReadOnly with a server that only restores, got "ReadWrite": it would change the backups of the first ' +
        'cluster; leave it out',
    );
  });

  test('in another cloud than its server, which has no plugin for it', () => {
    const { chart, server } = newServer();
    const store = ArkObjectStore.gcs({ bucket: 'ark' });
    expectRefused(
      chart,
      () => new ArkBackupLocation(chart, 'x', { server, store }),
      "ArkBackupLocation 'test/x'",
      "'store' must be of the server's cloud, 'azure', got \"gcp\": the server has neither plugin nor credentials for another; take one of " +
        'its cloud, or give the server further plugins, and the location a credential',
    );
    // One that this app does not make may have any.
    new ArkBackupLocation(chart, 'x', { server: serverOf(), store });
    const more = newServer(ArkProfile.VELERO_1_18, { plugins: [{ name: 'gcp', image: 'gcp:v1' }] });
    new ArkBackupLocation(more.chart, 'x', { server: more.server, store, credential: OTHER_CREDENTIALS });
  });

  test('a second time under one name', () => {
    const { chart, server } = newServer();
    new ArkBackupLocation(chart, 'one', { server, ...PLAIN });
    expectRefused(
      chart,
      () => new ArkBackupLocation(chart, 'two', { server, ...at('two'), name: 'one' }),
      "ArkBackupLocation 'test/two'",
      "'name' must make a BackupStorageLocation that its chart does not have yet, got \"one\": 'test/one/Resource' is the same object to " +
        'kubectl, which would keep only one of them; choose another name or namespace',
    );
  });

  // Seen with Velero 1.18.3: "Backup store contains invalid top-level directories".
  test.each([
    [undefined, undefined],
    ['west', undefined],
    [undefined, 'west'],
    ['west', 'west/shop'],
    ['west', 'west'],
  ])('at %s, where another lies at %s', (prefix, first) => {
    const { chart, server } = newServer();
    new ArkBackupLocation(chart, 'first', { server, ...PLAIN, prefix: first });
    expectRefused(
      chart,
      () => new ArkBackupLocation(chart, 'second', { server, ...PLAIN, prefix }),
      "ArkBackupLocation 'test/second'",
      `'prefix' must lead out of that of 'test/first', got ${prefix === undefined ? 'nothing' : `"${prefix}"`}: one lies in the other, and the ` +
        'server would call one of them unavailable; give each of both a prefix or a bucket of its own',
    );
    new ArkBackupLocation(chart, 'third', { server, ...at('third'), prefix });
    // Another cluster reads them, or keeps its own beside them.
    new ArkBackupLocation(chart, 'second', { server: serverOf(), ...PLAIN, prefix });
  });

  test('but not beside one whose name only begins the same', () => {
    const { chart, server } = newServer();
    new ArkBackupLocation(chart, 'first', { server, ...PLAIN, prefix: 'west' });
    new ArkBackupLocation(chart, 'second', { server, ...PLAIN, prefix: 'western' });
  });

  test('and its place is free again', () => {
    const { chart, server } = newServer();
    expect(() => new ArkBackupLocation(chart, 'default', { server, ...at('A') })).toThrow();
    new ArkBackupLocation(chart, 'default', { server, ...PLAIN });
  });
});
