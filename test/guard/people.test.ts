import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, counts, exitCode } from '../../lib/guard/check';
import type { Result } from '../../lib/guard/check';
import { coverageOf } from '../../lib/guard/coverage/coverage';
import { coveredTexts } from '../../lib/guard/coverage/findings';
import { readLock, writeLock } from '../../lib/guard/lock';
import { nameOf } from '../../lib/guard/model';
import type { Deployer, Problem } from '../../lib/guard/model';
import { readState } from '../../lib/guard/state';
import type { Read } from '../../lib/guard/state';

/**
 * An upgrade that once lost people's data or locked them out. Its manifests are in people/, written anew after what the
 * thread tells: before, after, and a harmless upgrade of the same.
 */
interface Upgrade {
  readonly source: string;
  readonly deployer: Deployer;
  readonly force?: boolean;
  /** What happened to those people, or what a reviewer saw in time. */
  readonly happened: string;
  /** All that the guard says, so that a false alarm shows: verdict, rule and object. */
  readonly finds: readonly string[];
  /** What they needed to be told. */
  readonly told: string;
  /** A command or a comment of the way out. */
  readonly wayOut: string;
  /** It is a value of a Secret, of which a lock file holds nothing. */
  readonly lockForgets?: boolean;
}

const UPGRADES: { readonly [folder: string]: Upgrade } = {
  'airflow-fernet-key': {
    source: 'https://github.com/apache/airflow/issues/47963',
    deployer: 'argocd',
    happened:
      'The chart draws the key at random in a hook that only helm install runs; Argo CD runs it at each sync, and all stored connections became unreadable.',
    finds: ['locks out: secret-value:Secret/airflow/airflow-fernet-key'],
    told: 'cannot read what was encrypted with the old key',
    wayOut: 'a chart that draws it at random needs it in its values',
    lockForgets: true,
  },
  'argocd-application-removed': {
    source: 'https://github.com/argoproj/argo-cd/issues/9853',
    deployer: 'argocd',
    happened: 'They deleted an Application; its claims were deleted with it, though they were annotated Prune=false.',
    finds: ['loses: application-removed:Application.argoproj.io/argocd/elasticsearch'],
    told: 'Prune=false does not keep an object then, Delete=false does',
    wayOut: `patch applications.argoproj.io elasticsearch --type=merge --patch='{"metadata":{"finalizers":null}}'`,
  },
  'cf-db-other-image': {
    source: 'https://github.com/cloudfoundry/cf-for-k8s/issues/212',
    deployer: 'prune',
    happened: 'An image of their own took the place of the one of Bitnami, and did not start on its data folder.',
    finds: ['cannot tell: image-unreadable:StatefulSet/cf-db/cf-db-postgresql'],
    told: 'Nobody can tell whether the new image reads what PostgreSQL wrote, and where it looks for it',
    wayOut: '--engine',
  },
  'cnpg-cluster-removed': {
    source: 'https://github.com/cloudnative-pg/cloudnative-pg/issues/8442',
    deployer: 'argocd',
    happened:
      'They deleted a Cluster, and the operator deleted its claims; with GitOps it is enough that it leaves the repository.',
    finds: ['loses: operator-resource-removed:Cluster.postgresql.cnpg.io/identity/keycloak-db'],
    told: 'Its operator deletes the claims with it',
    wayOut: `@.spec.claimRef.namespace=="identity"`,
  },
  'flux-helm-release-removed': {
    source: 'https://github.com/fluxcd/flux2/issues/5035',
    deployer: 'flux',
    happened:
      "They removed a HelmRelease; Helm deleted its claim, which had Flux's annotation against pruning, but not Helm's.",
    finds: ['loses: application-removed:HelmRelease.helm.toolkit.fluxcd.io/data-collection/influxdb'],
    told: 'Only objects with helm.sh/resource-policy: keep stay; prune: disabled keeps none of them',
    wayOut: 'set suspend: true',
  },
  'flux-kustomization-renamed': {
    source: 'https://github.com/fluxcd/flux2/issues/2421',
    deployer: 'flux',
    happened: 'They renamed a Kustomization, and Flux deleted all that the old one had applied to the cluster.',
    finds: ['loses: application-removed:Kustomization.kustomize.toolkit.fluxcd.io/flux-system/app'],
    told: 'Flux deletes all that it applied, claims too, before another one applies it again',
    wayOut: 'set prune: false and apply that first',
  },
  'flux-namespace-overridden': {
    source: 'https://github.com/fluxcd/flux2/issues/3949',
    deployer: 'flux',
    happened:
      'A Namespace was added and removed again; targetNamespace had given it the name flux-system, so Flux deleted that one with all in it.',
    finds: ['loses: namespace-removed:Namespace//flux-system'],
    told: 'All that is in it is deleted, its claims too',
    wayOut: '@.spec.claimRef.namespace=="flux-system"',
  },
  'grafana-claim-renamed': {
    source: 'https://github.com/helm/helm/issues/3797',
    deployer: 'helm',
    happened: 'A chart bump gave the claim another name; Helm deleted the old one and Grafana started empty.',
    finds: [
      'loses: claim-moved:PersistentVolumeClaim/monitoring/grafana-grafana',
      'note: workload-removed:Deployment/monitoring/grafana-grafana',
    ],
    told: 'A new, empty claim is made, and the old one is deleted',
    wayOut: 'delete persistentvolumeclaim grafana-grafana',
  },
  'harbor-database-unmounted': {
    source: 'https://github.com/goharbor/harbor/issues/20995',
    deployer: 'argocd',
    happened: 'A chart bump dropped the mount of the database: Harbor came up without users, projects and images.',
    finds: ['strands: mount-moved:StatefulSet/harbor/harbor-database'],
    told: "'database' no longer sees claim harbor-database",
    wayOut: 'mount claim harbor-database at /var/lib/postgresql/data',
  },
  'harbor-fullname': {
    source: 'https://github.com/goharbor/harbor-helm/issues/987',
    deployer: 'helm',
    happened: 'The chart began to name all objects otherwise, so six stores started empty beside their old volumes.',
    finds: [
      'strands: claim-moved:PersistentVolumeClaim/registry/harbor-harbor-chartmuseum',
      'strands: claim-moved:PersistentVolumeClaim/registry/harbor-harbor-jobservice',
      'strands: claim-moved:PersistentVolumeClaim/registry/harbor-harbor-registry',
      'strands: set-renamed:StatefulSet/registry/harbor-harbor-database',
      'strands: set-renamed:StatefulSet/registry/harbor-harbor-redis',
      'strands: set-renamed:StatefulSet/registry/harbor-harbor-trivy',
      'note: workload-removed:Deployment/registry/harbor-harbor-chartmuseum',
      'note: workload-removed:Deployment/registry/harbor-harbor-jobservice',
      'note: workload-removed:Deployment/registry/harbor-harbor-registry',
    ],
    told: 'registry/harbor-harbor-registry → registry/harbor-registry',
    wayOut: '"name":"harbor-registry"',
  },
  'loki-scaled-to-zero': {
    source: 'https://github.com/grafana-community/helm-charts/issues/638',
    deployer: 'helm',
    happened: 'They scaled Loki to 0 for a while; the chart sets whenScaled to Delete, and the disk was deleted.',
    finds: ['loses: scaled-down-deletes:StatefulSet/logs/loki'],
    told: 'whenScaled is Delete: storage-loki-0 is deleted with its pod',
    wayOut: 'whenScaled: Retain',
  },
  'loki-stack-forced': {
    source: 'https://github.com/grafana/helm-charts/issues/181',
    deployer: 'helm',
    force: true,
    happened: 'The server refused a larger claim template, and refused it with helm upgrade --force as well.',
    finds: ['refused: template-grown:StatefulSet/logs/loki-stack'],
    told: 'The server refuses it; no data is touched, and the volumes stay as small as they are',
    wayOut: 'patch persistentvolumeclaim storage-loki-stack-0',
  },
  'memgraph-user': {
    source: 'https://github.com/memgraph/helm-charts/issues/275',
    deployer: 'helm',
    happened:
      'The chart runs as another user and no longer changes the owner of the files: the server refuses to start.',
    finds: ['locks out: user-changed:StatefulSet/graph/graph-memgraph'],
    told: 'The files on the volume belong to the old user or group',
    wayOut: 'change the owner of the files',
  },
  'mongodb-compatibility-version': {
    source: 'https://github.com/bitnami/charts/issues/12440',
    deployer: 'helm',
    happened: 'MongoDB 5.0 did not start: nobody had raised featureCompatibilityVersion since 4.2.',
    finds: ['cannot tell: image-precondition:Deployment/shop/shop-mongodb'],
    told: 'MongoDB does not start if its featureCompatibilityVersion is not 4.4 yet',
    wayOut: "db.adminCommand({ setFeatureCompatibilityVersion: '4.4' })",
  },
  'nextcloud-skips-a-major': {
    source: 'https://github.com/nextcloud/helm/issues/20',
    deployer: 'helm',
    happened: 'The chart went from Nextcloud 17 to 19; it refused to upgrade and marked its data as 19 all the same.',
    finds: ['locks out: image-major:Deployment/files/files-nextcloud'],
    told: 'Nextcloud must be upgraded through each version; this skips 18',
    wayOut: 'apply each version in turn',
  },
  'openab-claim-renamed': {
    source: 'https://github.com/openabdev/openab/issues/247',
    deployer: 'helm',
    happened:
      'The chart restructured its values, the claim got another name, and Helm deleted the old one with all logins.',
    finds: [
      'loses: claim-moved:PersistentVolumeClaim/agents/openab',
      'note: workload-removed:Deployment/agents/openab',
    ],
    told: 'agents/openab → agents/openab-kiro',
    wayOut: '"name":"openab-kiro"',
  },
  'postgres-18-mount': {
    source: 'https://github.com/docker-library/postgres/issues/1400',
    deployer: 'kubectl',
    happened: 'The image of PostgreSQL 18 keeps data elsewhere than all tutorials mount it; a new pod started empty.',
    finds: ['loses: data-off-volume:StatefulSet/exercises/ping-pong-postgres'],
    told: 'PostgreSQL writes to /var/lib/postgresql/18/docker',
    wayOut: 'mount the volume at /var/lib/postgresql;',
  },
  'postgresql-existing-secret': {
    source: 'https://github.com/bitnami/charts/issues/2061',
    deployer: 'helm',
    happened: 'A Secret of their own held another password than the volume was made with: authentication failed.',
    finds: ['locks out: first-start-setting:StatefulSet/shop/shop-postgresql'],
    told: 'The image reads it only when it makes a new database',
    wayOut: 'ALTER USER',
  },
  'postgresql-random-password': {
    source: 'https://github.com/helm/charts/issues/6859',
    deployer: 'helm',
    happened:
      'Each helm upgrade drew a new password; the database kept the first one, and the application was locked out.',
    finds: ['locks out: secret-value:Secret/shop/shop-postgresql'],
    told: 'a database does not follow its Secret',
    wayOut: 'change the password in the running server first',
    lockForgets: true,
  },
  'postgresql-sub-path': {
    source: 'https://github.com/helm/charts/pull/416',
    deployer: 'helm',
    happened: 'The chart began to mount a folder of the volume instead of its root: the database looked empty.',
    finds: ['strands: subpath-changed:Deployment/shop/shop-postgresql'],
    told: 'Another folder of the same volume is mounted',
    wayOut: 'move the folder on the volume while no pod runs',
  },
  'prometheus-stateful-set': {
    source: 'https://github.com/helm/charts/pull/7116',
    deployer: 'helm',
    happened:
      'StatefulSets were to take the place of Deployments, until a reviewer saw that Helm deletes the old claims with all metrics.',
    finds: [
      'loses: claim-removed:PersistentVolumeClaim/monitoring/metrics-prometheus-alertmanager',
      'loses: claim-removed:PersistentVolumeClaim/monitoring/metrics-prometheus-server',
      'note: workload-removed:Deployment/monitoring/metrics-prometheus-alertmanager',
      'note: workload-removed:Deployment/monitoring/metrics-prometheus-server',
    ],
    told: "StatefulSet 'metrics-prometheus-server' takes its place with a new, empty volume",
    wayOut: '"name":"storage-volume-metrics-prometheus-server-0"',
  },
  'rabbitmq-node-name': {
    source: 'https://github.com/bitnami/charts/pull/10886',
    deployer: 'helm',
    happened:
      'The chart gave the nodes shorter names; RabbitMQ keeps its data by name, and found nothing under the new one.',
    finds: ['strands: data-folder-moved:StatefulSet/queues/events-rabbitmq'],
    told: 'RABBITMQ_NODE_NAME',
    wayOut: 'leave it',
  },
  'redis-chart-label': {
    source: 'https://github.com/helm/charts/issues/7803',
    deployer: 'helm',
    happened: 'The version of the chart was a label of the claim template: no later version could ever be installed.',
    finds: ['refused: template-metadata:StatefulSet/shop/cart-redis-master'],
    told: "The server refuses even a changed label of claim template 'redis-data'",
    wayOut: 'delete statefulset cart-redis-master --cascade=orphan',
  },
  'sentry-postgres-alpine': {
    source: 'https://github.com/getsentry/self-hosted/issues/3107',
    deployer: 'kubectl',
    happened: 'The image went from Debian to Alpine: indexes missed rows, and what must be unique was there twice.',
    finds: ['strands: image-libc:StatefulSet/sentry/postgres'],
    told: 'debian and alpine may sort text differently',
    wayOut: 'REINDEX DATABASE',
  },
  'signoz-postgresql-mount': {
    source: 'https://github.com/SigNoz/charts/issues/865',
    deployer: 'helm',
    happened: 'The volume was mounted above the folder that the image declares: all users were gone with the node.',
    finds: ['loses: data-off-volume:StatefulSet/observability/signoz-postgresql'],
    told: '/var/lib/postgresql/data, which the image declares as a volume of its own',
    wayOut: 'mount the volume at /var/lib/postgresql/data',
  },
  'sourcegraph-postgres-alpine': {
    source: 'https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/23310',
    deployer: 'kubectl',
    happened:
      'Release 3.30 had an image of PostgreSQL on Alpine: indexes were corrupt, and the next release took it back.',
    finds: ['strands: image-libc:Deployment/sourcegraph/pgsql'],
    told: 'an unnamed distribution and alpine may sort text differently',
    wayOut: 'leave the distribution',
  },
  'strimzi-crds-moved': {
    source: 'https://github.com/helm/helm/issues/8163',
    deployer: 'helm',
    happened:
      'The definitions moved from templates/ to crds/: Helm deleted them, and all objects of their kinds with them.',
    finds: [
      'loses: crd-removed:CustomResourceDefinition//kafkas.kafka.strimzi.io',
      'loses: crd-removed:CustomResourceDefinition//kafkatopics.kafka.strimzi.io',
      'loses: crd-removed:CustomResourceDefinition//kafkausers.kafka.strimzi.io',
    ],
    told: 'All objects of this kind are deleted with it',
    wayOut: 'put it back',
  },
  'timescaledb-fullname': {
    source: 'https://github.com/timescale/helm-charts/issues/576',
    deployer: 'helm',
    happened:
      'The chart named its set after the release alone: empty members take the place of the old ones, as users found.',
    finds: ['strands: set-renamed:StatefulSet/metrics/prod-timescaledb'],
    told: 'The data stays in storage-volume-prod-timescaledb-0',
    wayOut: "keep the name 'prod-timescaledb'",
  },
  'traefik-existing-claim': {
    source: 'https://github.com/traefik/traefik-helm-chart/issues/266',
    deployer: 'helm',
    happened:
      "They named the chart's own claim as existingClaim; the chart no longer rendered it, and Helm deleted it.",
    finds: ['loses: claim-removed:PersistentVolumeClaim/default/traefik'],
    told: "Deployment 'traefik' still uses it, so it is Terminating until a pod restarts",
    wayOut: '"persistentVolumeReclaimPolicy":"Retain"',
  },
  'velero-owned-backups': {
    source: 'https://github.com/velero-io/velero/issues/4528',
    deployer: 'helm',
    happened: 'Backups belonged to their schedule, which Helm made again with each upgrade: all backups disappeared.',
    finds: ['loses: backup-owned:Schedule.velero.io/velero/velero-nightly'],
    told: 'all its backups are deleted then',
    wayOut: 'leave useOwnerReferencesInBackup out',
  },
  'weblate-postgresql-major': {
    source: 'https://github.com/WeblateOrg/helm/issues/493',
    deployer: 'helm',
    happened: 'A patch release of the chart brought PostgreSQL 17 to the data of 16: it did not start.',
    finds: ['locks out: image-major:StatefulSet/translate/weblate-postgresql'],
    told: 'PostgreSQL does not start on the data of an earlier major version',
    wayOut: 'pg_dumpall',
  },
  'zalando-postgresql-removed': {
    source: 'https://github.com/zalando/postgres-operator/issues/2269',
    deployer: 'prune',
    happened: 'They deleted the resource of a cluster; all that was in the database was gone.',
    finds: ['loses: operator-resource-removed:postgresql.acid.zalan.do/default/acid-orders'],
    told: 'Its operator deletes the claims with it',
    wayOut: '@.spec.claimRef.namespace=="default"',
  },
};

