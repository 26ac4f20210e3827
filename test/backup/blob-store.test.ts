import { Cron } from 'cdk8s';
import { ServiceAccount } from 'cdk8s-plus-27';
import {
  BackupEncryption,
  BackupVerification,
  BlobBackupCronJob,
  BlobCredentials,
  BlobStore,
  GcsCredentials,
  RestoreDrill,
  S3Credentials,
  StatefulDatabase,
} from '../../lib';
import type {
  AzureBlobStoreOptions,
  BlobBackupCronJobProps,
  GcsBlobStoreOptions,
  RemoteBlobStoreOptions,
  S3BlobStoreOptions,
} from '../../lib';
import { DUMP_PASSWORD, ENCRYPTION_KEY, STORAGE_KEY } from '../support/elsewhere';
import { renderedJob } from '../support/job';
import { find, manifestsOf, named, newChart } from '../support/manifests';
import { AZURE, BLOBS, blobs, newBackup, newDatabase } from '../support/samples';

const S3: S3BlobStoreOptions = {
  bucket: 'shop-backups',
  region: 'eu-central-1',
  credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
};
const s3 = (change: Partial<S3BlobStoreOptions> = {}) => BlobStore.s3({ ...S3, ...change });
const GCS: GcsBlobStoreOptions = {
  bucket: 'shop-backups',
  credentials: GcsCredentials.serviceAccountKey(STORAGE_KEY),
};
const gcs = (change: Partial<GcsBlobStoreOptions> = {}) => BlobStore.gcs({ ...GCS, ...change });
const SFTP: RemoteBlobStoreOptions = { type: 'sftp', path: 'backups' };
const sftp = (change: Partial<RemoteBlobStoreOptions> = {}) => BlobStore.of({ ...SFTP, ...change });

/** What a factory complains of, without its own name. */
function problemsOf(make: () => unknown, factory: string): string[] {
  try {
    make();
  } catch (error) {
    const [subject, ...problems] = (error as Error).message.split('\n');
    expect(subject).toBe(`${factory}:`);
    return problems;
  }
  return [];
}

/** A job, and what its step on the store is told. */
function render(store: BlobStore, props: Partial<BlobBackupCronJobProps> = {}) {
  const { chart } = newBackup({ store, ...props });
  const job = renderedJob(manifestsOf(chart), 'backup');
  const step = props.image === undefined ? 'upload' : 'backup';
  return { job, env: job.envOf(step), secrets: job.secretsOf(step) };
}

function egressOf(store: BlobStore): unknown {
  const { chart, backup } = newBackup({ store });
  new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
  return find(manifestsOf(chart), 'NetworkPolicy', 'drill').spec.egress;
}

const nameService = [
  { port: 53, protocol: 'UDP' },
  { port: 53, protocol: 'TCP' },
];
const at = (...ports: number[]) => ({
  ports: [...nameService, ...ports.map((port) => ({ port, protocol: 'TCP' }))],
});
const identity = () => ServiceAccount.fromServiceAccountName(newChart(), 'Identity', 'backups');

const prefixProblem = (prefix: string) => [
  `- 'prefix' must be a path of letters, digits, '-', '_' and '.', without '/' at its ends, got ${JSON.stringify(prefix)}: ` +
    "write it as 'shop' or 'production/shop'",
];

describe.each<[string, (prefix: string) => BlobStore]>([
  ['BlobStore.azure', (prefix) => blobs({ prefix })],
  ['BlobStore.s3', (prefix) => s3({ prefix })],
  ['BlobStore.gcs', (prefix) => gcs({ prefix })],
  ['BlobStore.of', (prefix) => sftp({ prefix })],
])('%s', (factory, make) => {
  test.each(['shop', 'a/b/c', '_x', '2026', 'a.b', 'A-1/b_2'])('takes the prefix %j', (prefix) => {
    const { env } = render(make(prefix));
    expect(env.BLOB_PREFIX).toBe(prefix);
    expect(make(prefix).place.endsWith(`/${prefix}`)).toBe(true);
  });

  // Two spellings of one place would not be seen to be one.
  test.each(['', '/', '/a', 'a/', 'a//b', '.', 'a/..', '../a', 'a b', 'a\\b', 'ä', '$(HOME)', 'a\n'])(
    'takes no prefix %j',
    (prefix) => {
      expect(problemsOf(() => make(prefix), factory)).toEqual(prefixProblem(prefix));
    },
  );

  test('is in one place by its prefix', () => {
    expect(make('a').place).toBe(make('a').place);
    expect(make('a').place).not.toBe(make('b').place);
  });

  test('refuses what is no option', () => {
    const wrong = { prefix: 'a', containr: 'x' } as never;
    expect(() =>
      factory === 'BlobStore.azure'
        ? blobs(wrong)
        : factory === 'BlobStore.s3'
          ? s3(wrong)
          : factory === 'BlobStore.gcs'
            ? gcs(wrong)
            : sftp(wrong),
    ).toThrow(
      /^BlobStore\.\w+:\n- 'containr' must be a prop of \w+BlobStoreOptions, got a string: it would be ignored/,
    );
  });
});

