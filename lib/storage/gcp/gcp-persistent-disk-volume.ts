import type { k8s } from 'cdk8s-plus-27';
import { checkKnownProps } from '../../private/known-props';
import { checkUnique } from '../../private/names';
import { Problems } from '../../private/problems';
import { FsType } from '../fs-type';
import { checkZone } from '../zone-rules';
import { PERSISTENT_DISK, PERSISTENT_DISK_FACTS } from './gcp-drivers';

/**
 * Options of `VolumeSource.gcpPersistentDisk`.
 */
export interface GcpPersistentDiskVolumeOptions {
  /** Id of the project that has the disk. */
  readonly project: string;

  /** Zone of the disk: `europe-west1-b`; both of a regional one. Pods are sent there. */
  readonly zones: string[];

  /** Name of the disk. */
  readonly diskName: string;

  /**
   * The file system that the disk has; one without any is given it.
   *
   * @default FsType.EXT4
   */
  readonly fsType?: FsType;

  /**
   * Whether all pods can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

export function gcpPersistentDiskVolume(options: GcpPersistentDiskVolumeOptions): k8s.CsiPersistentVolumeSource {
  checkKnownProps('VolumeSource.gcpPersistentDisk', 'GcpPersistentDiskVolumeOptions', options);
  const { project, zones, diskName, fsType = FsType.EXT4, readOnly } = options;
  const problems = new Problems();
  if (!/^[^/\s]+$/.test(project)) {
    problems.add('project', 'must be the id of a project', project, "write it as 'my-project'");
  }
  if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(diskName)) {
    problems.add('diskName', 'must be the name of a disk', diskName, 'it is its name, not its id or path');
  }
  const { pattern } = PERSISTENT_DISK_FACTS.zones;
  const regions = new Set(zones.flatMap((zone) => pattern.exec(zone)?.[1] ?? []));
  zones.forEach((zone, index) => checkZone(problems, `zones[${index}]`, zone, PERSISTENT_DISK_FACTS.zones));
  checkUnique(problems, 'zones', zones, 'of one name', 'leave one of them out');
  if (zones.length < 1 || zones.length > 2 || regions.size > 1) {
    problems.add(
      'zones',
      'must be one zone, or two of a region',
      zones,
      'a disk is in no others, and no pod would start',
    );
  }
  problems.throwIfAny('VolumeSource.gcpPersistentDisk');
  const [region] = regions;
  const place = zones.length === 2 ? `regions/${region}` : `zones/${zones[0]}`;
  return {
    driver: PERSISTENT_DISK,
    volumeHandle: `projects/${project}/${place}/disks/${diskName}`,
    fsType,
    ...(readOnly && { readOnly }),
  };
}
