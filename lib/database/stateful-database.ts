import { Lazy } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import { k8s, Protocol } from 'cdk8s-plus-27';
import type { EnvValue, SecretValue } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity } from '../private/identity';
import { checkKnownProps } from '../private/known-props';
import { checkServiceName, checkStatefulSetName } from '../private/names';
import { Problems } from '../private/problems';
import type { IClientAccessTarget } from '../workload/client-access';
import { HeadlessService } from '../workload/headless-service';
import { runningContainers } from '../workload/native-sidecar';
import { declaredPorts } from '../workload/network-port';
import type { NetworkPort } from '../workload/network-port';
import { PersistentStatefulSet } from '../workload/persistent-stateful-set';
import { checkSameNamespace, podReferences } from '../workload/reference-rules';
import { checkSelectedPods } from '../workload/shared-pods';
import { checkSetObjects, checkStatefulWorkload, hasNetworkPolicy } from '../workload/stateful-workload-props';
import { addTextConfigMap, checkTextConfigMap } from '../workload/text-config-map';
import type { TextConfigMap, TextFiles } from '../workload/text-config-map';
import type { VolumeGrowthOptions } from '../workload/volume-growth';
import { Workload } from '../workload/workload';
import { ImportedDatabase, databaseOf, renderConnectionEnv, renderConnectionEnvValues, withName } from './database';
import type { DatabaseAttributes, IDatabase, Login } from './database';
import type { DatabaseEngine } from './database-engine';
import { checkServer } from './database-rules';
import { scriptsOf } from './database-scripts';
import type { HookScript } from './database-scripts';
import { initScriptsOf, renderServer } from './database-server';
import type { Server } from './database-server';
import { METRICS_PORT } from './metrics/metrics-endpoint';
import type { MetricsEndpoint } from './metrics/metrics-endpoint';
import { SCRIPTS } from './read-script';
import type { DatabaseBackupUser, DatabaseUser, StatefulDatabaseProps } from './stateful-database-props';

/**
 * A database server as a StatefulSet with a volume of its own.
 *
 * What it promises: pod, node and set can go, the data stay, on claims that nobody deletes but you; the server has the time to
 * stop cleanly and to recover from a crash; of PostgreSQL and MariaDB, half a database is never taken for a whole one.
 *
 * Hardened by default, beyond Pod Security "restricted"; its own members alone can reach it, and the clients that
 * `ClientAccess` lets in. What the props do not offer is set through `statefulSet.apiObject`.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/run-single-instance-stateful-application/
 *
 * @example
 * const database = new StatefulDatabase(this, 'postgresql', {
 *   engine: DatabaseEngine.postgres({ version: '17.11' }),
 *   password: { secret: kplus.Secret.fromSecretName(this, 'Password', 'dbpass'), key: 'dbpassword' },
 *   storage: { size: Size.gibibytes(32) },
 * });
 */
export class StatefulDatabase extends Workload implements IDatabase, IClientAccessTarget {
  /**
   * A database that this app does not make: in another chart, on a virtual machine, managed by a cloud. Nothing is
   * synthesized.
   *
   * @param scope where the reference is kept
   * @param id the reference's id
   * @param attributes what clients need to know of it
   * @throws if an attribute breaks a rule
   */
  public static fromAttributes(scope: Construct, id: string, attributes: DatabaseAttributes): IDatabase {
    return new ImportedDatabase(scope, id, attributes);
  }

  /** The kind of server. */
  public readonly engine: DatabaseEngine;

  /**
   * The shortest host name that resolves wherever the app's pods may be: `postgresql`, or `postgresql.shop` where the namespace
   * is known.
   */
  public readonly address: string;

  /** TCP port of the server. */
  public readonly port: number;

  /** The administrator. */
  public readonly user: string;

  /** The administrator's password, unless the server asks for no login. */
  public readonly password?: SecretValue;

  /** The database that is made at the first start. */
  public readonly databaseName: string;

  /** Parameters of the server. */
  public readonly parameters?: { [name: string]: string };

  /** The database of the application user, if there is one: what a backup is of. */
  public readonly applicationDatabaseName?: string;

  /** The application user, if there is one. */
  public readonly applicationUserName?: string;

  /** The user that backup and restore jobs log in as, if one is made. */
  public readonly backupUser?: DatabaseBackupUser;

  /** The image that the server runs. */
  public readonly image: string;

  /** Labels that the pods are found by. */
  public readonly selector: { [key: string]: string };

  /** Namespace of the database, where the app knows it. */
  public readonly namespace?: string;

  /** The database's pods. */
  public readonly pods?: IClientAccessTarget;

  /** The port that `ClientAccess` opens. */
  public readonly accessPorts: NetworkPort[];

  /** The ports that the containers declare: the server's, and those of sidecars. */
  public readonly containerPorts: NetworkPort[];

  /** Where the pods serve metrics, if they do. */
  public readonly metricsEndpoint?: MetricsEndpoint;

