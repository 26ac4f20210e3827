import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { Construct } from 'constructs';
import { checkIdentity, claimIdentity, clusterScoped, isAttached } from '../private/identity';
import { Problems } from '../private/problems';

/** Says that an object may be deleted: its value is the object's own name. */
export const DELETE_ANNOTATION = 'cdk8s-stateful/delete';

const POLICY = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy' };
const BINDING = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding' };
const CRD = 'clusters.postgresql.cnpg.io';

/** The names are fixed, and so is all else: two apps that have it write the same objects. */
const CLUSTERS = 'cloudnative-pg-deletion';
const NAMESPACES = 'cloudnative-pg-namespace-deletion';

/** Whether an object has the annotation with its own name. */
const allowed = (object: string) =>
  `${object}.metadata.?annotations['${DELETE_ANNOTATION}'].orValue('') == ${object}.metadata.name`;

/**
 * Denies to delete by accident what takes databases of CloudNativePG along, for the whole Kubernetes cluster:
 *
 * - a `Cluster`: the operator deletes its claims, and with them the data, unless their class retains volumes;
 * - a namespace that holds one: its claims go at once, whatever keeps the Cluster itself;
 * - the CRD of `Cluster`: all Clusters go with it.
 *
 * Who means it writes the object's own name into the annotation `cdk8s-stateful/delete` of the Cluster (for a namespace: of each Cluster in
 * it) or of the CRD; the message of the denial has the command. It does not keep anyone from deleting claims or volumes themselves, nor the
 * policy.
 *
 * The objects have fixed names and one content, so all apps of a Kubernetes cluster share them: who deletes one app's last manifest with
 * `--prune` takes the policy from the others too, until they are applied again. It needs Kubernetes 1.30.
 *
 * A `CloudNativePgDatabase` makes it in its own chart, once in an app; make one by yourself for another cluster of the app.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 *
 * @example
 * new CloudNativePgDeletionPolicy(this, 'deletion-policy');
 */
export class CloudNativePgDeletionPolicy extends Construct {
  /**
   * Makes one, unless the app has one. It comes after the Cluster in what is written, so that `kubectl delete --filename` meets the Cluster
   * first, and is denied.
   *
   * @internal
   */
  public static _ensure(scope: Construct, cluster: ApiObject): void {
    const known = made.get(scope.node.root);
    const policy = known && isAttached(known) ? known : new CloudNativePgDeletionPolicy(scope, 'DeletionPolicy');
    // Between charts it would be an order of files, and change their names.
    if (Chart.of(policy) === Chart.of(cluster)) policy.node.addDependency(cluster);
  }

  /** The ValidatingAdmissionPolicy for Clusters and their CRD. */
  public readonly apiObject: ApiObject;

  /**
   * @throws if the chart has one already
   */
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const problems = new Problems(this);
    checkIdentity(problems, this, 'id', POLICY, CLUSTERS);
    problems.throwIfAny();
    made.set(this.node.root, this);
    this.apiObject = this.add('Resource', POLICY, CLUSTERS, {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          rule('postgresql.cnpg.io', 'clusters'),
          { ...rule('apiextensions.k8s.io', 'customresourcedefinitions'), resourceNames: [CRD] },
        ],
      },
      validations: [{ expression: allowed('oldObject'), messageExpression: CLUSTER_MESSAGE }],
    });
    this.add('Binding', BINDING, CLUSTERS, { policyName: CLUSTERS, validationActions: ['Deny'] });
    this.add('NamespacePolicy', POLICY, NAMESPACES, {
      // Without the CRD there are no Clusters, and namespaces can go.
      failurePolicy: 'Ignore',
      paramKind: { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster' },
      matchConstraints: { resourceRules: [rule('', 'namespaces')] },
      validations: [{ expression: allowed('params'), messageExpression: NAMESPACE_MESSAGE }],
    });
    this.add('NamespaceBinding', BINDING, NAMESPACES, {
      policyName: NAMESPACES,
      validationActions: ['Deny'],
      // It is asked once for each Cluster in the namespace that goes, and not at all where there is none.
      paramRef: { selector: {}, parameterNotFoundAction: 'Allow' },
    });
  }

  private add(id: string, type: { apiVersion: string; kind: string }, name: string, spec: object): ApiObject {
    const object = clusterScoped(new ApiObject(this, id, { ...type, metadata: { name }, spec }));
    // Labels of a chart would be those of one app.
    if (Object.keys(Chart.of(this).labels).length > 0) object.addJsonPatch(JsonPatch.remove('/metadata/labels'));
    return claimIdentity(object);
  }
}

const made = new WeakMap<object, Construct>();

function rule(group: string, resource: string): object {
  return { apiGroups: [group], apiVersions: ['*'], operations: ['DELETE'], resources: [resource] };
}

const CLUSTER_MESSAGE = [
  `(oldObject.kind == 'Cluster' ? 'deleting it deletes the claims of its database, and the data where their class does not retain volumes' `,
  `: 'deleting it deletes all Clusters of CloudNativePG, and their data') + '; if you mean it: kubectl annotate ' `,
  `+ (oldObject.kind == 'Cluster' ? '--namespace ' + oldObject.metadata.namespace + ' clusters.postgresql.cnpg.io ' : 'crd ') `,
  `+ oldObject.metadata.name + ' ${DELETE_ANNOTATION}=' + oldObject.metadata.name`,
].join('');

const NAMESPACE_MESSAGE = [
  `'it holds the Cluster ' + params.metadata.name + ' of CloudNativePG, whose data would be deleted; if you mean it: kubectl annotate ' `,
  `+ '--namespace ' + oldObject.metadata.name + ' clusters.postgresql.cnpg.io ' + params.metadata.name `,
  `+ ' ${DELETE_ANNOTATION}=' + params.metadata.name`,
].join('');
