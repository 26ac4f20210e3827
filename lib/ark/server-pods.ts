import { Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { PodSource } from '../workload/pod-spec';
import { ArkProfile } from './ark-profile';
import type { ArkServerProps } from './ark-server-props';
import { shortDuration } from './go-duration';
import { factsOf } from './profile-facts';
import type { ProfileFacts } from './profile-facts';

const SCRATCH = '/scratch';

/** Selectors are immutable: these are those of Ark's example and of `velero install`, so that what they made can be taken over. */
export function selectorOf(profile: ArkProfile): { [key: string]: string } {
  return profile === ArkProfile.ARK_0_10 ? { component: 'ark' } : { deploy: 'velero' };
}

/** The server's pods. */
export function podsOf(props: ArkServerProps): PodSource {
  const facts = factsOf(props.profile);
  const { product } = facts;
  return {
    podLabels: { component: product, ...props.cloud._parts.podLabels, ...props.podLabels },
    podAnnotations: {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '8085',
      'prometheus.io/path': '/metrics',
    },
    automountServiceAccountToken: true,
    runAsUser: facts.user,
    runAsGroup: facts.userGroup,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    ...(product === 'velero' && {
      initContainers: pluginsOf(props).map((plugin) => renderPlugin(plugin, props.resources)),
    }),
    containers: [
      {
        name: product,
        image: props.image ?? facts.image,
        command: [`/${product}`],
        args: argsOf(props, facts),
        ports: [{ name: 'metrics', containerPort: 8085 }],
        ...environmentOf(props),
        ...(props.resources && { resources: props.resources }),
        volumeMounts: credentialsMount(props),
      },
    ],
    // What is backed up and restored goes through /tmp.
    emptyDirs: [
      { path: '/plugins', sizeLimit: Size.gibibytes(1) },
      { path: SCRATCH, sizeLimit: Size.gibibytes(4) },
      { path: '/tmp', sizeLimit: Size.gibibytes(4) },
    ],
    volumes: credentialsVolume(props),
  };
}

/** What server and node agent share: where they find their namespace, their files and their cloud. */
export function environmentOf({ profile, cloud }: ArkServerProps): {
  env: k8s.EnvVar[];
  envFrom?: k8s.EnvFromSource[];
} {
  const { credentials, credentialsVariable } = cloud._parts;
  const variable = profile === ArkProfile.ARK_0_10 ? credentialsVariable.ark : credentialsVariable.velero;
  const file = credentials && variable !== undefined ? [{ name: variable, value: '/credentials/cloud' }] : [];
  if (profile === ArkProfile.ARK_0_10) {
    return {
      env: [{ name: 'ARK_SCRATCH_DIR', value: SCRATCH }, ...file],
      ...(credentials && file.length === 0 && { envFrom: [{ secretRef: { name: credentials.name } }] }),
    };
  }
  return {
    env: [
      { name: 'VELERO_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'VELERO_SCRATCH_DIR', value: SCRATCH },
      { name: 'LD_LIBRARY_PATH', value: '/plugins' },
      // Its user has no home in the image, and kopia writes its configuration there.
      { name: 'HOME', value: SCRATCH },
      ...file,
    ],
  };
}

export function credentialsMount(props: ArkServerProps): k8s.VolumeMount[] {
  return isFile(props) ? [{ name: 'cloud-credentials', mountPath: '/credentials', readOnly: true }] : [];
}

export function credentialsVolume(props: ArkServerProps): k8s.Volume[] {
  const { name } = props.cloud._parts.credentials ?? {};
  return isFile(props) ? [{ name: 'cloud-credentials', secret: { secretName: name } }] : [];
}

function isFile(props: ArkServerProps): boolean {
  return props.cloud._parts.credentials !== undefined && environmentOf(props).envFrom === undefined;
}

function argsOf(props: ArkServerProps, { product, fsBackupTimeoutFlag }: ProfileFacts): string[] {
  return [
    'server',
    ...(props.restoreOnly && product === 'ark' ? ['--restore-only'] : []),
    ...(props.uploader && product === 'velero' ? [`--uploader-type=${props.uploader}`] : []),
    ...(props.csiSnapshots ? ['--features=EnableCSI'] : []),
    ...(props.fsBackupTimeout ? [`${fsBackupTimeoutFlag}=${shortDuration(props.fsBackupTimeout)}`] : []),
    ...(props.args ?? []),
  ];
}

/** That of its cloud, and further ones. */
function pluginsOf({ profile, cloud, plugins = [] }: ArkServerProps): { name: string; image: string }[] {
  const { provider, pluginName, plugin } = cloud._parts;
  return [{ name: pluginName, image: plugin ?? factsOf(profile).plugins[provider] ?? '' }, ...plugins];
}

function renderPlugin(
  { name, image }: { name: string; image: string },
  resources: k8s.ResourceRequirements | undefined,
): k8s.Container {
  // It runs before the server: the pod asks for no more than for the server alone.
  return { name, image, ...(resources && { resources }), volumeMounts: [{ name: 'plugins', mountPath: '/target' }] };
}