  /** Whether a NetworkPolicy closes the database to all who are not let in. */
  public readonly networkPolicy: boolean;

  /** The headless Service. */
  public readonly service: HeadlessService;

  /** The headless Service for clients, if `clientServiceName` asks for one. */
  public readonly clientService?: HeadlessService;

  /** The set: its pods by ordinal, and its `apiObject` for what the props do not offer. */
  public readonly statefulSet: PersistentStatefulSet;

  /** The StatefulSet itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  private readonly applicationLogin?: Login;

  private hookScripts: TextFiles = {};

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: StatefulDatabaseProps) {
    super(scope, id);
    checkKnownProps(this, 'StatefulDatabaseProps', props);
    const { spec } = props.engine;
    const name = props.name ?? id;
    const initScripts = initScriptsOf(props);
    const hasInitScripts = Object.keys(initScripts).length > 0;
    const hasScripts = Object.keys(scriptsOf(props, name, {})).length > 0;
    const server = renderServer(props, {
      ...(hasInitScripts && { initScripts: initScriptsName(name) }),
      ...(hasScripts && { scripts: scriptsName(name) }),
    });
    this.validate(props, name, server);

    this.engine = props.engine;
    this.image = props.image ?? spec.image;
    this.selector = selectorOf(props, name);
    this.port = spec.port;
    this.accessPorts = [{ port: spec.port, protocol: Protocol.TCP }];
    this.containerPorts = declaredPorts(runningContainers(server));
    this.networkPolicy = hasNetworkPolicy(props);
    this.user = props.user ?? spec.user;
    if (props.password) this.password = props.password;
    this.databaseName = props.databaseName ?? spec.databaseName;
    if (props.parameters) this.parameters = props.parameters;
    if (props.applicationUser) {
      this.applicationLogin = loginOf(props.applicationUser, databaseOf(props.applicationUser, spec));
      this.applicationDatabaseName = this.applicationLogin.databaseName;
      this.applicationUserName = this.applicationLogin.user;
    }
    if (props.backupUser) this.backupUser = withName(props.backupUser);
    if (props.metrics && spec.exporter) {
      const { name: exporter, port } = spec.exporter;
      this.metricsEndpoint = { exporter, port, portName: METRICS_PORT, selector: this.selector };
    }
    const service = {
      ...(props.namespace !== undefined && { namespace: props.namespace }),
      selector: this.selector,
      ports: [{ name: props.servicePortName ?? props.portName ?? spec.name, port: spec.port }],
    };
    this.service = new HeadlessService(this, 'Service', {
      ...service,
      name: props.serviceName ?? name,
      // The members of a replica set find each other before any is ready.
      ...(spec.replicates && { publishNotReadyAddresses: true }),
    });
    if (props.clientServiceName !== undefined) {
      this.clientService = new HeadlessService(this, 'ClientService', { ...service, name: props.clientServiceName });
    }
    this.address = this.service.dnsName;
    if (this.service.namespace !== undefined) this.namespace = this.service.namespace;
    if (hasScripts) {
      // An L1 class asks for the texts themselves, and cdk8s resolves what is made of them at the end.
      const data = Lazy.any({ produce: () => scriptsOf(props, name, this.hookScripts) }) as unknown as TextFiles;
      addTextConfigMap(this, 'Scripts', this.configMap(scriptsName(name)), data);
    }
    if (hasInitScripts) addTextConfigMap(this, 'InitScripts', this.configMap(initScriptsName(name)), initScripts);
    this.statefulSet = new PersistentStatefulSet(this, 'Resource', { ...server, name, service: this.service });
    this.pods = this.statefulSet;
    this.apiObject = this.statefulSet.apiObject;
  }

  /**
   * Environment of a client, for the `env` of a container of this library, see `IDatabase.connectionEnv`.
   *
   * The password is a reference to its Secret, which must be in the client's namespace too.
   * A variable that you add after these may use them: Kubernetes replaces `$(PGPASSWORD)` in the pod.
   *
   * @throws if the administrator can log in only from inside the pod and there is no application user
   *
   * @example
   * declare const database: StatefulDatabase;
   * const shop = new Deployment(this, 'shop', {
   *   containers: [{ name: 'shop', image: 'registry.example.com/shop:1.0.0', env: database.connectionEnv() }],
   * });
   * new ClientAccess(this, 'postgresql-from-shop', { from: shop, to: database });
   */
  public connectionEnv(): k8s.EnvVar[] {
    return renderConnectionEnv(this, this.clientLogin());
  }

  /**
   * The same environment, for the `envVariables` of a container of cdk8s-plus.
   *
   * @throws if the administrator can log in only from inside the pod and there is no application user
   *
   * @example
   * declare const database: StatefulDatabase;
   * const shop = new kplus.Deployment(this, 'shop', {
   *   containers: [{ image: 'registry.example.com/shop:1.0.0', envVariables: database.connectionEnvValues() }],
   * });
   * new ClientAccess(this, 'postgresql-from-shop', { from: shop, to: database });
   */
  public connectionEnvValues(): { [name: string]: EnvValue } {
    return renderConnectionEnvValues(this, this.clientLogin());
  }

