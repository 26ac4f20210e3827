import type { Construct } from 'constructs';
import type { IArkBackupLocation } from './ark-backup-location';
import type { IArkServer } from './ark-server-props';

/** What the app has made for a server, for the rules that look at more than one object. */
interface Installation {
  defaultBackupLocation?: Construct & IArkBackupLocation;
  /** Locations that no backup can be made to. */
  readonly readOnlyLocations: Set<IArkBackupLocation>;
  /** Where its locations lie, as `account/container/prefix/`, and whose they are. */
  readonly places: Map<string, Construct>;
  snapshotLocations: number;
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
