import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, Testing, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { LinearApp } from '../../lib';
import type { LinearAppProps } from '../../lib';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'linear-app-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function newApp(props: LinearAppProps = {}): LinearApp {
  return new LinearApp({ outdir: join(folder, 'dist'), ...props });
}

function thing(scope: Construct, name: string, metadata: object = {}): ApiObject {
  return new ApiObject(scope, name, { apiVersion: 'v1', kind: 'Thing', metadata: { name, ...metadata } });
}

/** What a synthesis says that must fail, and leave nothing behind. */
function refusal(app: App): string {
  try {
    app.synth();
  } catch (error) {
    expect(readdirSync(folder)).toEqual([]);
    return (error as Error).message;
  }
  throw new Error('it was synthesized');
}

describe('like the App of cdk8s', () => {
  test('it takes the output folder of the CLI', () => {
    const before = process.env.CDK8S_OUTDIR;
    process.env.CDK8S_OUTDIR = 'somewhere';
    try {
      expect(new LinearApp().outdir).toBe('somewhere');
    } finally {
      if (before === undefined) delete process.env.CDK8S_OUTDIR;
      else process.env.CDK8S_OUTDIR = before;
    }
  });

  test('it is the app of its constructs, and renders a chart by itself', () => {
    const app = newApp();
    const chart = new Chart(app, 'shop');
    thing(chart, 'one');
    expect(App.of(chart)).toBe(app);
    expect(Testing.synth(chart)).toEqual([{ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'one' } }]);
  });

  test('it reports all failed validations, by path', () => {
    const app = newApp();
    for (const id of ['one', 'two']) {
      new Chart(app, id).node.addValidation({ validate: () => ['is wrong', 'is bad'] });
    }
    expect(refusal(app)).toBe(
      'Validation failed with the following errors:\n  [one] is wrong\n  [one] is bad\n  [two] is wrong\n  [two] is bad',
    );
  });

  test('it validates each construct once', () => {
    const app = newApp();
    const validate = jest.fn(() => []);
    for (const id of ['one', 'two', 'three']) new Chart(app, id).node.addValidation({ validate });
    app.synth();
    expect(validate).toHaveBeenCalledTimes(3);
  });

  test('it writes nothing for an output type that there is not', () => {
    const app = newApp({ yamlOutputType: 7 as never });
    new Chart(app, 'shop');
    app.synth();
    expect(readdirSync(join(folder, 'dist'))).toEqual([]);
  });

  test.each([undefined, 'true'])('CDK8S_RECORD_CONSTRUCT_METADATA=%s', (value) => {
    const before = process.env.CDK8S_RECORD_CONSTRUCT_METADATA;
    if (value) process.env.CDK8S_RECORD_CONSTRUCT_METADATA = value;
    try {
      const app = newApp();
      thing(new Chart(app, 'shop'), 'one');
      app.synth();
      const text = value && readFileSync(join(folder, 'dist/construct-metadata.json'), 'utf8');
      expect(text).toBe(value && '{"version":"1.0.0","resources":{"one":{"path":"shop/one"}}}');
    } finally {
      if (before === undefined) delete process.env.CDK8S_RECORD_CONSTRUCT_METADATA;
      else process.env.CDK8S_RECORD_CONSTRUCT_METADATA = before;
    }
  });
});

describe('a cycle is named as a whole', () => {
  test('of objects', () => {
    const app = newApp();
    const chart = new Chart(app, 'shop');
    const [one, two, three] = ['one', 'two', 'three'].map((name) => thing(chart, name)) as [
      ApiObject,
      ApiObject,
      ApiObject,
    ];
    one.addDependency(two);
    two.addDependency(three);
    three.addDependency(one);
    expect(refusal(app)).toBe('Dependency cycle detected: shop/one => shop/two => shop/three => shop/one');
    expect(() => app.synthYaml()).toThrow('Dependency cycle detected: shop/one');
  });

  test('of charts whose objects depend on each other', () => {
    const app = newApp();
    const [shop, bank] = [new Chart(app, 'shop'), new Chart(app, 'bank')];
    const [order, account] = [thing(shop, 'order'), thing(bank, 'account')];
    order.addDependency(account);
    bank.addDependency(shop);
    expect(refusal(app)).toBe('Dependency cycle detected: shop => bank => shop');
  });

  test('of objects, because of the constructs that they are in', () => {
    const app = newApp();
    const chart = new Chart(app, 'shop');
    const [web, store] = [new Construct(chart, 'web'), new Construct(chart, 'store')];
    const [page, table] = [thing(web, 'page'), thing(store, 'table')];
    page.node.addDependency(store);
    table.node.addDependency(web);
    expect(refusal(app)).toBe('Dependency cycle detected: shop/web/page => shop/store/table => shop/web/page');
  });

  test('of two objects in a construct that depends on what it is in', () => {
    const app = newApp();
    const chart = new Chart(app, 'shop');
    const web = new Construct(chart, 'web');
    thing(web, 'page');
    thing(new Construct(web, 'more'), 'logo');
    web.node.addDependency(chart);
    expect(refusal(app)).toBe('Dependency cycle detected: shop/web/page => shop/web/more/logo => shop/web/page');
  });

  // cdk8s drops such an object from the output, without a word.
  test('of one object with itself', () => {
    const app = newApp();
    const one = thing(new Chart(app, 'shop'), 'one');
    one.addDependency(one);
    expect(refusal(app)).toBe('Dependency cycle detected: shop/one => shop/one');
  });

  test('that is longer than the stack is deep', () => {
    const app = newApp();
    const chart = new Chart(app, 'shop');
    const all = Array.from({ length: 20_000 }, (_, index) => thing(chart, `n${index}`));
    all.forEach((one, index) => one.addDependency(all[(index + 1) % all.length]!));
    expect(refusal(app)).toHaveLength(
      'Dependency cycle detected: '.length +
        all.map((one) => ` => ${one.node.path}`).join('').length +
        'shop/n0'.length,
    );
  });
});