test('places of different stores differ', () => {
  const places = [
    blobs(),
    s3(),
    s3({ endpoint: 'https://a.example.com' }),
    gcs(),
    sftp(),
    sftp({ options: { host: 'x' } }),
  ];
  expect(new Set(places.map(({ place }) => place)).size).toBe(places.length);
});

describe('a container of Azure', () => {
  const problems = (change: Partial<AzureBlobStoreOptions>) => problemsOf(() => blobs(change), 'BlobStore.azure');

  test('is known to the scripts by all its options', () => {
    const options: Required<AzureBlobStoreOptions> = {
      account: 'shop24',
      container: 'my-backups',
      prefix: 'production/shop',
      endpoint: 'https://shop24.blob.core.usgovcloudapi.net',
      credentials: BlobCredentials.accountKey(STORAGE_KEY),
    };
    const { env, secrets } = render(BlobStore.azure(options));
    expect(env).toEqual({
      STORAGE_ACCOUNT: 'shop24',
      CONTAINER_NAME: 'my-backups',
      BLOB_PREFIX: 'production/shop',
      BLOB_ENDPOINT: 'https://shop24.blob.core.usgovcloudapi.net',
    });
    expect(Object.keys(secrets)).toEqual(['/backupCredentials/storageKey.txt']);
    expect(egressOf(BlobStore.azure(options))).toEqual([at(443)]);
  });

  test.each(['', 'ab', 'x'.repeat(25), 'Shop', 'my-account', 'shop '])('is of no account %j', (account) => {
    expect(problems({ account })).toEqual([
      `- 'account' must be 3 to 24 characters of a-z and 0-9, got "${account}": Azure has no storage account of another form`,
    ]);
  });

  test.each(['', 'ab', 'x'.repeat(64), 'Backup', 'a--b', '-ab', 'ab-', '$web', 'a/b'])(
    'has no name %j',
    (container) => {
      expect(problems({ container })).toEqual([
        "- 'container' must be 3 to 63 characters of a-z, 0-9 and single -, beginning and ending with a letter or digit, got " +
          `"${container}": Azure refuses any other`,
      ]);
    },
  );

  const notAnEndpoint = (shown: string) => [
    `- 'endpoint' must be https:// and a host name, got ${shown}: a backup must not travel in the clear, credentials stand ` +
      "nowhere in YAML, and a drill reaches port 443 alone; write it as 'https://shop.blob.core.chinacloudapi.cn'",
  ];

  test.each([
    '',
    'shop.blob.core.chinacloudapi.cn',
    'http://shop.blob.core.chinacloudapi.cn',
    'https://',
    'https://shop.blob.core.chinacloudapi.cn/',
    'https://shop.example.com/path',
    // The policy of a drill would not let it out there.
    'https://shop.example.com:8443',
    'https://shop example.com',
    'https://shop.example.com#x',
  ])('is not at %j', (endpoint) => {
    expect(problems({ endpoint })).toEqual(notAnEndpoint(JSON.stringify(endpoint)));
  });

  // rclone would speak Azure's protocol to it, and every run would fail.
  test.each([
    ['https://s3.amazonaws.com', 'amazonaws.com'],
    ['https://storage.googleapis.com', 'googleapis.com'],
    ['https://account.r2.cloudflarestorage.com', 'cloudflarestorage.com'],
  ])('is in no other store: %s', (endpoint, store) => {
    expect(problems({ endpoint })).toEqual([
      `- 'endpoint' must be of Azure Blob Storage, got "${endpoint}": ${store} speaks another protocol, and every run would ` +
        'fail; take BlobStore.s3 or BlobStore.gcs',
    ]);
  });

  // It would be written into the CronJob for all to read.
  test.each(['https://shop.example.com?sv=2024&sig=c2VjcmV0', 'https://me:c2VjcmV0@shop.example.com'])(
    'has no secret in its address, and an error does not repeat it: %s',
    (endpoint) => {
      expect(problems({ endpoint })).toEqual(notAnEndpoint(`"${endpoint.length} characters"`));
    },
  );

  test('says all at once', () => {
    const key = { ...STORAGE_KEY, key: 'a secret' };
    expect(
      problems({ account: 'A', container: 'B', prefix: '/', credentials: BlobCredentials.accountKey(key) }),
    ).toEqual([
      expect.stringMatching("^- 'account' must"),
      expect.stringMatching("^- 'container' must"),
      expect.stringMatching(
        /^- 'credentials\.key' must be the name of a key in the Secret, got "8 characters that are none"/,
      ),
      expect.stringMatching("^- 'prefix' must"),
    ]);
  });
});

