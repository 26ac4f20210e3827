import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, JsonPatch, Lazy, YamlOutputType } from 'cdk8s';
import type { AppProps, IResolver, ResolutionContext } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct, DependencyGroup } from 'constructs';
import fc from 'fast-check';

/** A construct of a random app, and what is special about it. */
export interface NodeCase {
  readonly kind: 'chart' | 'construct' | 'object' | 'typed' | 'rewriting chart';
  readonly id: string;
  /** Which of those before it, or the app, it is in. */
  readonly parent: number;
  readonly value: unknown;
  readonly named: boolean;
  readonly patched: boolean;
  readonly invalid: boolean;
  readonly removed: boolean;
}

export interface SynthCase {
  readonly nodes: NodeCase[];
  readonly dependencies: { readonly source: number; readonly target: number; readonly inGroup: boolean }[];
  readonly yamlOutputType: YamlOutputType;
  readonly outputFileExtension?: string;
  readonly recordConstructMetadata: boolean;
  readonly resolver: boolean;
}

/** A Chart that writes its objects in another way than cdk8s. */
class RewritingChart extends Chart {
  public override toJson(): unknown[] {
    return [...(super.toJson() as object[]).map((document) => ({ ...document, rewritten: true })), undefined];
  }
}

class Shouting implements IResolver {
  public resolve(context: ResolutionContext): void {
    const { value } = context as { readonly value: unknown };
    if (value === 'loud' && context.key.at(-1) !== 'quiet') context.replaceValue('LOUD');
  }
}

const ids = fc.oneof(
  fc.constantFrom('0', '1', '2', '10', '07', '4294967295', '-1'),
  fc.constantFrom('a', 'b', 'Shop', 'x.y', 'Résumé', 'Default', 'Resource', '..', 'a--b', 'z'.repeat(70)),
);
const values = fc.oneof(
  fc.constantFrom('loud', 'on', '1e3', '', 'a: b', 'line\nline\n', null, true, 0, -1.5, [], {}, ['loud', [], {}]),
  fc.dictionary(
    fc.constantFrom('b', 'a', 'quiet', '1'),
    fc.constantFrom('loud', 'yes', 1, null, [1, 'two'], { c: {} }),
  ),
);
const nodeCase: fc.Arbitrary<NodeCase> = fc.record({
  kind: fc.constantFrom('chart', 'chart', 'construct', 'object', 'object', 'object', 'typed', 'rewriting chart'),
  id: ids,
  parent: fc.nat(),
  value: values,
  named: fc.boolean(),
  patched: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
  invalid: fc.integer({ min: 0, max: 150 }).map((die) => die === 0),
  removed: fc.integer({ min: 0, max: 30 }).map((die) => die === 0),
});

/** Dependencies of what was made later on what was made before have no cycles as such; those that point anywhere often have. */
const dependencies = (forward: boolean) =>
  fc.array(
    fc.record({ source: fc.nat(), target: fc.nat(), inGroup: fc.boolean() }).map(({ source, target, inGroup }) => {
      const [low, high] = [source % 16, target % 16].sort((a, b) => a - b) as [number, number];
      return forward ? { source: high, target: low, inGroup } : { source, target, inGroup };
    }),
    { maxLength: 6 },
  );

export const synthCase: fc.Arbitrary<SynthCase> = fc.record({
  nodes: fc.array(nodeCase, { maxLength: 16 }),
  dependencies: fc.boolean().chain(dependencies),
  yamlOutputType: fc.constantFrom(
    YamlOutputType.FILE_PER_APP,
    YamlOutputType.FILE_PER_CHART,
    YamlOutputType.FILE_PER_CHART,
    YamlOutputType.FILE_PER_RESOURCE,
    YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE,
  ),
  outputFileExtension: fc.constantFrom(undefined, '.yaml', ''),
  recordConstructMetadata: fc.boolean(),
  resolver: fc.boolean(),
});

/** Builds an app of this class; what a case names twice or out of place is left out, as any app would refuse it. */
export function build<T extends App>(type: new (props: AppProps) => T, outdir: string, description: SynthCase): T {
  const { yamlOutputType, outputFileExtension, recordConstructMetadata } = description;
  const app = new type({
    outdir,
    yamlOutputType,
    recordConstructMetadata,
    ...(outputFileExtension !== undefined && { outputFileExtension }),
    ...(description.resolver && { resolvers: [new Shouting()] }),
  });
  const constructs: Construct[] = [app];
  for (const node of description.nodes) constructs.push(make(node, constructs[node.parent % constructs.length]!));
  const at = (index: number) => constructs[index % constructs.length]!;
  for (const { source, target, inGroup } of description.dependencies) {
    // That a construct depends on itself is told apart by a test of its own.
    if (at(source) === at(target)) continue;
    at(source).node.addDependency(inGroup ? new DependencyGroup(at(target)) : at(target));
  }
  description.nodes.forEach(({ removed }, index) => {
    const { node } = constructs[index + 1]!;
    if (removed) node.scope?.node.tryRemoveChild(node.id);
  });
  return app;
}

function make(description: NodeCase, scope: Construct): Construct {
  const { id, kind, value, named, patched, invalid } = description;
  if (scope.node.tryFindChild(id)) return scope;
  const inChart = scope.node.scopes.some((one) => Chart.isChart(one));
  const construct = create();
  if (invalid) construct.node.addValidation({ validate: () => ['is wrong', 'is bad'] });
  return construct;

  function create(): Construct {
    if (kind === 'construct') return new Construct(scope, id);
    if (kind === 'rewriting chart') return new RewritingChart(scope, id);
    if (kind === 'chart' || !inChart) {
      return new Chart(scope, id, {
        disableResourceNameHashes: named,
        ...(patched && { namespace: 'shop', labels: { app: 'shop' } }),
      });
    }
    const metadata = named ? { metadata: { name: `name-of-${id.slice(0, 9)}`, labels: { b: 'x', a: 'on' } } } : {};
    if (kind === 'typed') {
      return new k8s.KubeConfigMap(scope, id, {
        ...metadata,
        data: { value: JSON.stringify(value) },
        immutable: patched,
      });
    }
    const produced = Lazy.any({ produce: () => value });
    const object = new ApiObject(scope, id, {
      apiVersion: 'v1',
      kind: 'Thing',
      ...metadata,
      spec: { value, produced },
    });
    if (patched) object.addJsonPatch(JsonPatch.add('/spec/patched', value ?? 'nothing'));
    return object;
  }
}

export interface Outcome {
  readonly error?: string;
  readonly files?: { [name: string]: string };
  readonly yaml?: string;
  readonly charts?: string[][];
}

/** All that is to be seen of a synthesis, in a folder of its own. */
export function outcome(type: new (props: AppProps) => App, description: SynthCase): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'synth-case-'));
  try {
    const app = build(type, join(folder, 'dist'), description);
    const paths = () => app.charts.map((chart) => chart.node.path);
    const before = paths();
    app.synth();
    return {
      files: readAll(join(folder, 'dist')),
      yaml: build(type, folder, description).synthYaml(),
      charts: [before, paths()],
    };
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What lies in a folder, without the account that LinearApp keeps; of a folder, that it is one. */
export function readAll(folder: string): { [name: string]: string } {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    ({ name }) => name !== '.cdk8s-synth',
  );
  return Object.fromEntries(
    entries
      .map((entry) => [join(entry.parentPath, entry.name), entry] as const)
      .map(([path, entry]) => [
        path.slice(folder.length),
        entry.isDirectory() ? '(folder)' : readFileSync(path, 'utf8'),
      ]),
  );
}