test('a dependency that reaches out of all charts is refused as by cdk8s', () => {
  const app = newApp();
  thing(new Chart(app, 'shop'), 'one').addDependency(new Construct(app, 'outside'));
  expect(refusal(app)).toBe('cannot find a parent chart (directly or indirectly)');
});

describe('objects that are one to Kubernetes', () => {
  function twins(props: LinearAppProps): LinearApp {
    const app = newApp(props);
    const [shop, bank] = [new Chart(app, 'shop'), new Chart(app, 'bank', { namespace: 'bank' })];
    thing(shop, 'one');
    thing(bank, 'one');
    thing(shop, 'two', { namespace: 'bank' });
    thing(bank, 'two');
    new ApiObject(shop, 'old', { apiVersion: 'x.io/v1', kind: 'Thing', metadata: { name: 'two', namespace: 'bank' } });
    new ApiObject(bank, 'new', { apiVersion: 'x.io/v2', kind: 'Thing', metadata: { name: 'two' } });
    return app;
  }
  const message =
    'These objects are the same to Kubernetes, and kubectl apply would keep only the last of each:\n' +
    '- Thing bank/two: shop/two, bank/two\n' +
    '- x.io Thing bank/two: shop/old, bank/new\n' +
    "Choose other names or namespaces, or, if their charts are for different clusters, leave 'uniqueObjects' off.";

  test.each(Object.values(YamlOutputType).filter((type) => typeof type === 'number'))(
    'are refused if that is asked for, output type %i',
    (yamlOutputType) => {
      expect(refusal(twins({ uniqueObjects: true, yamlOutputType }))).toBe(message);
    },
  );

  test('are refused in a text too', () => {
    expect(() => twins({ uniqueObjects: true }).synthYaml()).toThrow(new Error(message));
  });

  test('are written otherwise: clusters differ', () => {
    twins({}).synth();
    expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['.cdk8s-synth', 'bank.k8s.yaml', 'shop.k8s.yaml']);
  });

  test('are found in charts that render themselves, where objects without a name are none', () => {
    class Own extends Chart {
      public override toJson(): unknown[] {
        const named = { kind: 'Thing', metadata: { name: 'one' } };
        return [named, undefined, null, { kind: 'Thing', metadata: {} }, { kind: 'Thing', metadata: {} }];
      }
    }
    const app = newApp({ uniqueObjects: true });
    new Own(app, 'shop');
    new Own(app, 'bank');
    expect(refusal(app)).toContain('\n- Thing one: shop, bank\n');
  });
});

describe('nothing is written outside of the output folder', () => {
  test.each(['..', '../..', '/etc', '.', '-'])('a chart called %j stays inside', (id) => {
    const app = newApp();
    thing(new Chart(app, id), 'one');
    app.synth();
    expect(readdirSync(folder)).toEqual(['dist']);
    expect(readdirSync(join(folder, 'dist'))).toHaveLength(2);
  });

  test('an extension that leads out is refused', () => {
    const app = newApp({ outputFileExtension: '/../../out.yaml' });
    new Chart(app, 'shop');
    expect(refusal(app)).toBe(
      `'shop/../../out.yaml' would be written outside of the output folder '${join(folder, 'dist')}': ` +
        "give the chart or object another name, or the app another 'outputFileExtension'",
    );
  });

  test('so is a name that is the folder itself', () => {
    const app = newApp({ outputFileExtension: '', yamlOutputType: YamlOutputType.FILE_PER_RESOURCE });
    new ApiObject(new Chart(app, 'shop'), 'one', { apiVersion: 'v1', kind: '', metadata: { name: '.' } });
    expect(refusal(app)).toContain("'..' would be written outside of the output folder");
  });
});
