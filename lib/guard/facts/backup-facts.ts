import type { BackupFacts, Texts } from '../model';
import { compact, emptyToNothing, sorted, unless } from '../reader';
import type { Reader } from '../reader';
import { selectorText } from './claim-facts';

/** Programs that dump, copy or ship data, as whole words of a command or of an image's name. */
const TOOLS =
  /(?:^|[\s/|;&(])(?:pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mariadb-backup|xtrabackup|mongodump|restic|rclone|barman(?:-cloud-backup)?|wal-g|pgbackrest|kopia|borg(?:matic)?|duplicity|duplicati|velero|azcopy|gsutil|s3cmd|etcdctl snapshot save|influx backup|clickhouse-backup|neo4j-admin database dump)(?=[\s:@;|)]|$)|aws s3 (?:cp|sync)|redis-cli .*--rdb|mc (?:cp|mirror)/;

/** Programs that bring data back, or try whether it comes back. Their jobs hold the same tools and are no backups. */
const NO_BACKUP = /restore|drill|recover/i;

const DESTINATION =
  /BUCKET|CONTAINER|PREFIX|REPOSITORY|ENDPOINT|ACCOUNT(?:_NAME)?$|REMOTE|^RCLONE_CONFIG_\w+_(?:TYPE|PROVIDER|REGION|URL)|^BLOB_|(?:BACKUP|S3|STORE)_(?:PATH|URL|DIR|DEST\w*)|DESTINATION|WALG_\w+_PREFIX/;
const RETENTION = /RETENTION|RETAIN|KEEP|(?:MAX|DELETE)\w*(?:AGE|DAYS|BACKUPS)|(?:^|_)DAYS$|TTL/;
const NEVER_SHOWN = /PASS|TOKEN|SECRET|CREDENTIAL|KEY/;

/** What encrypts: the Secrets of which decide whether earlier backups can be read. */
const ENCRYPTS = /RESTIC_PASSWORD|ENCRYPT|PASSPHRASE|CIPHER|CRYPT|GPG|AGE_/;

/** `s3://bucket/prefix`, without what a login or a query would hold. */
const PLACE = /\b(?:s3|gs|gcs|az|azure|abfs|wasbs?|sftp|rest|swift|b2):(?:\/\/)?[\w./-]+/g;
const KEEPS = /^--(?:keep-\w+|retention\S*|max-age|delete-older\S*|min-age)(?:=(.*))?$/;

/** A CronJob that makes backups; nothing of any other. */
export function cronJobBackup(name: string, spec: Reader): BackupFacts | undefined {
  const pod = spec.get('jobTemplate', 'spec', 'template', 'spec');
  const containers = [...pod.get('initContainers').list(), ...pod.get('containers').list()];
  if (NO_BACKUP.test(name) || !containers.some(holdsTool)) return undefined;
  const destination: Texts = {};
  const retention: Texts = {};
  const keys: Texts = {};
  for (const container of containers) {
    for (const variable of container.get('env').list()) read(variable);
    readArguments(wordsOf(container), destination, retention);
  }
  return compact({
    schedule: spec.get('schedule').text(),
    timeZone: spec.get('timeZone').text(),
    suspended: unless('false', spec.get('suspend').text()),
    destination: emptyToNothing(sorted(destination)),
    retention: emptyToNothing(sorted(retention)),
    keys: emptyToNothing(sorted(keys)),
  });

  function read(variable: Reader): void {
    const variableName = variable.get('name').raw();
    const secret = variable.get('valueFrom', 'secretKeyRef');
    if (secret.has()) {
      if (ENCRYPTS.test(variableName)) keys[variableName] = `${secret.get('name').raw()}/${secret.get('key').raw()}`;
      return;
    }
    const value = variable.get('value').raw();
    if (value === '' || NEVER_SHOWN.test(variableName)) return;
    if (RETENTION.test(variableName)) retention[variableName] = value;
    else if (DESTINATION.test(variableName)) destination[variableName] = withoutLogin(value);
  }
}

