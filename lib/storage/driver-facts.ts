import type { Size } from 'cdk8s';
import type { Problems } from '../private/problems';
import type { StorageMedium } from './storage-medium';

/** Parameters of a class by their names in lower case, with values in lower case: the drivers read names in any case. */
export interface LowerParameters {
  readonly [name: string]: string | undefined;
}

/** How a driver knows zones, where its volumes are bound to them. */
export interface DriverZones {
  /** The label of nodes that has the zone. */
  readonly label: string;

  /** What a zone looks like. The first group is its region. */
  readonly pattern: RegExp;

  /** The rule that the pattern stands for. */
  readonly rule: string;

  readonly example: string;

  /** In how many zones a volume of these parameters can be used: in all of them if Infinity. */
  readonly reach: (parameters: LowerParameters) => number;
}

/**
 * What is known of the volumes that a driver makes. Each cloud has a table of its drivers, so that nothing else asks which cloud it is.
 */
export interface DriverFacts {
  readonly medium: StorageMedium | ((parameters: LowerParameters) => StorageMedium);

  /** The smallest volume that it makes. A smaller claim waits for ever, or silently gets this much. */
  readonly minimumSize?: (parameters: LowerParameters) => Size | undefined;

  readonly zones?: DriverZones;

  /** The label of the only nodes that can use its volumes, and its value. */
  readonly nodes?: { readonly label: string; readonly value: string };

  /** Refuses what cannot be the handle of one of its volumes. */
  readonly checkHandle?: (problems: Problems, prop: string, handle: string) => void;

  /** The zones that a handle names. */
  readonly zonesOfHandle?: (handle: string) => string[] | undefined;

  /** Refuses options with which its volumes cannot be mounted. */
  readonly checkMountOptions?: (problems: Problems, medium: StorageMedium | undefined, options?: string[]) => void;
}

/** What is known of a class by its name alone, as a cloud's own Kubernetes comes with it. */
export interface KnownClass {
  readonly provisioner: string;
  readonly parameters?: { readonly [key: string]: string };
  readonly allowVolumeExpansion?: boolean;
}

export function lowerParameters(parameters: { readonly [key: string]: string }): LowerParameters {
  // Where a value has a case, the wrong one fails by itself.
  return Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));
}

/** Of which nodes volumes can be, as topology and affinity both name them. */
export interface NodeLabelValues {
  readonly label: string;
  readonly values: string[];
}

export function nodesOf({ zones, nodes }: DriverFacts, named: string[] | undefined): NodeLabelValues[] {
  return [
    ...(zones && named ? [{ label: zones.label, values: named }] : []),
    ...(nodes ? [{ label: nodes.label, values: [nodes.value] }] : []),
  ];
}
