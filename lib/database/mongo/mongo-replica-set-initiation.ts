import { createHash } from 'node:crypto';
import { Duration, Size } from 'cdk8s';
import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { checkIdentity, claimIdentity, metadata } from '../../private/identity';
import { checkKnownProps, propsOf } from '../../private/known-props';
import { checkDnsLabel, checkSeconds } from '../../private/names';
import { Problems } from '../../private/problems';
import { ClientAccess } from '../../workload/client-access';
import { ContainerResources } from '../../workload/container-resources';
import { checkPods } from '../../workload/pod-rules';
import { renderPodMetadata, renderPodSpec } from '../../workload/pod-spec';
import type { PodSource } from '../../workload/pod-spec';
import { checkSelectedPods, claimPods } from '../../workload/shared-pods';
import { addTextConfigMap, checkTextConfigMap } from '../../workload/text-config-map';
import { Workload } from '../../workload/workload';
import type { WorkloadProps } from '../../workload/workload-props';
import { secretEnv } from '../database';
import { SCRIPTS, readScript, readme } from '../read-script';
import type { StatefulDatabase } from '../stateful-database';
import { replicaSetOf } from './mongo-engine';

/**
 * Properties of `MongoReplicaSetInitiation`.
 */
export interface MongoReplicaSetInitiationProps extends WorkloadProps {
  /** The members: a database with the engine `DatabaseEngine.mongo({ replicaSet })`. */
  readonly database: StatefulDatabase;

  /**
   * How long the Job waits for all members to answer, before it fails and begins anew.
   *
   * @default Duration.minutes(10)
   */
  readonly timeout?: Duration;
}

/**
 * A Job that makes the members of a MongoDB replica set one set, under their DNS names, and adds those that came later.
 *
 * Safe to run again: it waits until all members answer, and initiates only where none of them belongs to a set, so there are never two
 * primaries. A member that lost its volume is filled by the others. It removes no member.
 *
 * A Job cannot be changed: its name ends with a hash of its template, so that a changed one is a new Job.
 *
 * @see https://www.mongodb.com/docs/manual/tutorial/deploy-replica-set/
 *
 * @example
 * declare const mongo: StatefulDatabase;
 * new MongoReplicaSetInitiation(this, 'mongo-initiation', { database: mongo });
 */
export class MongoReplicaSetInitiation extends Workload {
  /** The Job itself, for what the props do not offer. */
  public readonly apiObject: ApiObject;

  /** Labels that the Job's pods are found by: `app: <name>`. */
  public readonly selector: { [key: string]: string };

  /** Namespace of the Job, where the app knows it. */
  public readonly namespace?: string;

