import type { k8s, SecretValue } from 'cdk8s-plus-27';

/** Files, each with the Secret that it comes from. */
export interface SecretFiles {
  readonly [file: string]: SecretValue | undefined;
}

/** One volume of all these files; the plain form of it where all of them come from one Secret. */
export function renderSecretFiles(volume: string, files: SecretFiles): k8s.Volume[] {
  const given = Object.entries(files).flatMap(([file, value]) => (value ? [{ file, ...value }] : []));
  if (given.length === 0) return [];
  const names = [...new Set(given.map(({ secret }) => secret.name))];
  const itemsOf = (name: string) =>
    given.filter(({ secret }) => secret.name === name).map(({ file, key }) => ({ key, path: file }));
  // Readable by the pod's group alone, which is how the kubelet gives it to a user that is not root.
  const defaultMode = 0o440;
  const [only] = names;
  return names.length === 1 && only !== undefined
    ? [{ name: volume, secret: { secretName: only, items: itemsOf(only), defaultMode } }]
    : [
        {
          name: volume,
          projected: { defaultMode, sources: names.map((name) => ({ secret: { name, items: itemsOf(name) } })) },
        },
      ];
}
