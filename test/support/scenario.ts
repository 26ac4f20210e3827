import { App, Chart, Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import { isNamespaced, manifestsOf, podOf } from './manifests';
import type { Manifest } from './manifests';
import { podSecurityErrors } from './pod-security';
import { schemaErrors } from './strict-schema';

/** A scenario as main.ts makes it, with what holds for each of them. */
export function testScenario(
  type: new (scope: Construct, id: string) => Chart,
  expected: { readonly namespace?: string } = {},
): Manifest[] {
  const chart = new type(new App(), 'scenario');
  const manifests = manifestsOf(chart);

  test('writes this YAML', () => {
    expect(Yaml.stringify(...manifests)).toMatchSnapshot();
  });

  test('writes only what a server of Kubernetes 1.27 knows', () => {
    expect(manifests.flatMap(schemaErrors)).toEqual([]);
  });

  test('makes pods that Pod Security "restricted" lets in', () => {
    expect(manifests.some((manifest) => podOf(manifest))).toBe(true);
    expect(manifests.flatMap(podSecurityErrors)).toEqual([]);
  });

  // A hash of the construct path would change names and selectors when the code is moved, and lose the data.
  test('writes no hash', () => {
    expect(Yaml.stringify(...manifests)).not.toMatch(/cdk8s\.io\/metadata\.addr|-c8[0-9a-f]{6}/);
  });

  test('belongs to the namespace that the commands of the documents name, if any', () => {
    const namespaced = manifests.filter(({ kind }) => isNamespaced(kind));
    // A static volume names its claim with its namespace, so there that of commands without one is written down.
    const namespaces = namespaced.map(({ metadata: { namespace } }) =>
      namespace === 'default' ? undefined : namespace,
    );
    expect([...new Set(namespaces)]).toEqual([expected.namespace]);
  });

  test('gives no namespace to what belongs to none', () => {
    const clusterScoped = manifests.filter(({ kind }) => !isNamespaced(kind));
    expect(clusterScoped.filter(({ metadata }) => metadata.namespace !== undefined)).toEqual([]);
  });

  return manifests;
}
