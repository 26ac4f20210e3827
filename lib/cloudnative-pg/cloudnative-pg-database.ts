import { ApiObject, Cron, Duration } from 'cdk8s';
import { EnvValue, k8s } from 'cdk8s-plus-27';
import type { SecretValue } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { BlobStore } from '../backup/blob-store';
import type { BarmanStore } from '../backup/stores/store-parts';
import { databaseOf, renderConnectionEnv, renderConnectionEnvValues } from '../database/database';
import type { IDatabase, Login } from '../database/database';
import type { DatabaseEngine } from '../database/database-engine';
import { METRICS_PORT } from '../database/metrics/metrics-endpoint';
import type { MetricsEndpoint } from '../database/metrics/metrics-endpoint';
import { checkIdentity, claimIdentity, isAttached, metadata, namespaceOf } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkLabels } from '../private/names';
import { Problems } from '../private/problems';
import type { IClientAccessTarget } from '../workload/client-access';
import { serviceDnsName } from '../workload/headless-service';
import type { NetworkPort } from '../workload/network-port';
import { checkSameNamespace } from '../workload/reference-rules';
import { checkSelectedPods, claimPods } from '../workload/shared-pods';
import { Workload } from '../workload/workload';
import type { CloudNativePgDatabaseProps, ContinuousBackup } from './cloudnative-pg-database-props';
import { CloudNativePgDeletionPolicy } from './cloudnative-pg-deletion-policy';
import { checkProps, checkStores, claimArchive, otherArchive } from './cloudnative-pg-rules';
import { renderCluster } from './cluster-spec';
import type { ClusterParts } from './cluster-spec';
import { PLUGIN, archiveOf, originOf, placeOf, renderObjectStore, renderSchedule } from './continuous-archive';
import type { PostgresArchive } from './continuous-archive';
import { PORTS, renderNetworkPolicy } from './instance-network-policy';
import { addImportAccess, checkImport } from './postgres-import';