describe('a bucket of S3', () => {
  const problems = (change: Partial<S3BlobStoreOptions>) => problemsOf(() => s3(change), 'BlobStore.s3');

  test('is known to the scripts by all its options', () => {
    const options: Required<S3BlobStoreOptions> = {
      bucket: 'shop',
      region: 'eu-west-1',
      endpoint: 'https://minio.example.com:9000',
      prefix: 'production',
      forcePathStyle: false,
      options: { storage_class: 'STANDARD_IA', provider: 'Minio' },
      credentials: S3Credentials.accessKey(STORAGE_KEY, DUMP_PASSWORD),
    };
    const { env, secrets } = render(BlobStore.s3(options));
    expect(env).toEqual({
      RCLONE_CONFIG_BLOBS_TYPE: 's3',
      RCLONE_CONFIG_BLOBS_PROVIDER: 'Minio',
      RCLONE_CONFIG_BLOBS_REGION: 'eu-west-1',
      RCLONE_CONFIG_BLOBS_ENDPOINT: 'https://minio.example.com:9000',
      RCLONE_CONFIG_BLOBS_FORCE_PATH_STYLE: 'false',
      RCLONE_CONFIG_BLOBS_STORAGE_CLASS: 'STANDARD_IA',
      BLOB_PATH: 'shop',
      BLOB_PREFIX: 'production',
    });
    const [id, secret] = ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'].map(
      (name) => `/backupCredentials/RCLONE_CONFIG_BLOBS_${name}`,
    );
    expect(secrets).toEqual({
      [id!]: `${STORAGE_KEY.secret.name}/${STORAGE_KEY.key}`,
      [secret!]: `${DUMP_PASSWORD.secret.name}/${DUMP_PASSWORD.key}`,
    });
    expect(egressOf(BlobStore.s3(options))).toEqual([at(9000)]);
    expect(BlobStore.s3(options).place).toBe('s3:minio.example.com:9000/shop/production');
  });

  test('of AWS needs no address', () => {
    const { env } = render(s3());
    expect(env).toEqual({
      RCLONE_CONFIG_BLOBS_TYPE: 's3',
      RCLONE_CONFIG_BLOBS_PROVIDER: 'AWS',
      RCLONE_CONFIG_BLOBS_REGION: 'eu-central-1',
      BLOB_PATH: 'shop-backups',
    });
    expect(egressOf(s3())).toEqual([at(443)]);
    // A bucket of AWS is one, by whatever address.
    expect(s3({ endpoint: 'https://s3.dualstack.eu-central-1.amazonaws.com' }).place).toBe(s3().place);
  });

  test('of another service has another provider, and a region only if it is given', () => {
    const { region: _none, ...rest } = S3;
    const { env } = render(BlobStore.s3({ ...rest, endpoint: 'https://minio.example.com' }));
    expect(env).toEqual({
      RCLONE_CONFIG_BLOBS_TYPE: 's3',
      RCLONE_CONFIG_BLOBS_PROVIDER: 'Other',
      RCLONE_CONFIG_BLOBS_ENDPOINT: 'https://minio.example.com',
      BLOB_PATH: 'shop-backups',
    });
  });

  test('takes a role of the ServiceAccount', () => {
    const { job, env, secrets } = render(s3({ credentials: S3Credentials.workloadIdentity(identity()) }));
    expect(env.RCLONE_CONFIG_BLOBS_ENV_AUTH).toBe('true');
    expect(secrets).toEqual({});
    expect(job.pod.serviceAccountName).toBe('backups');
    expect(egressOf(s3({ credentials: S3Credentials.workloadIdentity(identity()) }))).toEqual([at(443)]);
    // The role's tokens are not where the backups are.
    const endpoint = 'https://minio.example.com:9000';
    expect(egressOf(s3({ endpoint, credentials: S3Credentials.workloadIdentity(identity()) }))).toEqual([
      at(9000, 443),
    ]);
  });

  test('takes EKS Pod Identity, whose agent a drill must reach', () => {
    const store = s3({ credentials: S3Credentials.podIdentity(identity()) });
    expect(render(store).env.RCLONE_CONFIG_BLOBS_ENV_AUTH).toBe('true');
    expect(egressOf(store)).toEqual([
      at(443),
      {
        to: [{ ipBlock: { cidr: '169.254.170.23/32' } }, { ipBlock: { cidr: 'fd00:ec2::23/128' } }],
        ports: [{ port: 80, protocol: 'TCP' }],
      },
    ]);
  });

  test.each(['', 'ab', 'A-b', 'a_b', 'shop/eu', '-ab', 'x'.repeat(64)])('of AWS has no name %j', (bucket) => {
    expect(problems({ bucket })).toEqual([
      `- 'bucket' must be 3 to 63 of a-z, 0-9, '.' and '-', beginning and ending with a letter or digit, got "${bucket}": no bucket has ` +
        "another, and every run would fail; a path goes into 'prefix'",
    ]);
  });

  test('of another service may have another name, but no path', () => {
    const endpoint = 'https://minio.example.com';
    expect(problems({ endpoint, bucket: 'Shop_Backups' })).toEqual([]);
    expect(problems({ endpoint, bucket: 'shop/eu' })).toEqual([
      "- 'bucket' must be a name of letters, digits, '.', '_' and '-', got \"shop/eu\": no bucket has another, and every run would fail; " +
        "a path goes into 'prefix'",
    ]);
  });

  test('of AWS is in a region', () => {
    const { region: _none, ...rest } = S3;
    expect(problemsOf(() => BlobStore.s3(rest), 'BlobStore.s3')).toEqual([
      "- 'region' must be given for AWS, got nothing: the service takes a request for the wrong one as a fault, and none for us-east-1; " +
        "write 'eu-central-1'",
    ]);
    expect(problems({ region: 'eu-central-1a' })).toEqual([
      "- 'region' must be a region's name and not a zone's, got \"eu-central-1a\": write 'eu-central-1'",
    ]);
    expect(problems({ region: 'EU Central' })).toEqual([
      "- 'region' must be the name of a region, got \"EU Central\": write 'eu-central-1', without a zone's letter",
    ]);
  });

  test.each([
    'minio.example.com',
    'https://minio.example.com/',
    'https://minio.example.com/shop',
    'ftp://minio.example.com',
    'https://me:c2VjcmV0@minio.example.com',
  ])('is not at %j', (endpoint) => {
    const shown = endpoint.includes('@') ? `${endpoint.length} characters` : endpoint;
    expect(problems({ endpoint })).toEqual([
      `- 'endpoint' must be https:// (or http://), a host name and, if need be, a port, got "${shown}": the bucket has a prop of its own, ` +
        "and credentials stand nowhere in YAML; write 'https://minio.example.com:9000'",
    ]);
  });

  test('has an address without itself', () => {
    const endpoint = 'https://shop-backups.s3.eu-central-1.amazonaws.com';
    expect(problems({ endpoint })).toEqual([
      `- 'endpoint' must be the address of the service, not of the bucket, got "${endpoint}": rclone puts the bucket before it once more; ` +
        'write the address without it',
    ]);
  });

  test.each(['https://shop.blob.core.windows.net', 'https://storage.googleapis.com'])('is not in %s', (endpoint) => {
    expect(problems({ endpoint })).toEqual([
      `- 'endpoint' must be of S3, got "${endpoint}": it speaks another protocol, and every run would fail; take BlobStore.azure or ` +
        'BlobStore.gcs',
    ]);
  });

  test('has no options that a prop sets, nor secrets among them', () => {
    expect(
      problems({
        options: { region: 'x', secret_access_key: 'a secret', session_token: 'a secret', 'Storage-Class': 'x' },
      }),
    ).toEqual([
      "- 'options['region']' must be left out, got \"a value\": write the prop 'region'",
      "- 'options['secret_access_key']' must be left out, got \"a value\": write 'credentials'",
      "- 'options['session_token']' must be left out, got \"a value\": a token of a session ends before the next backup; write 'credentials'",
      "- 'options' must be names of options of rclone: a-z, 0-9 and _, got \"Storage-Class\": write { storage_class: 'STANDARD_IA' }",
    ]);
  });

  test.each(['GLACIER', 'DEEP_ARCHIVE'])('has no backups in %s', (storage_class) => {
    expect(problems({ options: { storage_class } })).toEqual([
      `- 'options['storage_class']' must be one that is read at once, got "${storage_class}": the job could not read back what it wrote, ` +
        'nor a restore begin; take STANDARD_IA or GLACIER_IR',
    ]);
  });

  test('by http:// takes encrypted backups alone', () => {
    const store = s3({ endpoint: 'http://minio.shop:9000' });
    expect(() => newBackup({ store })).toThrow(
      "- 'encryption' must be given with an endpoint of http://, got nothing: a backup, with the hashes of passwords, would travel in the " +
        'clear; give the store an endpoint of https://, or the job encryption',
    );
    expect(() => newBackup({ store, encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY) })).not.toThrow();
    expect(egressOf(s3({ endpoint: 'https://minio.shop' }))).toEqual([at(443)]);
  });
});

