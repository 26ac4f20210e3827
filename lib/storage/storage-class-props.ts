import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata, clusterScoped } from '../private/identity';
import { checkDnsSubdomain, checkLabels } from '../private/names';
import type { Problems } from '../private/problems';
import type { NodeLabelValues } from './driver-facts';
import { StorageMedium } from './storage-medium';

/**
 * What becomes of a volume when its claim is deleted.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming
 */
export enum ReclaimPolicy {
  /** The volume and its data stay, and cost what they cost, until somebody removes them by hand. */
  RETAIN = 'Retain',

  /** **The data are deleted with the claim**, at once and without a way back. */
  DELETE = 'Delete',
}

/**
 * When a volume is made for a claim.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */
export enum VolumeBindingMode {
  /** When the first pod that uses it is scheduled, so that volume and pod are in one zone. */
  WAIT_FOR_FIRST_CONSUMER = 'WaitForFirstConsumer',

  /** With the claim. What is bound to a zone may then be where no pod can run. */
  IMMEDIATE = 'Immediate',
}

/**
 * What all storage classes have in common.
 *
 * Provisioner, parameters, reclaim policy and binding mode of a class that exists cannot be changed: the server refuses it.
 * Give a changed class a new name; volumes that exist keep what they were made with in any case.
 */
export interface CommonStorageClassProps {
  /**
   * Name of the class, which claims name it by. Classes have no namespace: the name is the cluster's.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * What becomes of a volume when its claim is deleted. It cannot be changed later, not for volumes that exist either: those
   * have a policy of their own.
   *
   * @default ReclaimPolicy.RETAIN, so that deleting a claim by mistake loses nothing. A volume that nobody wants any more
   * costs money until it is removed by hand, in the cluster and in the cloud.
   */
  readonly reclaimPolicy?: ReclaimPolicy;

  /**
   * Whether claims of the class may grow. It can be changed at any time.
   *
   * @default true
   */
  readonly allowVolumeExpansion?: boolean;

  /**
   * When a volume is made for a claim. It cannot be changed later.
   *
   * @default - VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER for what is known to be a disk, else VolumeBindingMode.IMMEDIATE
   */
  readonly volumeBindingMode?: VolumeBindingMode;

  /**
   * Options of `mount`, one each. No server checks them: with a wrong one no pod starts.
   *
   * @default - the driver's own
   */
  readonly mountOptions?: string[];

  /**
   * Labels of the class.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Whether the class is the one of claims that name none. A cluster should have one such: of several the newest counts.
   *
   * @default false
   */
  readonly defaultClass?: boolean;
}

export function checkStorageClass(
  problems: Problems,
  construct: Construct,
  name: string,
  props: CommonStorageClassProps,
): void {
  checkDnsSubdomain(problems, 'name', name);
  checkLabels(problems, 'labels', props.labels);
  checkMountOptions(problems, props.mountOptions);
  checkIdentity(problems, construct, 'name', k8s.KubeStorageClass.GVK, name);
}

export function checkMountOptions(problems: Problems, options: string[] = []): void {
  options.forEach((option, index) => {
    if (/^[^\s,]+$/.test(option)) return;
    problems.add(
      `mountOptions[${index}]`,
      'must be one option, without blanks and commas',
      option,
      "no server checks it, and with a wrong one no pod starts; write one each, as ['noatime', 'nconnect=4']",
    );
  });
}

/** What the driver of a class decides. */
export interface StorageClassSpec {
  readonly provisioner: string;
  readonly parameters: { readonly [key: string]: string };
  readonly medium?: StorageMedium;
  readonly nodes: NodeLabelValues[];
}

export function makeStorageClass(
  construct: Construct,
  name: string,
  props: CommonStorageClassProps,
  { provisioner, parameters, medium, nodes }: StorageClassSpec,
): ApiObject {
  const annotations = props.defaultClass ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : undefined;
  const isDisk = medium === StorageMedium.DISK;
  const matchLabelExpressions = nodes.map(({ label, values }) => ({ key: label, values }));
  return clusterScoped(
    claimIdentity(
      new k8s.KubeStorageClass(construct, 'Resource', {
        metadata: metadata(name, undefined, props.labels, annotations),
        provisioner,
        ...(Object.keys(parameters).length > 0 && { parameters }),
        reclaimPolicy: props.reclaimPolicy ?? ReclaimPolicy.RETAIN,
        allowVolumeExpansion: props.allowVolumeExpansion ?? true,
        volumeBindingMode:
          props.volumeBindingMode ?? (isDisk ? VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER : VolumeBindingMode.IMMEDIATE),
        ...(props.mountOptions && { mountOptions: props.mountOptions }),
        ...(nodes.length > 0 && { allowedTopologies: [{ matchLabelExpressions }] }),
      }),
    ),
  );
}
