import {
  ArkBackupLocation,
  ArkCloud,
  ArkObjectStore,
  ArkProfile,
  ArkS3Checksum,
  ArkS3Encryption,
  ArkS3SignatureVersion,
} from '../../../lib';
import type { ArkS3ObjectStoreOptions } from '../../../lib';
import { expectStoreRefused, newServer, serverOf, storeSpec, unknownTo, VELERO } from '../../support/ark';
import { CLOUD_CREDENTIALS, OTHER_CREDENTIALS } from '../../support/elsewhere';
import { expectRefused } from '../../support/refused';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n';
const MINIO = { bucket: 'backups', region: 'minio', s3Url: 'https://minio.example.com:9000' };

/** What goes together; of what encrypts, only one does. */
const TOGETHER: Required<
  Omit<ArkS3ObjectStoreOptions, 'serverSideEncryption' | 'kmsKeyId' | 'insecureSkipTlsVerify' | 'signatureVersion'>
> = {
  ...MINIO,
  s3ForcePathStyle: false,
  publicUrl: 'https://backups.example.com',
  caCert: CERTIFICATE,
  customerKey: OTHER_CREDENTIALS,
  tags: { app: 'velero', 'cost center': 'a=b&c' },
  checksumAlgorithm: ArkS3Checksum.SHA256,
  profile: 'backups',
};

test('a bucket has all that can be said to Velero 1.18', () => {
  expect(storeSpec(ArkObjectStore.s3(TOGETHER))).toEqual({
    provider: 'velero.io/aws',
    objectStorage: { bucket: 'backups', caCert: Buffer.from(CERTIFICATE).toString('base64') },
    default: true,
    config: {
      region: 'minio',
      s3Url: 'https://minio.example.com:9000',
      s3ForcePathStyle: 'false',
      publicUrl: 'https://backups.example.com',
      customerKeyEncryptionSecret: 'other-credentials/cloud',
      // It is the value of a header.
      tagging: 'app=velero&cost%20center=a%3Db%26c',
      checksumAlgorithm: 'SHA256',
      profile: 'backups',
    },
  });
});

test.each(VELERO)('a bucket of AWS has what encrypts it, with %s', (profile) => {
  const place = { bucket: 'Old_bucket', region: 'eu-central-1' };
  const config = (more: Partial<ArkS3ObjectStoreOptions>) =>
    storeSpec(ArkObjectStore.s3({ ...place, ...more }), profile);
  expect(config({})).toHaveProperty('config', { region: 'eu-central-1' });
  expect(config({ serverSideEncryption: ArkS3Encryption.AES256 })).toHaveProperty(
    'config.serverSideEncryption',
    'AES256',
  );
  const kms = { kmsKeyId: 'alias/velero', serverSideEncryption: ArkS3Encryption.AWS_KMS };
  expect(config(kms)).toHaveProperty('config', { region: 'eu-central-1', ...kms });
});

test('AWS is asked for the region that is not said', () => {
  expect(storeSpec(ArkObjectStore.s3({ bucket: 'backups' }))).not.toHaveProperty('config');
});

// A store that does not know how a checksum follows a body writes it into the object: velero issue 9951.
test.each(VELERO)(
  'in a store other than AWS, uploads by %s carry no checksum, and the bucket is in the path',
  (profile) => {
    const config = (more: Partial<ArkS3ObjectStoreOptions> = {}) =>
      storeSpec(ArkObjectStore.s3({ ...MINIO, ...more }), profile);
    const { bucket: _, ...place } = MINIO;
    expect(config()).toHaveProperty('config', { ...place, s3ForcePathStyle: 'true', checksumAlgorithm: '' });
    expect(config({ checksumAlgorithm: ArkS3Checksum.CRC32 })).toHaveProperty('config.checksumAlgorithm', 'CRC32');
    const s3Url = 'https://vpce-1.s3.eu-central-1.vpce.amazonaws.com';
    const ofAws = config({ s3Url, region: 'eu-central-1' });
    expect(ofAws).toHaveProperty('config', { region: 'eu-central-1', s3Url });
  },
);

test('a bucket has all that Ark knows', () => {
  const { ARK_0_10 } = ArkProfile;
  const { publicUrl } = TOGETHER;
  const signatureVersion = ArkS3SignatureVersion.V1;
  expect(storeSpec(ArkObjectStore.s3({ ...MINIO, publicUrl, signatureVersion }), ARK_0_10)).toEqual({
    provider: 'aws',
    objectStorage: { bucket: 'backups' },
    config: {
      region: 'minio',
      s3Url: 'https://minio.example.com:9000',
      s3ForcePathStyle: 'true',
      publicUrl: 'https://backups.example.com',
      signatureVersion: '1',
    },
  });
  const kms = { region: 'eu-central-1', kmsKeyId: 'alias/ark' };
  expect(storeSpec(ArkObjectStore.s3({ bucket: 'backups', ...kms }), ARK_0_10)).toHaveProperty('config', kms);
});