describe('a bucket of Google Cloud', () => {
  const problems = (change: Partial<GcsBlobStoreOptions>) => problemsOf(() => gcs(change), 'BlobStore.gcs');

  test('is known to the scripts by all its options', () => {
    const options: Required<GcsBlobStoreOptions> = {
      bucket: 'shop.example.com',
      prefix: 'eu',
      options: { storage_class: 'NEARLINE' },
      credentials: GcsCredentials.serviceAccountKey(STORAGE_KEY),
    };
    const { env, secrets } = render(BlobStore.gcs(options));
    expect(env).toEqual({
      RCLONE_CONFIG_BLOBS_TYPE: 'gcs',
      RCLONE_CONFIG_BLOBS_SERVICE_ACCOUNT_FILE: '/backupCredentials/service_account_file',
      RCLONE_CONFIG_BLOBS_STORAGE_CLASS: 'NEARLINE',
      BLOB_PATH: 'shop.example.com',
      BLOB_PREFIX: 'eu',
    });
    expect(secrets).toEqual({
      '/backupCredentials/service_account_file': `${STORAGE_KEY.secret.name}/${STORAGE_KEY.key}`,
    });
    expect(egressOf(BlobStore.gcs(options))).toEqual([at(443)]);
  });

  test('takes the identity of a ServiceAccount, whose tokens a drill must reach', () => {
    const store = gcs({ credentials: GcsCredentials.workloadIdentity(identity()) });
    const { job, env, secrets } = render(store);
    expect(env).toEqual({
      RCLONE_CONFIG_BLOBS_TYPE: 'gcs',
      RCLONE_CONFIG_BLOBS_ENV_AUTH: 'true',
      BLOB_PATH: 'shop-backups',
    });
    expect(secrets).toEqual({});
    expect(job.pod.serviceAccountName).toBe('backups');
    expect(egressOf(store)).toEqual([
      at(443),
      { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }], ports: [{ port: 80, protocol: 'TCP' }] },
      { to: [{ ipBlock: { cidr: '169.254.169.252/32' } }], ports: [{ port: 988, protocol: 'TCP' }] },
    ]);
  });

  test.each(['', 'ab', 'Shop', 'shop/eu', '-ab', 'x'.repeat(64), 'gs://shop'])('has no name %j', (bucket) => {
    expect(problems({ bucket })).toEqual([
      `- 'bucket' must be 3 to 63 of a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit, got "${bucket}": no bucket has ` +
        "another, and every run would fail; a path goes into 'prefix'",
    ]);
  });

  test('has no secrets among its options', () => {
    expect(problems({ options: { service_account_credentials: 'a secret' } })).toEqual([
      "- 'options['service_account_credentials']' must be left out, got \"a value\": write 'credentials'",
    ]);
  });
});