  /**
   * @throws if a prop breaks a rule, naming each
   */
  public constructor(scope: Construct, id: string, props: MongoReplicaSetInitiationProps) {
    super(scope, id);
    checkKnownProps(this, 'MongoReplicaSetInitiationProps', props);
    const name = props.name ?? id;
    const { database } = props;
    const replicaSet = replicaSetOf(database.engine.spec);
    this.selector = { app: name };
    const pods = this.renderPods(props, name);
    const problems = new Problems(this);
    checkDnsLabel(problems, 'name', name, 52, 'a hash and the names of its pods add 11 characters each');
    if (replicaSet === undefined) {
      const wayOut = "there is nothing to initiate; write DatabaseEngine.mongo({ replicaSet: 'rs0' })";
      problems.add('database', 'must have an engine with a replica set', database.node.path, wayOut);
    }
    const { replicas } = database.statefulSet;
    if (replicas < 1 || replicas === 2 || replicas > 7) {
      const wayOut = 'with 2 the loss of either stops all writes, and more than 7 have no vote; use 3';
      problems.add('database', 'must have 1, 3, 4, 5, 6 or 7 replicas', replicas, wayOut);
    }
    if (props.namespace !== undefined && props.namespace !== database.namespace) {
      const wayOut = 'its password is there, and nowhere else; leave the namespace out';
      problems.add('namespace', "must be the database's", props.namespace, wayOut);
    }
    const timeout = props.timeout ?? Duration.minutes(10);
    checkSeconds(problems, 'timeout', timeout, 1, 'members need some time to start; write Duration.minutes(10)');
    checkPods(problems, pods, []);
    checkSelectedPods(problems, this, this.selector, props.podLabels, database.namespace);
    if (database.networkPolicy) {
      checkIdentity(problems, this, 'name', k8s.KubeNetworkPolicy.GVK, accessName(name), database.namespace);
    }
    const scripts = { name: scriptsName(name), namespace: database.namespace, labels: this.selector };
    const data = {
      ...readme(`Script of the Job '${name}'.`, 'upgrading.md'),
      'initiate.js': readScript(__dirname, 'initiate.js'),
    };
    checkTextConfigMap(problems, this, 'name', 'name', scripts, data);
    problems.throwIfAny();

    addTextConfigMap(this, 'Scripts', scripts, data);
    if (database.namespace !== undefined) this.namespace = database.namespace;
    const spec = this.renderJob(pods);
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
    claimPods(this, this.selector, props.podLabels, this.namespace);
    this.apiObject = claimIdentity(
      new k8s.KubeJob(this, 'Resource', {
        metadata: metadata(`${name}-${hash}`, this.namespace, { ...this.selector, ...props.labels }),
        spec,
      }),
    );
    if (database.networkPolicy) {
      new ClientAccess(this, 'Access', { name: accessName(name), from: this, to: database });
    }
  }

  private renderPods(props: MongoReplicaSetInitiationProps, name: string): PodSource {
    const { database } = props;
    const { spec } = database.engine;
    const { replicas } = database.statefulSet;
    const members = Array.from({ length: replicas }, (_, ordinal) => database.statefulSet.pod(ordinal).dnsName);
    return {
      ...propsOf('WorkloadProps', props),
      runAsUser: props.runAsUser ?? spec.runAsUser,
      runAsGroup: props.runAsGroup ?? props.runAsUser ?? spec.runAsGroup,
      containers: [
        {
          name: 'initiate',
          image: database.image,
          // mongosh is a Node program.
          resources: ContainerResources.of({ memory: Size.mebibytes(256), ephemeralStorage: Size.mebibytes(128) }),
          command: ['mongosh', '--quiet', '--norc', '--nodb', '--file', `${SCRIPTS.path}/initiate.js`],
          env: [
            { name: 'HOME', value: '/tmp' },
            { name: 'REPLICA_SET', value: replicaSetOf(spec) ?? '' },
            { name: 'MEMBERS', value: members.map((member) => `${member}:${database.port}`).join(',') },
            { name: 'TIMEOUT_SECONDS', value: String((props.timeout ?? Duration.minutes(10)).toMilliseconds() / 1000) },
            ...(database.password
              ? [{ name: 'MONGO_USER', value: database.user }, secretEnv('MONGO_PASSWORD', database.password)]
              : []),
          ],
          volumeMounts: [{ name: SCRIPTS.volume, mountPath: SCRIPTS.path, readOnly: true }],
        },
      ],
      emptyDirs: [{ path: '/tmp', sizeLimit: Size.mebibytes(64) }],
      volumes: [{ name: SCRIPTS.volume, configMap: { name: scriptsName(name) } }],
    };
  }

  private renderJob(pods: PodSource): k8s.JobSpec {
    return {
      // Each attempt waits for its members by itself; these are for a script that fails at once.
      backoffLimit: 20,
      template: {
        metadata: renderPodMetadata(pods, this.selector),
        spec: { ...renderPodSpec(pods, []), restartPolicy: 'OnFailure' },
      },
    };
  }
}

function accessName(name: string): string {
  return `${name}-access`;
}

function scriptsName(name: string): string {
  return `${name}-scripts`;
}
