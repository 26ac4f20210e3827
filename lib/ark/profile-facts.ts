import { Duration, Size } from 'cdk8s';
import type { Problems } from '../private/problems';
import { ArkProfile } from './ark-profile';
import { shortDuration } from './go-duration';

/** What differs between the servers, apart from the specs of their objects. */
export interface ProfileFacts {
  /** Name of its Deployment, ServiceAccount, container and program. Velero's server looks for its Deployment by this name. */
  readonly product: 'ark' | 'velero';
  /** Namespace by default. */
  readonly namespace: string;
  /** The group of its objects, and what its annotations end with. */
  readonly group: string;
  readonly image: string;
  /** The plugin for Azure; Ark has it built in. */
  readonly azurePlugin?: string;
  /** User and group of the image. */
  readonly user: number;
  readonly userGroup: number;
  /** The DaemonSet that copies volumes. */
  readonly nodeAgent: NodeAgentFacts;
  /** The flag of how long the files of a volume may take. */
  readonly fsBackupTimeoutFlag: string;
}

interface NodeAgentFacts {
  readonly name: string;
  readonly args: string[];
  /** What its root user keeps. */
  readonly capabilities: string[];
}

/** To read, and to make again, files of others. */
const COPYING = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'];

const VELERO: Omit<ProfileFacts, 'image' | 'azurePlugin'> = {
  product: 'velero',
  namespace: 'velero',
  group: 'velero.io',
  user: 1002,
  userGroup: 1000,
  nodeAgent: { name: 'node-agent', args: ['node-agent', 'server'], capabilities: COPYING },
  fsBackupTimeoutFlag: '--fs-backup-timeout',
};

const FACTS: { [profile in ArkProfile]: ProfileFacts } = {
  [ArkProfile.ARK_0_10]: {
    product: 'ark',
    namespace: 'heptio-ark',
    group: 'ark.heptio.com',
    image: 'gcr.io/heptio-images/ark:v0.10.1',
    user: 65534,
    userGroup: 65534,
    nodeAgent: { name: 'restic', args: ['restic', 'server'], capabilities: COPYING },
    fsBackupTimeoutFlag: '--restic-timeout',
  },
  [ArkProfile.VELERO_1_16]: {
    ...VELERO,
    image: 'velero/velero:v1.16.2',
    azurePlugin: 'velero/velero-plugin-for-microsoft-azure:v1.12.2',
  },
  [ArkProfile.VELERO_1_18]: {
    ...VELERO,
    // Each volume is copied by a pod of its own, which takes nothing of this over.
    nodeAgent: { ...VELERO.nodeAgent, capabilities: [] },
    image: 'velero/velero:v1.18.3',
    azurePlugin: 'velero/velero-plugin-for-microsoft-azure:v1.14.0',
  },
};

export function factsOf(profile: ArkProfile): ProfileFacts {
  return FACTS[profile];
}

/** The profiles of Velero. */
export const VELERO_PROFILES = [ArkProfile.VELERO_1_16, ArkProfile.VELERO_1_18];

/** Refuses a prop that its server would not know, and names those that do. */
export function checkSupported(
  problems: Problems,
  profile: ArkProfile,
  profiles: ArkProfile[],
  props: { readonly [prop: string]: unknown },
): void {
  if (profiles.includes(profile)) return;
  for (const [prop, value] of Object.entries(props)) {
    if (value === undefined) continue;
    problems.add(
      prop,
      `must be left out with ${profile}`,
      shown(value),
      `its server does not know it, and would pass over it in silence; ${profiles.join(' and ')} do`,
    );
  }
}

function shown(value: unknown): unknown {
  if (value instanceof Duration) return shortDuration(value);
  return value instanceof Size ? value.asString() : value;
}