  /**
   * The commands that bring the claims of this database to the size that it now asks for, see
   * `PersistentStatefulSet.volumeGrowthProcedure`.
   *
   * @param options the manifest, and the present sizes
   * @throws if a claim is larger now than its template asks for
   */
  public volumeGrowthProcedure(options: VolumeGrowthOptions): string {
    return this.statefulSet.volumeGrowthProcedure(options);
  }

  /**
   * Puts a hook's script, and what it sources, into the ConfigMap of the pods.
   *
   * @internal
   */
  public _hookCommand(name: HookScript, ...args: string[]): string[] {
    const { files, ...scripts } = this.engine.spec.volumeBackupScripts ?? {};
    // Who dumps will load, by hand where a server of backups knows no hooks of restores.
    for (const used of name === 'dump' ? (['dump', 'load'] as const) : [name]) {
      const text = scripts[used];
      if (text !== undefined) this.hookScripts = { ...this.hookScripts, ...files, [`volume-${used}.sh`]: text };
    }
    return ['sh', `${SCRIPTS.path}/volume-${name}.sh`, ...args];
  }

  private clientLogin(): Login {
    if (this.engine.spec.administratorIsLocal && !this.applicationLogin) {
      throw new Error(
        `StatefulDatabase '${this.node.path}': 'applicationUser' must be given for clients, got nothing: the administrator ` +
          `'${this.user}' can log in only from inside the pod; write applicationUser: { name, password }`,
      );
    }
    const { user, password, databaseName } = this.applicationLogin ?? this;
    return {
      user,
      databaseName,
      ...(password && { password }),
      ...(this.clientService && { host: this.clientService.dnsName }),
    };
  }

  private configMap(name: string): TextConfigMap {
    return { name, namespace: this.namespace, labels: this.selector };
  }

  private validate(props: StatefulDatabaseProps, name: string, server: Server): void {
    const problems = new Problems(this);
    const serviceName = props.serviceName ?? name;
    checkStatefulSetName(problems, 'name', name);
    checkServiceName(problems, props.serviceName === undefined ? 'name' : 'serviceName', serviceName);
    checkStatefulWorkload(problems, props);
    checkServer(problems, props, server);
    checkSameNamespace(problems, this, props.namespace, {
      ...podReferences(props),
      'password.secret': props.password?.secret,
      'applicationUser.password.secret': props.applicationUser?.password.secret,
      'backupUser.password.secret': props.backupUser?.password.secret,
      'metrics.password.secret': props.metrics?.password.secret,
    });
    checkSelectedPods(problems, this, selectorOf(props, name), props.podLabels, props.namespace);
    checkSetObjects(problems, this, props, name, props.namespace);
    checkIdentity(problems, this, 'serviceName', k8s.KubeService.GVK, serviceName, props.namespace);
    checkClientService(problems, this, props, serviceName);
    const configMap = (of: string) => ({ name: of, namespace: props.namespace, labels: selectorOf(props, name) });
    const initScripts = initScriptsOf(props);
    if (Object.keys(initScripts).length > 0) {
      checkTextConfigMap(problems, this, 'name', 'initScripts', configMap(initScriptsName(name)), initScripts);
    }
    const { files, ...hooks } = props.engine.spec.volumeBackupScripts ?? {};
    const scripts = scriptsOf(props, name, { ...files, hooks: Object.values(hooks).join('') });
    if (Object.keys(scripts).length > 0) {
      const prop = 'engine.volumeBackupScripts';
      checkTextConfigMap(problems, this, 'name', prop, configMap(scriptsName(name)), scripts);
    }
    problems.throwIfAny();
  }
}

function loginOf({ name, password }: DatabaseUser, databaseName: string): Login {
  return { user: name, password, databaseName };
}

function checkClientService(
  problems: Problems,
  database: Construct,
  { clientServiceName: name, namespace }: StatefulDatabaseProps,
  serviceName: string,
): void {
  if (name === undefined) return;
  checkServiceName(problems, 'clientServiceName', name);
  checkIdentity(problems, database, 'clientServiceName', k8s.KubeService.GVK, name, namespace);
  if (name !== serviceName) return;
  const wayOut =
    'clients have that one already; leave it out, or choose a name that a successor of this database can take over';
  problems.add('clientServiceName', "must be another name than that of the database's own Service", name, wayOut);
}

function selectorOf(props: StatefulDatabaseProps, name: string): { [key: string]: string } {
  return props.selector ?? { app: name };
}

function initScriptsName(database: string): string {
  return `${database}-init`;
}

function scriptsName(database: string): string {
  return `${database}-scripts`;
}
