import type { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import {
  checkAnnotations,
  checkDnsLabel,
  checkLabels,
  checkMountPath,
  checkSeededName,
  checkSubPath,
} from '../private/names';
import type { Problems } from '../private/problems';
import { AccessMode } from './access-mode';
import type { IStorageClass } from './i-storage-class';
import { checkSize, kibibytes, quantity } from './quantity';
import { StorageMedium } from './storage-medium';
import type { VolumeDataSource } from './volume-data-source';

/**
 * A place where a container sees a volume, or a folder of it.
 */
export interface VolumeClaimMount {
  /** Absolute path in the container. */
  readonly path: string;

  /**
   * The folder of the volume that is seen at the path; made at the first start if it is missing.
   *
   * @default - the root of the volume
   */
  readonly subPath?: string;

  /**
   * Folder of the container's image that fills the folder of the volume at the first start: whole, or not at all, so that a pod
   * that is stopped in the middle begins anew. **What is there already is left alone**: a later image changes nothing of it.
   *
   * It needs a `subPath`, as the root of a volume cannot be put in place in one step, and an image with `sh` and `cp`. An init
   * container `seed-<volume>` of that image makes the copy. A volume has one such folder.
   *
   * @default - none: it begins empty
   */
  readonly seed?: string;

  /**
   * Name of the container that sees it. An init container may be named too.
   *
   * @default - the only container, or else the only one whose image is known to keep its data there, as `redis` in `/data`. Where
   * that is not decided, it must be given: in another container the volume would stay empty, and the data be lost. A `StatefulDatabase`
   * gives it to its server
   */
  readonly container?: string;

  /**
   * Whether the container can only read.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

/**
 * A claim that a StatefulSet makes for each of its pods: `<name>-<set>-<ordinal>`.
 *
 * The claims outlive pods and set, and a later set of the same name finds them again by that name. So **a new name is a
 * new, empty volume**, with the old one left behind. The template of a set that exists cannot be changed: the server refuses
 * any other size, class or label. Only the claims can grow.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
 */
export interface VolumeClaimTemplate {
  /** Name of the template and of the volume in the pod: a DNS label. A contract with the data, see above. */
  readonly name: string;

  /** Size that each claim asks for. A volume can grow later where its class allows it, and never shrinks. */
  readonly size: Size;

  /**
   * Class of the volumes. Its reclaim policy decides whether a *deleted claim* takes its data along.
   *
   * @default - the cluster's default class, whichever that is when the claim is made
   */
  readonly storageClass?: IStorageClass;

  /**
   * How many nodes or pods may use a volume at a time.
   *
   * @default AccessMode.READ_WRITE_ONCE
   */
  readonly accessMode?: AccessMode;

  /**
   * Labels of the claims. They cannot be changed later.
   *
   * @default - none; the controller adds the set's selector labels
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the claims. They cannot be changed later.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };

  /**
   * What the volumes are filled with when they are made, e.g. a snapshot. **Every pod of the set gets a volume with the same content**,
   * those that a later scale-up adds too. It cannot be changed later.
   *
   * @default - they begin empty
   */
  readonly dataSource?: VolumeDataSource;

  /** Where the containers see the volume. It may be empty if their own `volumeMounts` name it. */
  readonly mounts: VolumeClaimMount[];
}

/** What a claim asks its class for. */
export interface ClaimedStorage {
  readonly size: Size;
  readonly storageClass?: IStorageClass;
  readonly accessMode?: AccessMode;
  readonly dataSource?: VolumeDataSource;
}

/** Refuses what the class is known not to make: the server takes such a claim, and then it waits, or gets something else. */
export function checkClaimedStorage(problems: Problems, prefix: string, claim: ClaimedStorage): void {
  const { size, storageClass, accessMode } = claim;
  checkSize(problems, `${prefix}size`, size);
  const minimum = storageClass?.minimumSize;
  if (storageClass && minimum && kibibytes(size) < kibibytes(minimum)) {
    problems.add(
      `${prefix}size`,
      `must be at least ${quantity(minimum).value} with the class '${storageClass.storageClassName}'`,
      size.asString(),
      'it has no smaller volumes: the driver would silently make one of that size, at its price, or fail; ask for as much',
    );
  }
  checkAccessMode(problems, `${prefix}accessMode`, storageClass?.medium, accessMode);
}

/** A disk is attached to one node at a time; what many could attach has no file system, and is not claimed here. */
export function checkAccessMode(
  problems: Problems,
  prop: string,
  medium?: StorageMedium,
  accessMode?: AccessMode,
): void {
  if (medium !== StorageMedium.DISK) return;
  if (accessMode !== AccessMode.READ_WRITE_MANY && accessMode !== AccessMode.READ_ONLY_MANY) return;
  problems.add(
    prop,
    'must be READ_WRITE_ONCE or READ_WRITE_ONCE_POD on a disk',
    accessMode,
    'one node at a time can attach it, and claim or pod would wait for ever; for many nodes take a share, e.g. over NFS',
  );
}

/** @param mounted names of the volumes that containers mount by themselves, as Kubernetes writes it */
export function checkVolumeClaimTemplate(
  problems: Problems,
  prop: string,
  template: VolumeClaimTemplate,
  mounted: string[] = [],
): void {
  checkClaimOfTemplate(problems, prop, 'name', template);
  if (template.mounts.length === 0 && !mounted.includes(template.name)) {
    problems.add(
      `${prop}.mounts`,
      'must name a path',
      template.mounts,
      'a volume that no container sees keeps no data; give it mounts or leave the template out',
    );
  }
  checkVolumeClaimMounts(problems, prop, template);
}

/** What holds for the mounts of a claim, whether a set makes it or somebody else. */
export function checkVolumeClaimMounts(
  problems: Problems,
  prop: string,
  volume: Pick<VolumeClaimTemplate, 'name' | 'mounts'>,
): void {
  volume.mounts.forEach(({ path, subPath, seed }, index) => {
    const mount = `${prop}.mounts[${index}]`;
    checkMountPath(problems, `${mount}.path`, path);
    if (subPath !== undefined) checkSubPath(problems, `${mount}.subPath`, subPath);
    if (seed === undefined) return;
    checkMountPath(problems, `${mount}.seed`, seed);
    if (subPath === undefined) {
      const wayOut =
        "the root of a volume cannot be put in place in one step, and half of it would be taken for the whole; write 'site'";
      problems.add(`${mount}.subPath`, 'must be given with a seed', subPath, wayOut);
    }
  });
  const seeds = volume.mounts.flatMap(({ seed }) => seed ?? []);
  if (seeds.length > 1) {
    problems.add(
      `${prop}.mounts`,
      'must have one seed',
      seeds,
      'give each folder that an image fills a volume of its own',
    );
  }
  if (seeds.length > 0) checkSeededName(problems, `${prop}.name`, volume.name);
}

/** What holds for a claim template wherever its mounts come from. */
export function checkClaimOfTemplate(
  problems: Problems,
  prop: string,
  nameProp: string,
  template: Pick<VolumeClaimTemplate, 'name' | 'labels' | 'annotations'> & ClaimedStorage,
): void {
  checkDnsLabel(problems, `${prop}.${nameProp}`, template.name);
  checkClaimedStorage(problems, `${prop}.`, template);
  checkLabels(problems, `${prop}.labels`, template.labels);
  checkAnnotations(problems, `${prop}.annotations`, template.annotations);
}

export function renderVolumeClaimTemplate(template: VolumeClaimTemplate): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: {
      name: template.name,
      ...(template.labels && { labels: template.labels }),
      ...(template.annotations && { annotations: template.annotations }),
    },
    spec: renderClaimSpec(template),
  };
}

/** The part that a claim template and a claim have in common. */
export function renderClaimSpec(claim: ClaimedStorage): k8s.PersistentVolumeClaimSpec {
  return {
    accessModes: [claim.accessMode ?? AccessMode.READ_WRITE_ONCE],
    ...(claim.storageClass && { storageClassName: claim.storageClass.storageClassName }),
    resources: { requests: { storage: quantity(claim.size) } },
    ...claim.dataSource?._toKube(),
  };
}