const PEOPLE = join(__dirname, 'people');

function read(folder: string, name: string): Read {
  const file = `${name}.yaml`;
  return readState([{ file, text: readFileSync(join(PEOPLE, folder, file), 'utf-8') }]);
}

/** As it reads after it was written to a lock file. */
function throughLock({ state, problems }: Read): Read {
  const found: Problem[] = [...problems];
  const text = writeLock({ scopes: new Map([['people', { accepted: [], state }]]) });
  const locked = readLock(text, 'stateful.lock', found).scopes.get('people');
  return { state: locked!.state, problems: found, exposed: [], documents: 0 };
}

/** What `check` says of a state against the one before. */
function checked(before: Read, after: Read, { deployer, force }: Upgrade): Result {
  const covered = coverageOf(after.state, []);
  return check({
    scope: 'people',
    lock: 'stateful.lock',
    coverage: { before: coveredTexts(coverageOf(before.state, [])), after: covered, waived: {}, policy: {} },
    deployer,
    ...(force && { force }),
    before: before.state,
    after: after.state,
    problems: [...before.problems, ...after.problems],
  });
}

test('each folder has an upgrade, and the other way round', () => {
  expect(readdirSync(PEOPLE).sort()).toEqual(Object.keys(UPGRADES).sort());
});

