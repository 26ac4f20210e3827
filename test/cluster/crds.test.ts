import { FRESH, FULL } from '../support/ark-objects';
import { PROFILES, readCrds, strictly } from '../support/crds';
import { ROOT } from '../support/dist';
import { TestCluster, facts } from './support/cluster';
import { broken, sample } from './support/crd-samples';
import { DryRun } from './support/dry-run';
import type { Kubectl, LiveObject } from './support/kubectl';
import { eventually, list } from './support/kubectl';

interface LiveCrd extends LiveObject {
  readonly status: { readonly conditions: { type: string; status: string; message: string }[] };
}

const cluster = new TestCluster(facts());
const NAMESPACE = 'stateful-test-crds';

// Folders of one group are tried one after the other. CRDs that are there already are somebody's, and reserve() throws.
describe.each(PROFILES)('crds/%s', (profile) => {
  const CRDS = readCrds(profile).map(({ crd }) => crd);
  const files = ['-f', `crds/${profile}/`];
  let kubectl: Kubectl;
  let server: DryRun;

  beforeAll(async () => {
    await cluster.reserve(cluster.kubectl, CRDS);
    kubectl = await cluster.namespace('crds');
    server = await DryRun.start(kubectl, NAMESPACE);
  });
  afterAll(async () => {
    server.close();
    await cluster.clean();
  });

  describe.each([
    ['client-side', []],
    ['server-side, over it', ['--server-side']],
  ])('%s', (_, side) => {
    test('is applied in one go, without a warning, and every kind is served', async () => {
      const applied = await kubectl.run(['apply', ...side, '--validate=strict', ...files], { folder: ROOT });
      expect(applied).toMatchObject({ status: 0, stderr: '' });
      expect(applied.stdout.trim().split('\n')).toHaveLength(CRDS.length);
      await kubectl.ok(['wait', '--for=condition=Established', '--timeout=60s', ...files], { folder: ROOT });
    });

    test('leaves nothing for kubectl diff to show', async () => {
      const diff = await kubectl.run(['diff', ...side, ...files], { folder: ROOT });
      expect(diff).toEqual({ status: 0, stdout: '', stderr: '' });
    });

    test('has nothing that the server complains of, as of a schema that is not structural', async () => {
      const live = (await kubectl.existing(CRDS)) as LiveCrd[];
      const conditions = live.map(({ metadata, status }) => [
        metadata.name,
        ...status.conditions.map(({ type, status: value }) => `${type}=${value}`).sort(),
      ]);
      expect(conditions).toEqual(CRDS.map(({ metadata }) => [metadata.name, 'Established=True', 'NamesAccepted=True']));
    });
  });

  test('explains every field of a Backup', async () => {
    const group = CRDS[0]!.spec.group;
    // The server publishes schemas some seconds after it serves them.
    const explain = (field: string) => kubectl.ok(['explain', field, `--api-version=${group}/v1`, '--recursive']);
    const text = await eventually(() => explain('backups.spec'));
    const backup = CRDS.find(({ spec }) => spec.names.kind === 'Backup')!;
    const { properties } = backup.spec.versions[0]!.schema.openAPIV3Schema.properties!.spec!;
    for (const field of Object.keys(properties!)) expect(text).toContain(`${field}\t<`);
    expect(await explain('backups.spec.ttl')).toMatch(/^DESCRIPTION:\n {4}\S/m);
  });

  describe.each(CRDS.map((crd): [string, typeof crd] => [crd.spec.names.kind, crd]))('%s', (_, crd) => {
    test('is refused by the server for what `strictly` refuses it for, and for nothing else', async () => {
      const { spec, ...rest } = sample(crd) as ReturnType<typeof sample> & { spec?: unknown };
      const objects = [
        sample(crd),
        ...(spec === undefined ? [] : broken(spec).map((other) => ({ ...rest, spec: other }))),
      ];
      let refused = 0;
      // As many at once as kubectl's proxy likes.
      for (let start = 0; start < objects.length; start += 50) {
        await Promise.all(
          objects.slice(start, start + 50).map(async (object) => {
            const answers = { object, server: await server.refusals([object]), strictly: strictly(profile, object) };
            if (answers.server.length > 0) refused++;
            expect({ ...answers, refused: answers.server.length > 0 }).toEqual({
              ...answers,
              refused: answers.strictly.length > 0,
            });
          }),
        );
      }
      expect(await server.refusals([sample(crd)])).toEqual([]);
      expect(refused).toBeGreaterThan(objects.length / 4);
    });
  });

  if (profile === 'ark-0.10') testArk(() => kubectl);
});

