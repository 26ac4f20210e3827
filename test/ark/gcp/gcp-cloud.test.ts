import { ArkCloud, ArkProfile } from '../../../lib';
import { expectCloudRefused, serverIn, unknownTo, VELERO } from '../../support/ark';
import { CLOUD_CREDENTIALS } from '../../support/elsewhere';
import { named } from '../../support/manifests';

const WHO = 'velero@my-project.iam.gserviceaccount.com';
const FILE = { name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/credentials/cloud' };

test.each([
  [ArkProfile.VELERO_1_16, 'velero/velero-plugin-for-gcp:v1.12.2'],
  [ArkProfile.VELERO_1_18, 'velero/velero-plugin-for-gcp:v1.14.2'],
])('a server of %s in Google Cloud has its plugin, and the key of a service account', (profile, plugin) => {
  const { account, deployment } = serverIn(ArkCloud.gcp({ credentials: CLOUD_CREDENTIALS }), profile);
  expect(account.metadata.annotations).toBeUndefined();
  const { spec } = deployment.spec.template;
  expect(spec.initContainers.map(({ name, image }) => ({ name, image }))).toEqual([{ name: 'gcp', image: plugin }]);
  expect(named(spec.containers, 'velero').env).toContainEqual(FILE);
  expect(spec.volumes).toContainEqual({ name: 'cloud-credentials', secret: { secretName: 'cloud-credentials' } });
});

// Ark v0.10.1, examples/gcp/10-deployment.yaml.
test('a server of Ark has the file too', () => {
  const { spec } = serverIn(ArkCloud.gcp({ credentials: CLOUD_CREDENTIALS }), ArkProfile.ARK_0_10).deployment.spec
    .template;
  const { env, envFrom } = named(spec.containers, 'ark');
  expect({ env, envFrom }).toEqual({ env: [{ name: 'ARK_SCRATCH_DIR', value: '/scratch' }, FILE] });
});

test('a workload identity is an annotation of the ServiceAccount, and nothing in the pod', () => {
  const { account, deployment } = serverIn(ArkCloud.gcp({ serviceAccount: WHO, plugin: 'mirror.example.com/gcp:v1' }));
  expect(account.metadata.annotations).toEqual({ 'iam.gke.io/gcp-service-account': WHO });
  expect(JSON.stringify(deployment)).not.toMatch(/credentials/i);
  expect(JSON.stringify(deployment)).toContain('mirror.example.com/gcp:v1');
});

describe('a server in Google Cloud is refused', () => {
  test('without credentials and identity', () => {
    expectCloudRefused(
      ArkCloud.gcp({}),
      ArkProfile.VELERO_1_18,
      "'cloud.credentials' must be given, or serviceAccount, got nothing: the server reaches no storage without; give a Secret made by hand, " +
        'or a service account',
    );
  });

  test('with both, as the file alone would count', () => {
    expectCloudRefused(
      ArkCloud.gcp({ credentials: CLOUD_CREDENTIALS, serviceAccount: 'velero' }),
      ArkProfile.VELERO_1_18,
      '\'cloud.serviceAccount\' must be the address of a service account, got "velero": by its name alone nothing is found, and no log can ' +
        "be downloaded; write it as 'velero@my-project.iam.gserviceaccount.com'",
      '\'cloud.serviceAccount\' must be left out with credentials, got "velero": the file of the credentials counts, and the identity is ' +
        'passed over in silence; leave it out',
    );
  });

  test('by Ark, with what came with Velero', () => {
    expectCloudRefused(
      ArkCloud.gcp({ serviceAccount: WHO, plugin: 'gcp:v1' }),
      ArkProfile.ARK_0_10,
      unknownTo(ArkProfile.ARK_0_10, 'cloud.serviceAccount', `"${WHO}"`, ...VELERO),
      unknownTo(ArkProfile.ARK_0_10, 'cloud.plugin', '"gcp:v1"', ...VELERO),
    );
  });
});