test('each has a source of its own', () => {
  const sources = Object.values(UPGRADES).map(({ source }) => source);
  expect(new Set(sources).size).toBe(sources.length);
  for (const source of sources)
    expect(source).toMatch(/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+\/(?:issues|pull)\/\d+$/);
});

function said({ findings }: Result): string[] {
  return findings.map((finding) => `${finding.verdict}: ${nameOf(finding)}`);
}

describe.each(Object.entries(UPGRADES))('%s', (folder, upgrade) => {
  const before = read(folder, 'before');

  test(`what happened is said: ${upgrade.happened}`, () => {
    const result = checked(before, read(folder, 'after'), upgrade);
    const { findings } = result;
    expect(result.problems).toEqual([]);
    expect(said(result)).toEqual(upgrade.finds);
    const worst = findings.filter(counts).map(({ change, says }) => `${change}\n${says}`);
    expect(worst.join('\n')).toContain(upgrade.told);
    expect(findings.flatMap(({ wayOut }) => wayOut).join('\n')).toContain(upgrade.wayOut);
    expect(exitCode(result)).not.toBe(0);
  });

  test('it is said against a lock file as well', () => {
    const result = checked(throughLock(before), read(folder, 'after'), upgrade);
    expect(said(result)).toEqual(upgrade.lockForgets ? [] : upgrade.finds);
  });

  test('a harmless upgrade of the same is no alarm', () => {
    for (const old of [before, throughLock(before)]) {
      const result = checked(old, read(folder, 'harmless'), upgrade);
      expect(result.problems).toEqual([]);
      expect(result.findings.filter(counts)).toEqual([]);
      expect(exitCode(result)).toBe(0);
    }
  });
});