test('nothing of it is left', async () => {
  const crds = PROFILES.flatMap((profile) => readCrds(profile).map(({ crd }) => crd));
  expect(await cluster.kubectl.existing(crds)).toEqual([]);
});

/** What Ark's own client and server do, and what people mistype. */
function testArk(getKubectl: () => Kubectl): void {
  test('a typo in the spec of any kind is refused by kubectl, and nothing is made', async () => {
    const misspelt = FULL.map((full) => {
      const [[field, value] = ['', undefined], ...rest] = Object.entries(full.spec);
      return { ...full, spec: Object.fromEntries([[`${field}s`, value], ...rest]) };
    });
    const { status, stdout, stderr } = await getKubectl().run(['apply', '--validate=strict', '--filename=-'], {
      input: list(misspelt),
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    // Whether the server says it or kubectl already, which 1.27's may.
    for (const { kind, spec } of misspelt) {
      const field = Object.keys(spec)[0]!;
      expect(stderr).toMatch(new RegExp(`\\b${kind}\\b.*unknown field "(spec\\.)?${field}"`));
    }
  });

  describe.each(FRESH.map((fresh): [string, typeof fresh] => [fresh.kind, fresh]))('Ark: %s', (kind, fresh) => {
    const full = FULL.find((one) => one.kind === kind)!;
    const name = fresh.metadata.name;

    async function stored(): Promise<unknown> {
      const [{ spec, status } = {} as typeof fresh] = await getKubectl().get<typeof fresh>(
        `${kind.toLowerCase()}.v1.ark.heptio.com`,
        name,
      );
      return { spec, status };
    }

    const create = (object: typeof fresh) =>
      getKubectl().ok(['create', '--validate=strict', '--filename=-'], {
        // Go's types write this, too.
        input: JSON.stringify({ ...object, metadata: { ...object.metadata, creationTimestamp: null } }),
      });

    test('is stored as Ark makes it, nulls and all', async () => {
      await create(fresh);
      expect(await stored()).toEqual({ spec: fresh.spec, status: fresh.status });
    });

    test('takes its status as Ark writes it, in a patch of the whole object', async () => {
      const patch = JSON.stringify({ status: { phase: 'InProgress', ofALaterVersion: { and: ['more'] } } });
      await getKubectl().ok([
        'patch',
        `${kind.toLowerCase()}.v1.ark.heptio.com`,
        name,
        '--type=merge',
        `--patch=${patch}`,
      ]);
      expect(await stored()).toMatchObject({ status: { phase: 'InProgress', ofALaterVersion: { and: ['more'] } } });
      await getKubectl().remove([fresh]);
    });

    test('keeps every field, and shows what its columns promise', async () => {
      await create(full);
      expect(await stored()).toEqual({ spec: full.spec, status: full.status });
      const table = await getKubectl().ok(['get', `${kind.toLowerCase()}.v1.ark.heptio.com`]);
      const { additionalPrinterColumns: columns } = (
        readCrds('ark-0.10').find(({ crd }) => crd.spec.names.kind === kind)!.crd as unknown as {
          spec: { versions: { additionalPrinterColumns: { name: string }[] }[] };
        }
      ).spec.versions[0]!;
      const [head, row] = table.trim().split('\n');
      expect(head!.split(/ {2,}/)).toEqual(['NAME', ...columns.map((one) => one.name.toUpperCase())]);
      expect(row!.split(/ {2,}/)).toHaveLength(columns.length + 1);
      expect(row).not.toMatch(/<\w+>/);
    });
  });
}