describe('any other remote', () => {
  const problems = (change: Partial<RemoteBlobStoreOptions>) => problemsOf(() => sftp(change), 'BlobStore.of');

  test('is known to the scripts by all its options', () => {
    const options: Required<RemoteBlobStoreOptions> = {
      type: 'sftp',
      path: '/srv/backups',
      prefix: 'shop',
      options: { host: 'nas.example.com', user: 'backup' },
      secrets: { key_pem: STORAGE_KEY },
      passwords: { pass: DUMP_PASSWORD },
      secretFiles: { known_hosts_file: ENCRYPTION_KEY },
      ports: [22, 2222],
      script: 'remote_keeps() { true; }\n',
      serviceAccount: identity(),
      podLabels: { vault: 'yes' },
    };
    const { job, env, secrets } = render(BlobStore.of(options), { podLabels: { team: 'shop' } });
    expect(env).toEqual({
      RCLONE_CONFIG_BLOBS_TYPE: 'sftp',
      RCLONE_CONFIG_BLOBS_HOST: 'nas.example.com',
      RCLONE_CONFIG_BLOBS_USER: 'backup',
      RCLONE_CONFIG_BLOBS_KNOWN_HOSTS_FILE: '/backupCredentials/known_hosts_file',
      BLOB_PATH: '/srv/backups',
      BLOB_PREFIX: 'shop',
    });
    expect(Object.keys(secrets).sort()).toEqual([
      '/backupCredentials/RCLONE_CONFIG_BLOBS_KEY_PEM',
      '/backupCredentials/RCLONE_CONFIG_BLOBS_PASS.password',
      '/backupCredentials/known_hosts_file',
    ]);
    expect(job.pod.serviceAccountName).toBe('backups');
    const { chart, backup } = newBackup({ store: BlobStore.of(options) });
    const manifests = manifestsOf(chart);
    expect(find(manifests, 'ConfigMap', 'backup-scripts').data['remote.sh']).toBe('remote_keeps() { true; }\n');
    const { labels } = find(manifests, 'CronJob', 'backup').spec.jobTemplate.spec.template.metadata;
    expect(labels).toMatchObject({ app: 'backup', vault: 'yes' });
    expect(backup.store.place).toBe('sftp,host=nas.example.com,user=backup:/srv/backups/shop');
    expect(egressOf(BlobStore.of(options))).toEqual([at(22, 2222)]);
  });

  test('needs no script', () => {
    const { chart } = newBackup({ store: sftp() });
    expect(find(manifestsOf(chart), 'ConfigMap', 'backup-scripts').data).not.toHaveProperty('remote.sh');
  });

  test('is refused with all that is wrong', () => {
    const key = { ...STORAGE_KEY, key: 'a secret' };
    const wrong = {
      type: 'SFTP:',
      path: 'a/',
      secrets: { pass: key },
      passwords: { pass: STORAGE_KEY },
      ports: [0],
      script: ' ',
    };
    expect(problems({ ...wrong, options: { type: 'x' }, podLabels: { a: 'ä' } })).toEqual([
      "- 'type' must be the name of a backend of rclone, got \"SFTP:\": write 'sftp'",
      "- 'path' must be a path without ':', ',' and blanks, and without '/' at its end, got \"a/\": it stands in messages and in a command; " +
        "write it as 'backups' or '/srv/backups'",
      "- 'options['type']' must be left out, got \"a value\": it is the prop 'type'",
      "- 'secrets['pass']' must not be in passwords too, got \"a value\": one of them would win; leave the other out",
      expect.stringMatching(
        /^- 'secrets\['pass'\]\.key' must be the name of a key in the Secret, got "8 characters that are none"/,
      ),
      "- 'ports[0]' must be a whole number from 1 to 65535, got 0: that is the range of TCP ports",
      '- \'script\' must be a script, got " ": leave it out',
      expect.stringMatching(/^- 'podLabels\['a'\]' must be a label value/),
    ]);
  });

  test('with a script is nothing for an image that has its own', () => {
    const image = 'registry.example.com/backupjob:1';
    expect(() => newBackup({ store: sftp({ script: 'remote_keeps() { true; }' }), image })).toThrow(
      `- 'image' must be left out with a store that has a script, got "${image}": it has scripts of its own and would not run this one; ` +
        'leave one of them out',
    );
    expect(render(sftp(), { image }).env).not.toHaveProperty('BLOB_STORE');
    for (const [name, store] of Object.entries({ azure: BLOBS, s3: s3(), gcs: gcs() }))
      expect(render(store, { image }).env.BLOB_STORE).toBe(name);
  });
});