function holdsTool(container: Reader): boolean {
  const image = container.get('image').raw();
  const command = wordsOf(container).join(' ');
  return (
    TOOLS.test(image) || TOOLS.test(command) || /(?:^|\s)(?:\/\S*\/)?(?:dump|backup)(?:\.sh)?(?:\s|$)/.test(command)
  );
}

function wordsOf(container: Reader): string[] {
  return [...container.get('command').list(), ...container.get('args').list()].map((word) => word.raw());
}

function readArguments(words: string[], destination: Texts, retention: Texts): void {
  const all = words.flatMap((word) => word.split(/[\s"']+/));
  all.forEach((word, index) => {
    const keeps = KEEPS.exec(word);
    if (keeps) retention[word.split('=', 1)[0] ?? word] = keeps[1] ?? all[index + 1] ?? '';
  });
  const places = [...new Set(words.flatMap((word) => word.match(PLACE) ?? []))].sort();
  if (places.length > 0) destination.place = places.join(' ');
}

/** An address without user, password and query, which may be secrets. */
export function withoutLogin(value: string): string {
  return value.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '');
}

/** What a schedule of Velero or Ark does, or a location says. */
export function veleroFacts(kind: string, spec: Reader): BackupFacts | undefined {
  if (kind === 'Schedule') {
    const template = spec.get('template');
    return compact({
      schedule: spec.get('schedule').text(),
      suspended: unless('false', spec.get('paused').text()),
      destination: emptyToNothing(leaves(template, ['storageLocation', 'volumeSnapshotLocations'])),
      retention: emptyToNothing(leaves(template, ['ttl'])),
      covers: emptyToNothing(leaves(template, COVERS)),
      hooks: emptyToNothing(hooksOf(template)),
    });
  }
  if (kind === 'BackupStorageLocation' || kind === 'VolumeSnapshotLocation') {
    const names = ['provider', 'objectStorage', 'config', 'credential'];
    return compact({ destination: emptyToNothing(leaves(spec, names)) });
  }
  return undefined;
}

function hooksOf(template: Reader): Texts {
  const hooks = template.get('hooks', 'resources').list();
  return Object.fromEntries(
    hooks.map((hook, index) => {
      const texts = (list: Reader): string[] => list.list().map((text) => text.raw());
      const commands = hook
        .get('pre')
        .list()
        .map((one) => texts(one.get('exec', 'command')).join(' '));
      const parts = [
        texts(hook.get('includedNamespaces')).join(', ') || '*',
        selectorText(hook.get('labelSelector')) ?? '*',
        commands.join(' && '),
      ];
      return [hook.get('name').raw() || String(index), parts.join('; ')];
    }),
  );
}

const COVERS = [
  'includedNamespaces',
  'excludedNamespaces',
  'includedResources',
  'excludedResources',
  'includedNamespaceScopedResources',
  'excludedNamespaceScopedResources',
  'includedClusterScopedResources',
  'excludedClusterScopedResources',
  'labelSelector',
  'orLabelSelectors',
  'includeClusterResources',
  'snapshotVolumes',
  'defaultVolumesToFsBackup',
  'defaultVolumesToRestic',
  'snapshotMoveData',
];

/** The texts below some keys, by their paths: `objectStorage.bucket`. A list is one text. */
function leaves(reader: Reader, keys: readonly string[]): Texts {
  const found: Texts = {};
  const walk = (value: Reader, name: string): void => {
    if (!value.has()) return;
    if (value.isList())
      found[name] = value
        .list()
        .map((item) => item.json())
        .sort()
        .join(', ');
    else if (value.isMap()) for (const [key, inner] of value.entries()) walk(inner, `${name}.${key}`);
    else found[name] = value.text() ?? '';
  };
  for (const key of keys) walk(reader.get(key), key);
  return sorted(found);
}
