import { EKS_CLASSES } from './aws/aws-drivers';
import { AKS_CLASSES } from './azure/aks-storage-class';
import type { KnownClass } from './driver-facts';
import { GKE_CLASSES } from './gcp/gcp-drivers';

const CLASSES = new Map(Object.entries({ ...AKS_CLASSES, ...EKS_CLASSES, ...GKE_CLASSES }));

/** The class of that name, if only one cloud calls one so. */
export function knownClass(name: string): KnownClass | undefined {
  return CLASSES.get(name);
}