describe('verification', () => {
  const CHECKSUM = BackupVerification.CHECKSUM;

  test.each([
    ['s3', s3()],
    ['gcs', gcs()],
  ])('is by the sums of %s', (_, store) => {
    expect(render(store, { verify: CHECKSUM }).env.VERIFY).toBe('checksum');
    expect(render(store, { verify: BackupVerification.READ_BACK }).env).not.toHaveProperty('VERIFY');
    const image = 'registry.example.com/backupjob:1';
    expect(render(store, { verify: CHECKSUM, image }).env.VERIFY).toBe('checksum');
  });

  // The MD5 that Azure shows of blocks is the client's own word.
  test.each([
    ['azure', BLOBS],
    ['sftp', sftp()],
  ])('is not by what %s was told', (_, store) => {
    expect(() => newBackup({ store, verify: CHECKSUM })).toThrow(
      '- \'verify\' must not be CHECKSUM with a store that computes none itself, got "checksum": leave it out: the job reads back',
    );
  });

  test('is not by sums of what is sealed', () => {
    const encryption = BackupEncryption.rcloneCrypt(ENCRYPTION_KEY);
    expect(() => newBackup({ store: s3(), encryption, verify: CHECKSUM })).toThrow(
      '- \'verify\' must not be CHECKSUM with encryption, of which the store sees no more than the seal, got "checksum": leave it out: the ' +
        'job reads back',
    );
  });
});