test('two buckets of one name in two stores are two places', () => {
  const { chart, server } = newServer(ArkProfile.VELERO_1_18, {
    cloud: ArkCloud.aws({ credentials: CLOUD_CREDENTIALS }),
  });
  new ArkBackupLocation(chart, 'default', { server, store: ArkObjectStore.s3(MINIO) });
  new ArkBackupLocation(chart, 'aws', { server, store: ArkObjectStore.s3({ bucket: 'backups' }) });
  const s3Url = 'https://s3.eu-central-1.amazonaws.com';
  expect(() => {
    const store = ArkObjectStore.s3({ bucket: 'backups', region: 'eu-central-1', s3Url });
    new ArkBackupLocation(chart, 'again', { server, store });
  }).toThrow("'prefix' must lead out of that of 'test/aws'");
});

describe('a bucket is refused', () => {
  const refused = (options: Partial<ArkS3ObjectStoreOptions>, ...problems: string[]) =>
    expectStoreRefused(ArkObjectStore.s3({ ...MINIO, ...options }), serverOf(), ...problems);

  test.each(['s3://backups', 'backups/west', 'ab', ''])('by the name %j', (bucket) => {
    refused(
      { bucket },
      `'store.bucket' must be 3 to 255 letters, digits, '-', '_' and '.', got ${JSON.stringify(bucket)}: it has no path, and no 's3://' ` +
        "before it; write it as 'shop-backups', and the path in the location's prefix",
    );
  });

  // Seen with the plugin 1.14.3.
  test.each([undefined, ''])('in another store than AWS without a region: %j', (region) => {
    const options = { bucket: 'backups', s3Url: MINIO.s3Url, ...(region !== undefined && { region }) };
    expectStoreRefused(
      ArkObjectStore.s3(options),
      serverOf(),
      `'store.region' must be given with s3Url, got ${region === undefined ? 'nothing' : '""'}: the store cannot be asked for it, and the ` +
        "server would never reach it; write 'us-east-1' if it has none",
    );
  });

  test('in a zone of AWS', () => {
    expectStoreRefused(
      ArkObjectStore.s3({ bucket: 'backups', region: 'eu-central-1a' }),
      serverOf(),
      "'store.region' must be a region of AWS, got \"eu-central-1a\": a zone is none; write it as 'eu-central-1'",
    );
  });

  // Velero's pkg/repository/provider/unified_repo.go: "path is not expected in s3Url".
  test.each([
    ['minio.example.com', '"minio.example.com"'],
    ['https://minio.example.com/s3', '"https://minio.example.com/s3"'],
    ['https://key:secret@minio.example.com', '"36 characters"'],
  ])('at %s', (s3Url, got) => {
    refused(
      { s3Url },
      `'store.s3Url' must be http:// or https:// and a host, without a path, got ${got}: with a path the location is available, and no ` +
        "file of a volume is ever copied; write it as 'https://minio.example.com:9000'",
    );
  });

  test('with certificates that mean nothing', () => {
    refused(
      { caCert: 'ca.crt', insecureSkipTlsVerify: true, s3Url: 'http://minio.example.com' },
      '\'store.caCert\' must be certificates in PEM, got "6 characters": what is none is passed over in silence; give the content of the ' +
        'file ca.crt',
      '\'store.s3Url\' must be https:// with caCert, got "http://minio.example.com": nothing is encrypted on the way, and no certificate ' +
        'looked at; write https://',
      "'store.insecureSkipTlsVerify' must be left out with caCert, got true: any certificate would do, and those of caCert mean nothing; " +
        'leave it out',
    );
    refused(
      { insecureSkipTlsVerify: true, s3Url: 'http://minio.example.com' },
      '\'store.s3Url\' must be https:// with insecureSkipTlsVerify, got "http://minio.example.com": nothing is encrypted on the way, and ' +
        'no certificate looked at; write https://',
    );
  });

  test('with a private key among its certificates, which is not shown', () => {
    refused(
      { caCert: `${CERTIFICATE}-----BEGIN PRIVATE KEY-----\nsecret\n` },
      `'store.caCert' must not hold a private key, got "${CERTIFICATE.length + 35} characters": it stands in YAML for all to read; give the ` +
        'certificates alone',
    );
  });

  test('with a key of KMS in a store other than AWS, which may ignore it', () => {
    refused(
      { kmsKeyId: 'alias/velero' },
      '\'store.kmsKeyId\' must be left out with s3Url, got "alias/velero": other stores may ignore it, and keep backups in the clear; leave ' +
        'it out, and let the bucket encrypt by default',
    );
  });

  test('with two ways to encrypt, of which one would mean nothing', () => {
    const aws = { bucket: 'backups', region: 'eu-central-1' };
    const other = (option: string, got: string) =>
      `'store.serverSideEncryption' must be left out with ${option}, got "${got}": the plugin would pass over it in silence, and encrypt ` +
      `as ${option} says; leave it out`;
    expectStoreRefused(
      ArkObjectStore.s3({ ...aws, kmsKeyId: 'a', serverSideEncryption: ArkS3Encryption.AWS_KMS_DSSE }),
      serverOf(),
      other('kmsKeyId', 'aws:kms:dsse'),
    );
    expectStoreRefused(
      ArkObjectStore.s3({
        ...aws,
        kmsKeyId: 'a',
        customerKey: { ...OTHER_CREDENTIALS, key: 'a/b' },
        serverSideEncryption: ArkS3Encryption.AES256,
      }),
      serverOf(),
      '\'store.customerKey.key\' must be the name of a key in the Secret, got "3 characters that are none": ' +
        "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here",
      '\'store.kmsKeyId\' must be left out with customerKey, got "a": the plugin takes one of them, or refuses both; leave it out',
      other('customerKey', 'AES256'),
    );
    expectStoreRefused(
      ArkObjectStore.s3({ ...aws, kmsKeyId: '' }),
      serverOf(),
      '\'store.kmsKeyId\' must name a key, got "": backups would be encrypted as the bucket does; leave it out for that',
    );
  });

  // The plugin says of one alone: "Tags are not seperated with an &".
  test.each([0, 1, 11])('with %d tags', (count) => {
    refused(
      { tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, 'a'])) },
      `'store.tags' must be two to ten, got ${count}: S3 takes no more, and the plugin takes one alone for none; give it a second, e.g. ` +
        'app: velero',
    );
  });

  test('with tags that are too long', () => {
    const problem = (got: string) =>
      `'store.tags' must have keys of 1 to 128 characters and values of at most 248, got "${got}": S3 or the plugin refuses each upload ` +
      'else; characters other than letters and digits count thrice';
    refused({ tags: { '': 'a', ['k'.repeat(129)]: 'a', long: '='.repeat(83) } }, problem(''), problem(`${'k'.repeat(119)}…`).replace('…"', '…'), problem('long')); // prettier-ignore
  });

  test('by a plugin that breaks what it writes there', () => {
    const plugin = 'mirror.example.com/velero/velero-plugin-for-aws:v1.14.2';
    const props = { cloud: ArkCloud.aws({ credentials: CLOUD_CREDENTIALS, plugin }) };
    const { chart, server } = newServer(ArkProfile.VELERO_1_18, props);
    expectRefused(
      chart,
      () => new ArkBackupLocation(chart, 'default', { server, store: ArkObjectStore.s3(MINIO) }),
      "ArkBackupLocation 'test/default'",
      `'store.s3Url' must not go with velero-plugin-for-aws 1.14.2, got "${plugin}": that plugin writes checksums into the objects ` +
        "of stores that do not know them, and no such backup can be restored; take 'v1.14.3', or leave the server's cloud.plugin out",
    );
    new ArkBackupLocation(chart, 'default', { server, store: ArkObjectStore.s3({ bucket: 'backups' }) });
  });

  test('by a server that does not know what is said', () => {
    const { ARK_0_10, VELERO_1_16, VELERO_1_18 } = ArkProfile;
    const unknown = (option: string, got: string) => unknownTo(ARK_0_10, `store.${option}`, got, ...VELERO);
    const { customerKey, ...rest } = TOGETHER;
    expectStoreRefused(
      ArkObjectStore.s3({ ...rest, serverSideEncryption: ArkS3Encryption.AES256 }),
      serverOf(ARK_0_10),
      unknown('caCert', '"certificates"'),
      unknown('serverSideEncryption', '"AES256"'),
      unknown('tags', '{"app":"velero","cost center":"a=b&c"}'),
      unknown('checksumAlgorithm', '"SHA256"'),
      unknown('profile', '"backups"'),
    );
    const skipping = ArkObjectStore.s3({ ...MINIO, insecureSkipTlsVerify: false });
    expectStoreRefused(skipping, serverOf(ARK_0_10), unknown('insecureSkipTlsVerify', 'false'));
    const sealed = ArkObjectStore.s3({ ...MINIO, customerKey });
    for (const profile of [ARK_0_10, VELERO_1_16]) {
      const problem = unknownTo(profile, 'store.customerKey', '"other-credentials"', VELERO_1_18);
      expectStoreRefused(sealed, serverOf(profile), problem);
    }
    const signed = ArkObjectStore.s3({ ...MINIO, signatureVersion: ArkS3SignatureVersion.V4 });
    for (const profile of VELERO) {
      expectStoreRefused(signed, serverOf(profile), unknownTo(profile, 'store.signatureVersion', '"4"', ARK_0_10));
    }
  });
});
