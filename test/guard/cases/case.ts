import { Yaml } from 'cdk8s';
import type { Deployer, Verdict } from '../../../lib/guard/model';
import type { Manifest as ObjectManifest } from '../../support/manifests';

/**
 * Stands for the namespace of a case. On a server each case gets one of its own; what is in no namespace is called after it,
 * so that cases can be applied at the same time.
 */
export const NAMESPACE = 'stateful-test-guarded';

/** An object as it is applied. */
export interface Manifest extends ObjectManifest {
  readonly [field: string]: unknown;
}

/**
 * What becomes of a claim: the same one, in use by a pod or by none; deleted; deleted while a pod still uses it; another one
 * of the same name, which is empty; one that was not there before, which is empty as well.
 */
export type ClaimFate = 'used' | 'unused' | 'gone' | 'terminating' | 'made again' | 'new';

/** What becomes of a volume that was bound. */
export type VolumeFate = 'Bound' | 'Released' | 'Available' | 'gone';

/** A change, what the guard says of it, and what a server makes of it. */
export interface Case {
  readonly name: string;
  readonly before: readonly Manifest[];
  readonly after: readonly Manifest[];
  /** All that the guard finds: each rule, and its verdict. */
  readonly finds: readonly (readonly [rule: string, verdict: Verdict])[];
  /** Unknown, as in a run that was not told: what is gone from the YAML is then deleted. */
  readonly deployer?: Deployer;
  readonly force?: boolean;
  /** A lock file holds too little of it: what is found against YAML is not found against the lock. */
  readonly lockForgets?: boolean;
  /**
   * What the server says to the new objects. `not asked`: it has no say, as what a deployer does decides, or the kind belongs to
   * an operator that is not there.
   */
  readonly server: 'accepted' | 'refused' | 'not asked';
  /** What the server says when it refuses. */
  readonly message?: RegExp;
  /** By name, or by namespace and name. */
  readonly claims?: { readonly [name: string]: ClaimFate };
  /** By the name of the claim that was bound. */
  readonly volumes?: { readonly [claim: string]: VolumeFate };
  /** What only a running program would show, and what no test here has seen. */
  readonly unseen?: string;
}

/** The YAML of objects. */
export function yamlOf(objects: readonly Manifest[]): string {
  return Yaml.stringify(...objects);
}
