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
  /** The plugins of clouds; Ark has them built in. */
  readonly plugins: { readonly [provider: string]: string };
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

/**
 * Each minor of Velero has one of the plugins, which is the same less four: 1.16 has 1.12.
 *
 * @see https://github.com/vmware-tanzu/velero-plugin-for-aws#compatibility
 * @see https://github.com/vmware-tanzu/velero-plugin-for-gcp#compatibility
 */
const PLUGINS_1_12 = {
  azure: 'velero/velero-plugin-for-microsoft-azure:v1.12.2',
  aws: 'velero/velero-plugin-for-aws:v1.12.2',
  gcp: 'velero/velero-plugin-for-gcp:v1.12.2',
};
const PLUGINS_1_14 = {
  azure: 'velero/velero-plugin-for-microsoft-azure:v1.14.0',
  // 1.14.2 breaks backups in stores other than AWS: s3-rules.ts.
  aws: 'velero/velero-plugin-for-aws:v1.14.3',
  gcp: 'velero/velero-plugin-for-gcp:v1.14.2',
};

const VELERO: Omit<ProfileFacts, 'image' | 'plugins'> = {
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
    plugins: {},
    user: 65534,
    userGroup: 65534,
    nodeAgent: { name: 'restic', args: ['restic', 'server'], capabilities: COPYING },
    fsBackupTimeoutFlag: '--restic-timeout',
  },
  [ArkProfile.VELERO_1_16]: {
    ...VELERO,
    image: 'velero/velero:v1.16.2',
    plugins: PLUGINS_1_12,
  },
  [ArkProfile.VELERO_1_18]: {
    ...VELERO,
    // Each volume is copied by a pod of its own, which takes nothing of this over.
    nodeAgent: { ...VELERO.nodeAgent, capabilities: [] },
    image: 'velero/velero:v1.18.3',
    plugins: PLUGINS_1_14,
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
      `its server does not know it, and would pass over it in silence; ${profiles.join(' and ')} ${profiles.length === 1 ? 'does' : 'do'}`,
    );
  }
}

function shown(value: unknown): unknown {
  if (value instanceof Duration) return shortDuration(value);
  return value instanceof Size ? value.asString() : value;
}
