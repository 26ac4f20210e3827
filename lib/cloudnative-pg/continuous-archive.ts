import { Size } from 'cdk8s';
import type { BlobStore } from '../backup/blob-store';
import type { BarmanStore } from '../backup/stores/store-parts';
import type { Problems } from '../private/problems';
import { quantity } from '../storage/quantity';
import type { ContinuousBackup, PostgresRecovery } from './cloudnative-pg-database-props';

/** The plugin that archives, backs up and recovers. */
export const PLUGIN = 'barman-cloud.cloudnative-pg.io';

/** The name that a Cluster calls its past by. */
export const ORIGIN = 'origin';

/**
 * Base backups and WAL of one PostgreSQL server, as Barman keeps them: the folders `base/` and `wals/` in the folder of the server.
 */
export interface PostgresArchive {
  /** Where the archive is: the store that the plugin's `destinationPath` names, with the same prefix. */
  readonly store: BlobStore;

  /** The server's folder in it: the plugin's `serverName`. */
  readonly serverName: string;
}

/** Where a database archives. */
export function archiveOf(name: string, backup: ContinuousBackup | undefined): PostgresArchive | undefined {
  return backup && { store: backup.store, serverName: backup.serverName ?? name };
}

/** Where its past is, as far as it was said. */
export function originOf({ database, store, serverName }: PostgresRecovery): Partial<PostgresArchive> {
  const archive = database?._archive ?? { store, serverName };
  return {
    ...(archive.store && { store: archive.store }),
    ...(archive.serverName && { serverName: archive.serverName }),
  };
}

/** What of all archives this is. */
export function placeOf({ store, serverName }: PostgresArchive): string {
  return `${store.place}/${serverName}`;
}

/** The spec of an `ObjectStore`. A store of the past deletes nothing. */
export function renderObjectStore(store: BarmanStore, backup: Partial<ContinuousBackup>, retention?: string): object {
  const { destinationPath, endpointURL, credentials, env = {} } = store;
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  return {
    configuration: {
      destinationPath,
      ...(endpointURL !== undefined && { endpointURL }),
      ...credentials,
      // A drill without operator unpacks it with what every image has.
      wal: { compression: 'gzip' },
      data: { compression: 'gzip', immediateCheckpoint: true },
    },
    ...(retention !== undefined && { retentionPolicy: retention }),
    instanceSidecarConfiguration: {
      ...(variables.length > 0 && { env: variables }),
      resources: {
        requests: { cpu: '50m', memory: '128Mi' },
        limits: { memory: quantity(backup.memory ?? Size.gibibytes(1)).value as string },
      },
    },
  };
}

/** The operator's parser reads seconds first. Five fields it only warns of, and takes the minutes for seconds. */
export function renderSchedule(expression: string): string {
  return `0 ${expression}`;
}

/** A server's name is a folder of the store, and a part of commands. */
export function checkServerName(problems: Problems, prop: string, serverName: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(serverName)) return;
  const rule = "must be a folder's name of letters, digits, '-', '_' and '.'";
  problems.add(prop, rule, serverName, "it is a folder of the store; write it as 'orders-2'");
}
