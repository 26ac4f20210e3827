import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { checkDnsSubdomain, checkInteger, checkSeconds } from '../private/names';
import type { Problems } from '../private/problems';
import type { ArkBackupOptions } from './ark-backup-options';
import { checkBackupHooks } from './ark-hook';
import { checkResourceFilter } from './ark-resource-filter';
import type { IArkServer } from './ark-server-props';
import { installationOf } from './installation';
import { checkSupported, VELERO_PROFILES } from './profile-facts';

/** As the clients of both, which write it; a manifest has none. */
export const TTL = Duration.days(30);

/** The rules of what a backup and a schedule share. */
export function checkBackupOptions(problems: Problems, server: IArkServer, options: ArkBackupOptions): void {
  const { profile } = server;
  if (server.restoreOnly) {
    const wayOut = 'it makes none; give it to the server of the first cluster';
    problems.add('server', 'must not be one that only restores', server.namespace, wayOut);
  }
  checkResourceFilter(problems, profile, options);
  checkBackupHooks(problems, 'hooks', options.hooks);
  checkSupported(problems, profile, VELERO_PROFILES, {
    defaultVolumesToFsBackup: options.defaultVolumesToFsBackup,
    snapshotMoveData: options.snapshotMoveData,
    csiSnapshotTimeout: options.csiSnapshotTimeout,
    itemOperationTimeout: options.itemOperationTimeout,
    orderedResources: options.orderedResources,
    resourcePolicy: options.resourcePolicy,
    parallelFilesUpload: options.parallelFilesUpload,
  });
  for (const [prop, wayOut] of [
    ['ttl', 'with 0 Ark keeps the backup for ever, and Velero takes its own default; write Duration.days(30)'],
    ['csiSnapshotTimeout', 'with 0 the server takes its own default; write Duration.minutes(10)'],
    ['itemOperationTimeout', 'with 0 the server takes its own default; write Duration.hours(4)'],
  ] as const) {
    const duration = options[prop];
    if (duration) checkSeconds(problems, prop, duration, 1, wayOut);
  }
  if (options.resourcePolicy !== undefined) checkDnsSubdomain(problems, 'resourcePolicy', options.resourcePolicy);
  for (const prop of ['storageLocation', 'volumeSnapshotLocation'] as const) {
    const location = options[prop];
    if (!location || location.server === server) continue;
    const wayOut = 'a server looks in its own namespace only; give it one of its own';
    problems.add(prop, 'must be a location of the same server', location.locationName, wayOut);
  }
  if (options.volumeSnapshotLocation && !options.snapshotVolumes) {
    const wayOut = 'no snapshot would be taken; leave it out, or write snapshotVolumes: true';
    problems.add(
      'volumeSnapshotLocation',
      'must go with snapshotVolumes',
      options.volumeSnapshotLocation.locationName,
      wayOut,
    );
  }
  if (options.snapshotMoveData && !(options.snapshotVolumes && server.csiSnapshots)) {
    const wayOut =
      'only snapshots of drivers can be moved; write snapshotVolumes: true, and csiSnapshots: true of the server';
    problems.add('snapshotMoveData', 'must go with snapshotVolumes, and csiSnapshots of the server', true, wayOut);
  }
  if (options.parallelFilesUpload !== undefined) {
    checkInteger(problems, 'parallelFilesUpload', options.parallelFilesUpload, 1, 1024, 'leave it out for one a CPU');
  }
}

/** What may still be made after the backup is looked at when the app is synthesized. */
export function validateLocations(construct: Construct, server: IArkServer, options: ArkBackupOptions): void {
  construct.node.addValidation({
    validate: () => {
      const { defaultBackupLocation, readOnlyLocations, snapshotLocations, nodeAgent } = installationOf(server);
      const found: string[] = [];
      const location = options.storageLocation ?? defaultBackupLocation;
      if (location && readOnlyLocations.has(location)) {
        found.push(
          `'storageLocation' must be one that is written to, got ${JSON.stringify(location.locationName)}: its accessMode is ReadOnly, and ` +
            'the server would fail the backup; make another ArkBackupLocation',
        );
      }
      if (!options.storageLocation && !defaultBackupLocation) {
        found.push(
          "'storageLocation' must be given, got nothing: this app makes no default ArkBackupLocation of the server; make one, " +
            'or name one that is there by ArkBackupLocation.fromBackupLocationName',
        );
      }
      if (
        options.snapshotVolumes &&
        !server.csiSnapshots &&
        !options.volumeSnapshotLocation &&
        snapshotLocations !== 1
      ) {
        found.push(
          `'volumeSnapshotLocation' must be given, got nothing: this app makes ${snapshotLocations} of the server, so no snapshot would be ` +
            'taken; make one ArkVolumeSnapshotLocation, name the one to take, or write snapshotVolumes: false',
        );
      }
      for (const prop of ['defaultVolumesToFsBackup', 'snapshotMoveData'] as const) {
        if (!options[prop] || nodeAgent !== false) continue;
        found.push(
          `'${prop}' must go with an ArkNodeAgent, got ${options[prop]}: nobody would copy the volumes; make one of the server`,
        );
      }
      return found;
    },
  });
}
