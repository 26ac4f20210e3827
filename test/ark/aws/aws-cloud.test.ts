import { ArkCloud, ArkNodeAgent, ArkProfile } from '../../../lib';
import type { ArkAwsCloudOptions } from '../../../lib';
import { expectCloudRefused, newServer, serverIn, unknownTo, VELERO } from '../../support/ark';
import { CLOUD_CREDENTIALS } from '../../support/elsewhere';
import { manifestsOf, named } from '../../support/manifests';

const ROLE = 'arn:aws:iam::123456789012:role/velero';
const FILE = { name: 'AWS_SHARED_CREDENTIALS_FILE', value: '/credentials/cloud' };
const MOUNT = { name: 'cloud-credentials', mountPath: '/credentials', readOnly: true };

test.each([
  [ArkProfile.VELERO_1_16, 'velero/velero-plugin-for-aws:v1.12.2'],
  [ArkProfile.VELERO_1_18, 'velero/velero-plugin-for-aws:v1.14.3'],
])('a server of %s in AWS has its plugin, and a credentials file', (profile, plugin) => {
  const { account, deployment } = serverIn(ArkCloud.aws({ credentials: CLOUD_CREDENTIALS }), profile);
  expect(account.metadata.annotations).toBeUndefined();
  const { spec } = deployment.spec.template;
  expect(spec.initContainers.map(({ name, image }) => ({ name, image }))).toEqual([{ name: 'aws', image: plugin }]);
  const { env, volumeMounts } = named(spec.containers, 'velero');
  expect(env).toContainEqual(FILE);
  expect(volumeMounts).toContainEqual(MOUNT);
  expect(spec.volumes).toContainEqual({ name: 'cloud-credentials', secret: { secretName: 'cloud-credentials' } });
});

// Ark v0.10.1, examples/aws/10-deployment.yaml: a file, where Azure has variables.
test('a server of Ark reads the file too, and has no plugin', () => {
  const { spec } = serverIn(ArkCloud.aws({ credentials: CLOUD_CREDENTIALS }), ArkProfile.ARK_0_10).deployment.spec
    .template;
  const { env, envFrom, volumeMounts } = named(spec.containers, 'ark');
  expect({ env, envFrom }).toEqual({ env: [{ name: 'ARK_SCRATCH_DIR', value: '/scratch' }, FILE] });
  expect(volumeMounts).toContainEqual(MOUNT);
  expect(spec.initContainers).toBeUndefined();
});

test('a role is an annotation of the ServiceAccount, and nothing in the pod', () => {
  const { account, deployment } = serverIn(ArkCloud.aws({ roleArn: ROLE, plugin: 'mirror.example.com/aws:v1' }));
  expect(account.metadata.annotations).toEqual({ 'eks.amazonaws.com/role-arn': ROLE });
  expect(JSON.stringify(deployment)).not.toMatch(/credentials/i);
  expect(JSON.stringify(deployment)).toContain('mirror.example.com/aws:v1');
});

test('of a Pod Identity the cluster knows nothing', () => {
  const { account, deployment } = serverIn(ArkCloud.aws({ podIdentity: true }));
  expect(account.metadata.annotations).toBeUndefined();
  expect(JSON.stringify(deployment)).not.toMatch(/credentials/i);
});

test.each(VELERO)('the node agent of %s has the file too', (profile) => {
  const { chart, server } = newServer(profile, { cloud: ArkCloud.aws({ credentials: CLOUD_CREDENTIALS }) });
  new ArkNodeAgent(chart, 'agent', { server });
  const agent = manifestsOf(chart).find(({ kind }) => kind === 'DaemonSet');
  expect(agent).toHaveProperty('spec.template.spec.containers[0].env', expect.arrayContaining([FILE]));
  expect(agent).toHaveProperty('spec.template.spec.containers[0].volumeMounts', expect.arrayContaining([MOUNT]));
});

describe('a server in AWS is refused', () => {
  test('without credentials and role', () => {
    expectCloudRefused(
      ArkCloud.aws({}),
      ArkProfile.VELERO_1_18,
      "'cloud.credentials' must be given, or roleArn, or podIdentity: true, got nothing: the server reaches no storage without; give a " +
        'Secret made by hand, or a role',
    );
  });

  test('with more than one of them, as the others would mean nothing', () => {
    const all: Required<Omit<ArkAwsCloudOptions, 'plugin'>> = {
      credentials: CLOUD_CREDENTIALS,
      roleArn: 'velero',
      podIdentity: true,
    };
    expectCloudRefused(
      ArkCloud.aws(all),
      ArkProfile.VELERO_1_18,
      '\'cloud.credentials\' must be given, or roleArn, or podIdentity, and one alone, got "credentials,roleArn,podIdentity": the first of ' +
        'them counts, and the others are passed over in silence; leave them out',
      '\'cloud.roleArn\' must be the ARN of an IAM role, got "velero": no other is ever assumed; write it as ' +
        "'arn:aws:iam::123456789012:role/velero'",
    );
  });

  test('by Ark, with what came with Velero', () => {
    const unknown = (option: string, got: string) => unknownTo(ArkProfile.ARK_0_10, `cloud.${option}`, got, ...VELERO);
    expectCloudRefused(
      ArkCloud.aws({ roleArn: ROLE, plugin: 'aws:v1' }),
      ArkProfile.ARK_0_10,
      unknown('roleArn', `"${ROLE}"`),
      unknown('plugin', '"aws:v1"'),
    );
    expectCloudRefused(ArkCloud.aws({ podIdentity: true }), ArkProfile.ARK_0_10, unknown('podIdentity', 'true'));
  });
});
