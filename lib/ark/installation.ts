import type { Construct } from 'constructs';
import type { IArkBackupLocation } from './ark-backup-location';
import type { IArkServer } from './ark-server-props';
import type { CloudParts } from './cloud-parts';

/** What the app has made for a server, for the rules that look at more than one object. */
interface Installation {
  defaultBackupLocation?: Construct & IArkBackupLocation;
  /** Locations that no backup can be made to. */
  readonly readOnlyLocations: Set<IArkBackupLocation>;
  /** Where its locations lie, as `store/bucket/prefix/`, and whose they are. */
  readonly places: Map<string, Construct>;
  snapshotLocations: number;
  /** The cloud that it has plugin and credentials of; not known of a server that is made elsewhere. */
  cloud?: CloudParts;
  /** Whether it has plugins beside that of its cloud. */
  hasMorePlugins?: boolean;
  /** Whether its volumes can be copied file by file; not known of a server that is made elsewhere. */
  nodeAgent?: boolean;
}

const installations = new WeakMap<IArkServer, Installation>();

export function installationOf(server: IArkServer): Installation {
  const known = installations.get(server);
  if (known) return known;
  const made: Installation = { readOnlyLocations: new Set(), places: new Map(), snapshotLocations: 0 };
  installations.set(server, made);
  return made;
}