describe('a drill of the backups of another app', () => {
  const attributes = () => {
    const { database } = newDatabase({ parameters: { shared_preload_libraries: 'pg_stat_statements' } });
    return {
      database,
      store: blobs({ prefix: 'theirs' }),
      encryption: BackupEncryption.rcloneCrypt(ENCRYPTION_KEY),
      namespace: 'theirs',
    };
  };

  test('needs no job of this one', () => {
    const chart = newChart();
    const backup = BlobBackupCronJob.fromAttributes(attributes());
    new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
    const manifests = manifestsOf(chart);
    const job = renderedJob(manifests, 'drill');
    expect(job.envOf('fetch')).toEqual({
      STORAGE_ACCOUNT: AZURE.account,
      CONTAINER_NAME: 'backup',
      BLOB_PREFIX: 'theirs',
      ENCRYPTION: 'rcloneCrypt',
    });
    expect(job.envOf('drill').SERVER_PARAMETERS).toBe('shared_preload_libraries=pg_stat_statements');
    expect(find(manifests, 'CronJob', 'drill').metadata.namespace).toBe('theirs');
    expect(named(job.pod.initContainers, 'fetch').image).toBe('rclone/rclone:1.75.0');
  });

  test('takes no more than it is told', () => {
    const chart = newChart();
    const database = StatefulDatabase.fromAttributes(chart, 'db', {
      engine: newDatabase().database.engine,
      address: 'postgres.example.com',
      user: 'shop',
      password: DUMP_PASSWORD,
    });
    const backup = BlobBackupCronJob.fromAttributes({ database, store: BLOBS });
    expect([backup.encryption, backup.namespace]).toEqual([undefined, undefined]);
    new RestoreDrill(chart, 'drill', { backup, schedule: Cron.weekly() });
    expect(renderedJob(manifestsOf(chart), 'drill').envOf('fetch')).not.toHaveProperty('ENCRYPTION');
  });

  test('refuses what it does not know', () => {
    expect(() => BlobBackupCronJob.fromAttributes({ ...attributes(), container: 'x' } as never)).toThrow(
      /^BlobBackupCronJob\.fromAttributes:\n- 'container' must be a prop of BlobBackupAttributes, got a string/,
    );
  });
});
