import { join } from 'node:path';
import type { IServiceAccount, SecretValue, k8s } from 'cdk8s-plus-27';
import { readScript } from '../../database/read-script';
import type { Problems } from '../../private/problems';
import type { SecretFiles } from '../../workload/secret-files';

/**
 * All that jobs know of a store. Whatever is one cloud's alone stands in the folder of its store.
 */
export interface BlobStoreParts {
  /** The folder of its script, for an image that has those of all stores; none where the user gives the script. */
  readonly name?: string;
  readonly place: string;
  /** Environment of the steps that work on the store. */
  readonly env: { readonly [name: string]: string | undefined };
  /** What those steps see in `/backupCredentials`. */
  readonly secrets: SecretFiles;
  /** The text of `remote.sh`, which is read after store.sh and defines its verbs anew. */
  readonly script?: string;
  /** TCP ports that it is reached at. */
  readonly ports: number[];
  /** What else a pod must reach to prove who it is. */
  readonly egress?: k8s.NetworkPolicyEgressRule[];
  /** Whom the pods run as, where that is their credential. */
  readonly serviceAccount?: IServiceAccount;
  readonly podLabels?: { readonly [key: string]: string };
  /** Whether it gives out checksums that it computed itself over what it holds. */
  readonly hasChecksums?: boolean;
  /** Whether what travels to it can be read on the way. */
  readonly inTheClear?: boolean;
  /** What the plugin is told, or the problems that keep it from using the store. */
  barman(problems: Problems, prop: string): BarmanStore | undefined;
}

/** What the Barman Cloud plugin of CloudNativePG must know of a store, as the configuration of its `ObjectStore` says it. */
export interface BarmanStore {
  /** Below it each server has a folder of its own, with `base/` and `wals/`. */
  readonly destinationPath: string;
  readonly endpointURL?: string;
  /** The credentials' own key, and what it holds. */
  readonly credentials: { readonly [kind: string]: object };
  /** Variables of the sidecar, for what the configuration takes from a Secret alone though it is none. */
  readonly env?: { readonly [name: string]: string };
}

/** A key of a Secret, as `ObjectStore` refers to it. */
export function secretKey({ secret, key }: SecretValue): { readonly name: string; readonly key: string } {
  return { name: secret.name, key };
}

/** The script of a store that this package knows. */
export function remoteScript(folder: string): string {
  return readScript(join(__dirname, folder), 'remote.sh');
}

/** Two spellings of one place would not be seen to be one. */
export function checkPrefix(problems: Problems, prefix: string | undefined): void {
  if (prefix === undefined || /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/.test(prefix)) return;
  const rule = "must be a path of letters, digits, '-', '_' and '.', without '/' at its ends";
  problems.add('prefix', rule, prefix, "write it as 'shop' or 'production/shop'");
}

/** An address as an error may show it: a signature or a login in it is a secret. */
export function shownAddress(address: string): string {
  return /[?@]/.test(address) ? `${address.length} characters` : address;
}

/** `bucket/prefix`, or the bucket alone. */
export function below(path: string, prefix: string | undefined): string {
  return prefix === undefined ? path : `${path}/${prefix}`;
}

/** What rclone is told, Barman never hears. */
export function checkNoRcloneOptions(problems: Problems, prop: string, options: object = {}): void {
  const names = Object.keys(options);
  if (names.length === 0) return;
  const wayOut = "rclone reads them and Barman does not; give 'continuousBackup' a store without";
  problems.add(prop, 'must be left out with continuousBackup', names, wayOut);
}
