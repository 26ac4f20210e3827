import type { IServiceAccount, SecretValue } from 'cdk8s-plus-27';
import { checkInteger, checkLabels, checkSecretKey } from '../../../private/names';
import { Problems } from '../../../private/problems';
import type { SecretFiles } from '../../../workload/secret-files';
import { below, checkPrefix } from '../store-parts';
import type { BlobStoreParts } from '../store-parts';

/**
 * Options of `BlobStore.of`: a remote, as rclone is told of it.
 */
export interface RemoteBlobStoreOptions {
  /**
   * Name of rclone's backend, e.g. `sftp`.
   *
   * @see https://rclone.org/overview/
   */
  readonly type: string;

  /**
   * Bucket, container or folder of the remote, without a `/` at its end. It must exist, with the `prefix`: rclone does not tell an empty
   * folder from a misspelt one.
   */
  readonly path: string;

  /**
   * Path below it that all names begin with, e.g. `shop`.
   *
   * @default - none
   */
  readonly prefix?: string;

  /**
   * Options of the backend, by their names in rclone's configuration, e.g. `{ host: 'nas.example.com', user: 'backup' }`. They stand in
   * the CronJob for all to read. A name that rclone does not know fails each run.
   *
   * @default - none
   */
  readonly options?: { [option: string]: string };

  /**
   * Options whose values are secrets, in Secrets of the job's namespace.
   *
   * @default - none
   */
  readonly secrets?: { [option: string]: SecretValue };

  /**
   * Options that are passwords: those that rclone wants obscured, which the job does, e.g. `pass` of `sftp`.
   *
   * @default - none
   */
  readonly passwords?: { [option: string]: SecretValue };

  /**
   * Options that name a file, e.g. `key_file` of `sftp`, each with the file's content in a Secret.
   *
   * @default - none
   */
  readonly secretFiles?: { [option: string]: SecretValue };

  /**
   * TCP ports that a drill may reach it at.
   *
   * @default [443]
   */
  readonly ports?: number[];

  /**
   * Text of a file in POSIX sh that is read after `store.sh` and may define its verbs anew: `remote_advice`, which says what to do about
   * what `$log` complains of, and `remote_keeps`, whether a deletion was refused by a rule of the store. docs/backup.md lists them.
   *
   * @default - none: of an error that rclone reports, the job repeats the lines
   */
  readonly script?: string;

  /**
   * Whom the pods run as, where that is their credential.
   *
   * @default - none
   */
  readonly serviceAccount?: IServiceAccount;

  /**
   * Labels that pods need for it.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };
}

const CREDENTIALS = '/backupCredentials';

/** The variable by which rclone reads an option of the remote that the scripts call `blobs`. */
export function variableOf(option: string): string {
  return `RCLONE_CONFIG_BLOBS_${option.toUpperCase()}`;
}

/** What the scripts must know of a remote that rclone is told of by variables alone. */
export function remoteEnv(
  { path, prefix }: { path: string; prefix?: string },
  options: { [option: string]: string | undefined },
): { [name: string]: string | undefined } {
  const variables = Object.entries(options).map(([option, value]) => [variableOf(option), value]);
  return { ...(Object.fromEntries(variables) as object), BLOB_PATH: path, BLOB_PREFIX: prefix };
}

/** The files of secrets: whatever is called as a variable, the scripts put into that variable. */
export function remoteSecrets(secrets: { [option: string]: SecretValue } = {}, ending = ''): SecretFiles {
  return Object.fromEntries(Object.entries(secrets).map(([option, value]) => [variableOf(option) + ending, value]));
}

/** Files that rclone reads itself, and the options that say where. */
export function remoteFiles(files: { [option: string]: SecretValue } = {}): {
  paths: { [option: string]: string };
  secrets: SecretFiles;
} {
  const names = Object.keys(files);
  return {
    paths: Object.fromEntries(names.map((option) => [option, `${CREDENTIALS}/${option}`])),
    secrets: { ...files },
  };
}

export function remoteParts(options: RemoteBlobStoreOptions): BlobStoreParts {
  validate(options);
  const { type, path, prefix, secrets, passwords, secretFiles, script, serviceAccount, podLabels } = options;
  const files = remoteFiles(secretFiles);
  const shown = Object.entries(options.options ?? {}).map(([option, value]) => `${option}=${value}`);
  return {
    place: `${[type, ...shown.sort()].join(',')}:${below(path, prefix)}`,
    env: remoteEnv(options, { type, ...options.options, ...files.paths }),
    secrets: { ...remoteSecrets(secrets), ...remoteSecrets(passwords, '.password'), ...files.secrets },
    ports: options.ports ?? [443],
    ...(script !== undefined && { script }),
    ...(serviceAccount && { serviceAccount }),
    ...(podLabels && { podLabels }),
    barman: (problems, prop) => {
      const wayOut = 'what rclone knows besides, Barman does not; take BlobStore.azure, BlobStore.s3 or BlobStore.gcs';
      problems.add(prop, 'must be of Azure, S3 or Google Cloud', type, wayOut);
      return undefined;
    },
  };
}

/** Options in `given` that are not to be set there. */
export function checkOptions(
  problems: Problems,
  prop: string,
  given: { [option: string]: unknown } = {},
  taken: { [option: string]: string } = {},
): void {
  for (const option of Object.keys(given)) {
    if (!/^[a-z][a-z0-9_]*$/.test(option)) {
      const rule = 'must be names of options of rclone: a-z, 0-9 and _';
      problems.add(prop, rule, option, "write { storage_class: 'STANDARD_IA' }");
    }
    const way = taken[option];
    if (way !== undefined) problems.add(`${prop}['${option}']`, 'must be left out', 'a value', way);
  }
}

function validate(options: RemoteBlobStoreOptions): void {
  const problems = new Problems();
  const { type, path, prefix, secrets = {}, passwords = {}, secretFiles = {}, ports, script, podLabels } = options;
  if (!/^[a-z][a-z0-9 ]*$/.test(type)) {
    problems.add('type', 'must be the name of a backend of rclone', type, "write 'sftp'");
  }
  if (!/^[^\s:,]*[^\s:,/]$/.test(path)) {
    const wayOut = "it stands in messages and in a command; write it as 'backups' or '/srv/backups'";
    problems.add('path', "must be a path without ':', ',' and blanks, and without '/' at its end", path, wayOut);
  }
  checkPrefix(problems, prefix);
  const kinds = { options: options.options ?? {}, secrets, passwords, secretFiles };
  for (const [prop, given] of Object.entries(kinds)) {
    checkOptions(problems, prop, given, { type: "it is the prop 'type'" });
    for (const option of Object.keys(given)) {
      const others = Object.entries(kinds).filter(
        ([other, { [option]: value }]) => other < prop && value !== undefined,
      );
      if (others.length === 0) continue;
      problems.add(
        `${prop}['${option}']`,
        `must not be in ${others[0]?.[0]} too`,
        'a value',
        'one of them would win; leave the other out',
      );
    }
  }
  for (const [prop, given] of Object.entries({ secrets, passwords, secretFiles })) {
    for (const [option, { key }] of Object.entries(given)) checkSecretKey(problems, `${prop}['${option}'].key`, key);
  }
  ports?.forEach((port, index) =>
    checkInteger(problems, `ports[${index}]`, port, 1, 65535, 'that is the range of TCP ports'),
  );
  if (script?.trim() === '') problems.add('script', 'must be a script', script, 'leave it out');
  checkLabels(problems, 'podLabels', podLabels);
  problems.throwIfAny('BlobStore.of');
}