const CLUSTER = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster' };
const SCHEDULED_BACKUP = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'ScheduledBackup' };
const OBJECT_STORE = { apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore' };

/**
 * PostgreSQL of several instances that fails over by itself, run by the operator CloudNativePG, with backups from which it is recovered to any
 * second.
 *
 * The operator must be in the cluster, and for `continuousBackup` its Barman Cloud plugin. Tried with CloudNativePG 1.30.1 and the plugin
 * 0.15.0, which need Kubernetes 1.31 or later.
 *
 * What this adds to the operator's own: a NetworkPolicy, a `CloudNativePgDeletionPolicy`, a spread over zones, and timeouts by which a failover
 * begins in seconds. **Deleting it deletes its claims**: only a class that retains volumes, or `continuousBackup`, keeps the data.
 *
 * Clients, backup jobs and drills take it as they take a `StatefulDatabase`. What the props do not offer is set through `apiObject`; tablespaces
 * are not supported: base backups of them are not recovered by what this library does.
 *
 * @see https://cloudnative-pg.io/docs/
 *
 * @example
 * const storageKey = { secret: kplus.Secret.fromSecretName(this, 'StorageKey', 'backupcredentials'), key: 'storageKey.txt' };
 * const database = new CloudNativePgDatabase(this, 'orders', {
 *   engine: DatabaseEngine.postgres({ version: '17.11' }),
 *   synchronous: { number: 1 },
 *   storage: { size: Size.gibibytes(50) },
 *   walStorage: { size: Size.gibibytes(10) },
 *   applicationUser: {
 *     name: 'shop',
 *     password: { secret: kplus.Secret.fromSecretName(this, 'Password', 'shop-user'), key: 'password' },
 *   },
 *   continuousBackup: {
 *     store: BlobStore.azure({
 *       account: 'tomasbackupdbstore',
 *       container: 'postgresql',
 *       credentials: BlobCredentials.accountKey(storageKey),
 *     }),
 *     recoveryWindow: Duration.days(14),
 *   },
 * });
 */
export class CloudNativePgDatabase extends Workload implements IDatabase, IClientAccessTarget {
  /** The kind of server. */
  public readonly engine: DatabaseEngine;

  /** The image that backup jobs and drills use: one whose clients fit the server. */
  public readonly image: string;

  /** The image that the instances run. */
  public readonly serverImage: string;

  /** The shortest host name of the primary, that resolves wherever the app's pods may be: `orders-rw`, or `orders-rw.shop`. */
  public readonly address: string;

  /** Host name of the standbys, for reads that may be late. There is none with one instance. */
  public readonly readOnlyHost: string;

  /** TCP port of the server. */
  public readonly port: number;

  /** Whom backup jobs log in as: the administrator with a `password`, else the application user. */
  public readonly user: string;

  /** The password of `user`. */
  public readonly password?: SecretValue;

  /** The application's database. */
  public readonly databaseName: string;

  /** The application's database: what a backup is of. */
  public readonly applicationDatabaseName?: string;

  /** The application user. */
  public readonly applicationUserName?: string;

  /** Parameters of the server. */
  public readonly parameters?: { [name: string]: string };

  /** Namespace of the Cluster, where the app knows it. */
  public readonly namespace?: string;

  /** Labels that the instances are found by. */
  public readonly selector: { [key: string]: string };

  /** The database's pods. */
  public readonly pods?: IClientAccessTarget;

  /** The port that `ClientAccess` opens. */
  public readonly accessPorts: NetworkPort[];

  /** The ports of the instances: PostgreSQL, the status that the operator asks for, and metrics. */
  public readonly containerPorts: NetworkPort[];

  /** Where the instances serve metrics. */
  public readonly metricsEndpoint?: MetricsEndpoint;

  /** Whether a NetworkPolicy closes the database to all who are not let in. */
  public readonly networkPolicy: boolean;

  /** Name of the Cluster. */
  public readonly clusterName: string;

  /** Name of the Secret that the operator makes with the server's authority, in its key `ca.crt`: for `PGSSLROOTCERT` and `verify-full`. */
  public readonly caSecretName: string;

  /** The store of the continuous backup, if there is one. */
  public readonly backupStore?: BlobStore;

  /** The folder of the store that the continuous backup lies in, if there is one. */
  public readonly backupServerName?: string;

  /** The Cluster itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  private readonly applicationLogin: Login;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: CloudNativePgDatabaseProps) {
    super(scope, id);
    checkKnownProps(this, 'CloudNativePgDatabaseProps', props);
    const { engine, continuousBackup, recoverFrom, applicationUser } = props;
    const name = props.name ?? id;
    const serverImage = props.image ?? `ghcr.io/cloudnative-pg/postgresql:${engine.spec.version}-standard-trixie`;
    this.clusterName = name;
    this.selector = { 'cnpg.io/cluster': name, 'cnpg.io/podRole': 'instance' };
    const archive = archiveOf(name, continuousBackup);
    const past = recoverFrom && originOf(recoverFrom);
    const problems = new Problems(this);
    checkProps(problems, name, serverImage, props);
    const own = continuousBackup?.store._parts.barman(problems, 'continuousBackup.store');
    const origin = past?.store?._parts.barman(problems, 'recoverFrom.store');
    if (continuousBackup && past?.store) {
      checkStores(problems, { store: continuousBackup.store, barman: own }, { store: past.store, barman: origin });
    }
    const namespace = namespaceOf(this, props.namespace);
    this.validate(problems, props, name, archive, past?.store);
    if (props.importFrom) {
      checkImport(problems, this, { name, namespace, version: engine.spec.version }, props.importFrom);
    }
    problems.throwIfAny();

    if (namespace !== undefined) this.namespace = namespace;
    this.engine = engine;
    this.image = props.clientImage ?? engine.spec.image;
    this.serverImage = serverImage;
    this.address = serviceDnsName(`${name}-rw`, namespace);
    this.readOnlyHost = serviceDnsName(`${name}-ro`, namespace);
    this.caSecretName = `${name}-ca`;
    this.port = PORTS.postgresql;
    this.databaseName = databaseOf(applicationUser, engine.spec);
    this.applicationDatabaseName = this.databaseName;
    this.applicationUserName = applicationUser.name;
    this.applicationLogin = {
      user: applicationUser.name,
      password: applicationUser.password,
      databaseName: this.databaseName,
    };
    this.user = props.password ? 'postgres' : applicationUser.name;
    this.password = props.password ?? applicationUser.password;
    const libraries = props.sharedPreloadLibraries?.join(',');
    if (props.parameters || libraries !== undefined) {
      this.parameters = {
        ...props.parameters,
        ...(libraries !== undefined && { shared_preload_libraries: libraries }),
      };
    }
    this.accessPorts = [{ port: this.port }];
    this.containerPorts = Object.values(PORTS).map((port) => ({ port }));
    this.metricsEndpoint = {
      exporter: 'cloudnative-pg',
      port: PORTS.metrics,
      portName: METRICS_PORT,
      selector: this.selector,
    };
    this.networkPolicy = props.networkPolicy ?? true;
    this.pods = this;
    if (archive) {
      this.backupStore = archive.store;
      this.backupServerName = archive.serverName;
      claimArchive(this, placeOf(archive));
    }

    if (this.networkPolicy) this.addNetworkPolicy(props, past?.store);
    if (own && continuousBackup) this.addBackup(own, continuousBackup);
    if (origin) this.add('Origin', OBJECT_STORE, originName(name), renderObjectStore(origin, continuousBackup ?? {}));
    claimPods(this, this.selector, {}, namespace);
    const parts: ClusterParts = {
      name,
      image: serverImage,
      selector: this.selector,
      archive,
      ...(past?.store &&
        past.serverName !== undefined && {
          origin: {
            store: past.store,
            serverName: past.serverName,
            objectStore: originName(name),
            targetTime: recoverFrom?.targetTime,
          },
        }),
    };
    this.apiObject = this.add('Resource', CLUSTER, name, renderCluster(props, parts), props.labels);
    if (props.importFrom) addImportAccess(this, { name, namespace }, props.importFrom);
    if (props.deletionPolicy ?? true) CloudNativePgDeletionPolicy._ensure(this, this.apiObject);
  }

  /**
   * Environment of a client, for the `env` of a container of this library, see `IDatabase.connectionEnv`: of the application user, over TLS
   * (`PGSSLMODE=require`).
   *
   * `require` encrypts and does not prove who answers. A client that must know mounts the key `ca.crt` of the Secret `caSecretName`, and sets
   * `PGSSLROOTCERT` to its path and `PGSSLMODE` to `verify-full`, after these.
   *
   * @example
   * declare const database: CloudNativePgDatabase;
   * const shop = new Deployment(this, 'shop', {
   *   containers: [{ name: 'shop', image: 'registry.example.com/shop:1.0.0', env: database.connectionEnv() }],
   * });
   * new ClientAccess(this, 'orders-from-shop', { from: shop, to: database });
   */
  public connectionEnv(): k8s.EnvVar[] {
    return [...renderConnectionEnv(this, this.applicationLogin), { name: 'PGSSLMODE', value: 'require' }];
  }

  /**
   * The same environment, for the `envVariables` of a container of cdk8s-plus.
   *
   * @example
   * declare const database: CloudNativePgDatabase;
   * const shop = new kplus.Deployment(this, 'shop', {
   *   containers: [{ image: 'registry.example.com/shop:1.0.0', envVariables: database.connectionEnvValues() }],
   * });
   * new ClientAccess(this, 'orders-from-shop', { from: shop, to: database });
   */
  public connectionEnvValues(): { [name: string]: EnvValue } {
    return {
      ...renderConnectionEnvValues(this, this.applicationLogin),
      PGSSLMODE: EnvValue.fromValue('require'),
    };
  }

  /**
   * Where it archives, if it does.
   *
   * @internal
   */
  public get _archive(): PostgresArchive | undefined {
    const { backupStore: store, backupServerName: serverName } = this;
    return store && serverName !== undefined ? { store, serverName } : undefined;
  }

  private validate(
    problems: Problems,
    props: CloudNativePgDatabaseProps,
    name: string,
    archive: PostgresArchive | undefined,
    past: BlobStore | undefined,
  ): void {
    const { namespace, continuousBackup, recoverFrom } = props;
    checkLabels(problems, 'labels', props.labels);
    checkSelectedPods(problems, this, this.selector, {}, namespace);
    const stores = { continuousBackup: continuousBackup?.store, recoverFrom: past };
    const credentials = Object.entries(stores).flatMap(([prop, store]) =>
      Object.entries(store?._parts.secrets ?? {}).map(([file, value]) => [`${prop}.store's ${file}`, value?.secret]),
    );
    checkSameNamespace(problems, this, namespace, {
      'applicationUser.password.secret': props.applicationUser.password.secret,
      'password.secret': props.password?.secret,
      ...(Object.fromEntries(credentials) as object),
    });
    const types = [CLUSTER];
    if (props.networkPolicy ?? true) types.push(k8s.KubeNetworkPolicy.GVK);
    if (continuousBackup) types.push(OBJECT_STORE, SCHEDULED_BACKUP);
    for (const type of types) checkIdentity(problems, this, 'name', type, name, namespace);
    if (recoverFrom) checkIdentity(problems, this, 'name', OBJECT_STORE, originName(name), namespace);
    if (!archive) return;
    const other = otherArchive(this.node.root, placeOf(archive));
    if (!other || !isAttached(other)) return;
    const wayOut = `'${other.node.path}' does: neither could be recovered; give one of them a prefix or a serverName`;
    problems.add(
      'continuousBackup.serverName',
      'must be a folder that no other database archives to',
      archive.serverName,
      wayOut,
    );
  }

  private addBackup(store: BarmanStore, backup: ContinuousBackup): void {
    const { schedule = Cron.daily(), recoveryWindow = Duration.days(14) } = backup;
    const name = this.clusterName;
    this.add('ObjectStore', OBJECT_STORE, name, renderObjectStore(store, backup, `${recoveryWindow.toDays()}d`));
    this.add('ScheduledBackup', SCHEDULED_BACKUP, name, {
      schedule: renderSchedule(schedule.expressionString),
      // Until there is a base backup, nothing can be recovered.
      immediate: true,
      cluster: { name },
      target: 'prefer-standby',
      method: 'plugin',
      pluginConfiguration: { name: PLUGIN },
      backupOwnerReference: 'none',
    });
  }

  private addNetworkPolicy(props: CloudNativePgDatabaseProps, past: BlobStore | undefined): void {
    const stores = [props.continuousBackup?.store, past].filter((store) => store !== undefined);
    claimIdentity(
      new k8s.KubeNetworkPolicy(this, 'NetworkPolicy', {
        metadata: metadata(this.clusterName, this.namespace, props.labels),
        spec: renderNetworkPolicy(this.clusterName, props, stores),
      }),
    );
  }

  private add(
    id: string,
    type: { apiVersion: string; kind: string },
    name: string,
    spec: object,
    labels?: { [key: string]: string },
  ): ApiObject {
    return claimIdentity(new ApiObject(this, id, { ...type, metadata: metadata(name, this.namespace, labels), spec }));
  }
}

function originName(name: string): string {
  return `${name}-origin`;
}
