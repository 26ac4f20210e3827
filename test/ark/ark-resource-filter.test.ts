import { ArkBackup, ArkBackupLocation, ArkProfile, ArkRestore } from '../../lib';
import type { ArkResourceFilter } from '../../lib';
import { PROFILES, serverOf } from '../support/ark';
import { manifestsOf, newChart } from '../support/manifests';
import { expectRefusedAlone } from '../support/refused';

function backup(filter: ArkResourceFilter, profile = ArkProfile.VELERO_1_18) {
  const chart = newChart();
  const server = serverOf(profile);
  const storageLocation = ArkBackupLocation.fromBackupLocationName(server, 'default');
  new ArkBackup(chart, 'x', { server, storageLocation, snapshotVolumes: false, ...filter });
  return manifestsOf(chart);
}

test.each<[string, ArkResourceFilter, ...string[]]>([
  [
    "'*' beside others",
    { includedNamespaces: ['*', 'wp'], includedResources: ['pods', '*'] },
    '\'includedNamespaces\' must be \'*\' alone, or a list, got ["*","wp"]: the server refuses both; leave the list out for all',
    '\'includedResources\' must be \'*\' alone, or a list, got ["pods","*"]: the server refuses both; leave the list out for all',
  ],
  [
    "'*' left out",
    { excludedNamespaces: ['*'], excludedResources: ['*'] },
    "'excludedNamespaces' must not hold '*', got [\"*\"]: nothing would be left; name what is to be left out",
    "'excludedResources' must not hold '*', got [\"*\"]: nothing would be left; name what is to be left out",
  ],
  [
    'what is in both lists',
    {
      includedNamespaces: ['a', 'b'],
      excludedNamespaces: ['b'],
      includedResources: ['pods'],
      excludedResources: ['pods'],
    },
    '\'excludedNamespaces\' must not hold what includedNamespaces holds, got "b": the server refuses what is in both; take it out of one',
    '\'excludedResources\' must not hold what includedResources holds, got "pods": the server refuses what is in both; take it out of one',
  ],
  [
    'scoped resources in both lists',
    {
      includedClusterScopedResources: ['nodes'],
      excludedClusterScopedResources: ['nodes'],
      includedNamespaceScopedResources: ['*', 'pods'],
      excludedNamespaceScopedResources: ['pods'],
    },
    '\'excludedClusterScopedResources\' must not hold what includedClusterScopedResources holds, got "nodes": the server refuses what is in ' +
      'both; take it out of one',
    '\'includedNamespaceScopedResources\' must be \'*\' alone, or a list, got ["*","pods"]: the server refuses both; leave the list out for all',
    '\'excludedNamespaceScopedResources\' must not hold what includedNamespaceScopedResources holds, got "pods": the server refuses what is ' +
      'in both; take it out of one',
  ],
  [
    'filters of both kinds',
    { includeClusterResources: true, excludedNamespaceScopedResources: ['secrets'] },
    "'includeClusterResources' must not stand beside excludedNamespaceScopedResources, got true: the server refuses both kinds of filter; " +
      'say all by those of cluster-scoped and namespace-scoped resources',
  ],
  [
    'selectors of both kinds, and labels that are none',
    { labelSelector: { matchLabels: { a: '-' } }, orLabelSelectors: [{}, { matchLabels: { 'b/c/d': 'e' } }] },
    "'labelSelector.matchLabels['a']' must be a label value of at most 63 characters, got \"-\": " +
      "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
    '\'orLabelSelectors[1].matchLabels\' must have keys of the form [prefix/]name, got "b/c/d": the name has at most 63 of A-Z a-z 0-9 ' +
      "'-' '_' '.'",
    '\'orLabelSelectors\' must not stand beside labelSelector, got [{},{"matchLabels":{"b/c/d":"e"}}]: the server refuses both; put the ' +
      'one into each of the others',
  ],
])('refuses %s', (_, filter, ...problems) => {
  const server = serverOf();
  expectRefusedAlone(
    (chart) => new ArkBackup(chart, 'x', { server, snapshotVolumes: false, ...filter }),
    "ArkBackup 'test/x'",
    ...problems,
  );
});

describe('a pattern of namespaces', () => {
  const glob = { includedNamespaces: ['shop-*', 'wp-[0-9]', 'test-?'] };

  test('is read by Velero 1.18', () => {
    expect(backup(glob)[0]).toHaveProperty('spec.includedNamespaces', glob.includedNamespaces);
  });

  test.each([ArkProfile.ARK_0_10, ArkProfile.VELERO_1_16])('is refused with %s', (profile) => {
    const wrong = (name: string) =>
      `'includedNamespaces' must hold names of namespaces, got "${name}": no namespace has such a name, so that nothing would be taken ` +
      "along; patterns came with Velero 1.18; write it as 'wp'";
    expectRefusedAlone(
      (chart) => new ArkBackup(chart, 'x', { server: serverOf(profile), snapshotVolumes: false, ...glob }),
      "ArkBackup 'test/x'",
      ...glob.includedNamespaces.map(wrong),
    );
  });

  // Velero's pkg/util/wildcard: these fail the backup.
  test.each(['**', 'a**', 'a[', 'a]', 'a[]', 'a[b', '{a,b}', '!a', '-a*'])(
    'is refused where it is none: %s',
    (pattern) => {
      expectRefusedAlone(
        (chart) =>
          new ArkBackup(chart, 'x', { server: serverOf(), snapshotVolumes: false, excludedNamespaces: [pattern] }),
        "ArkBackup 'test/x'",
        `'excludedNamespaces' must hold names of namespaces, or patterns of them, got "${pattern}": no namespace has such a name, so that ` +
          "nothing would be taken along; write it as 'wp'",
      );
    },
  );

  test('is read in a restore too', () => {
    const chart = newChart();
    new ArkRestore(chart, 'x', { backup: ArkBackup.fromBackupName(serverOf(), 'b'), ...glob });
    expect(manifestsOf(chart)[0]).toHaveProperty('spec.includedNamespaces', glob.includedNamespaces);
  });
});

test.each(PROFILES)('%s knows all, and none of a list', (profile) => {
  const given = { includedNamespaces: ['*'], includedResources: ['*'], excludedNamespaces: [], excludedResources: [] };
  expect(backup(given, profile)[0]).toMatchObject({ spec: given });
});
