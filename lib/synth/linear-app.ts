import { join } from 'node:path';
import { App, Chart, Names, YamlOutputType } from 'cdk8s';
import type { AppProps } from 'cdk8s';
import { ASKED_FOLDER, checkDataLock, checkOutput, NOTE } from './output-check';
import type { DataLock, OutputFile } from './output-check';
import { OutputFolder } from './output-folder';
import { SynthOrder } from './synth-order';
import { UniqueObjects } from './unique-objects';
import { toYaml } from './yaml-emitter';

/** Props of {@link LinearApp}: those of cdk8s' App, and more. */
export interface LinearAppProps extends AppProps {
  /**
   * Refuses two objects of one group, kind, namespace and name, also if they are of different charts: `kubectl apply` of all
   * output keeps only the last of them. To be left off if charts are for different clusters.
   *
   * @default false
   */
  readonly uniqueObjects?: boolean;
  /**
   * Refuses output that would lose, strand or lock out data when it is applied, or of which nobody can tell: the output is compared with what was accepted
   * before, in a lock file. The output folder then stays as it was. `npx cdk8s-stateful accept --app 'node main.js'` accepts a change that is meant.
   *
   * `cdk8s synth` empties the folder before it runs the program. To keep it, run the program by itself.
   *
   * @default nothing is compared
   * @see docs/data-guard.md
   */
  readonly dataLock?: DataLock;
}

/**
 * An App that writes what cdk8s' own App writes, byte for byte, in a time that is linear in the size of the app, whatever
 * depends on whatever in it. `import { LinearApp as App } from 'cdk8s-stateful'` is all that changes in a program.
 *
 * The output folder changes only if everything could be written. A file is replaced as a whole, and only if its content is
 * another one. What an earlier `synth()` of this program wrote and this one does not is removed. Nothing else is: not what was
 * put there by hand, nor what apps write that have folders inside this one. The account of it is the file `.cdk8s-synth`, which
 * `kubectl apply -f` does not read; without it nothing is removed.
 *
 * A chart that overrides `toJson()` and calls `super.toJson()` in it is still rendered by cdk8s, in a time of its own.
 *
 * `synth()` and `synthYaml()` throw if a validation fails, if dependencies form a cycle (with the paths of all that is on it),
 * also of a construct with itself, and `synth()` if a file cannot be written or would lie outside of the output folder. With a `dataLock` both throw if the
 * next apply would touch data; the message says what, and how to accept it.
 *
 * @example
 * const app = new LinearApp();
 * new Chart(app, 'shop');
 * app.synth();
 */
export class LinearApp extends App {
  private readonly recordsMetadata: boolean;
  private readonly uniqueObjects: boolean;
  private readonly dataLock: DataLock | undefined;
  private readonly writer = Symbol();
  private synthesized = false;

  public constructor(props: LinearAppProps = {}) {
    super(props);
    if (props.dataLock) checkDataLock(props.dataLock);
    this.dataLock = props.dataLock;
    this.recordsMetadata = props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
    this.uniqueObjects = props.uniqueObjects ?? false;
  }

  /** All charts of this app, each after those that it depends on. */
  public override get charts(): Chart[] {
    return new SynthOrder(this, this.synthesized).charts;
  }

  /** Writes all manifests to the output folder; if it throws, the folder is as it was. */
  public override synth(): void {
    const order = this.validOrder();
    const asked = this.askedFolder();
    const folder = new OutputFolder(asked ?? this.outdir, this.writer);
    try {
      const files = this.write(order, folder);
      if (asked !== undefined) folder.add(NOTE, this.note());
      else if (this.dataLock) checkOutput({ lock: this.dataLock, files, outdir: this.outdir });
      folder.commit();
    } finally {
      folder.close();
    }
  }

  /** All objects of all charts as one YAML text. */
  public override synthYaml(): string {
    const order = this.validOrder();
    const unique = new UniqueObjects(this.uniqueObjects);
    const text = stringify(documentsOf(order.charts, order, unique));
    unique.check();
    const asked = this.askedFolder();
    if (asked !== undefined) this.handOver(asked, text);
    else if (this.dataLock) checkOutput({ lock: this.dataLock, files: [{ name: 'synthYaml()', text }] });
    return text;
  }

  /** Where the command wants the output, if it has run this program. */
  private askedFolder(): string | undefined {
    const root = process.env[ASKED_FOLDER];
    return this.dataLock && root ? join(root, this.dataLock.scope ?? 'default') : undefined;
  }

  private note(): string {
    return JSON.stringify(this.dataLock);
  }

  /** A program may print its output and write none. */
  private handOver(asked: string, text: string): void {
    const folder = new OutputFolder(asked, Symbol());
    try {
      folder.add('synth-yaml.yaml', text);
      folder.add(NOTE, this.note());
      folder.commit();
    } finally {
      folder.close();
    }
  }

  private validOrder(): SynthOrder {
    const errors = this.node.findAll().flatMap(({ node }) => node.validate().map((error) => `[${node.path}] ${error}`));
    if (errors.length > 0) throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
    const order = new SynthOrder(this, true);
    this.synthesized = true;
    return order;
  }

  /** Returns the manifests; of several with one name, the last is in the folder. */
  private write(order: SynthOrder, folder: OutputFolder): OutputFile[] {
    const texts = new Map<string, string>();
    const add = (name: string, text: string): void => {
      folder.add(name, text);
      if (this.dataLock) texts.set(name, text);
    };
    const { charts } = order;
    const { outputFileExtension: extension } = this;
    const unique = new UniqueObjects(this.uniqueObjects);
    switch (this.yamlOutputType) {
      case YamlOutputType.FILE_PER_APP:
        if (charts.length > 0) add(`app${extension}`, stringify(documentsOf(charts, order, unique)));
        break;
      case YamlOutputType.FILE_PER_CHART:
        charts.forEach((chart, index) => {
          add(nameOfChart(chart, index, order) + extension, stringify(documentsOf([chart], order, unique)));
        });
        break;
      case YamlOutputType.FILE_PER_RESOURCE:
        for (const document of documentsOf(charts, order, unique)) {
          if (document !== undefined) add(nameOfObject(document) + extension, stringify([document]));
        }
        break;
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        charts.forEach((chart, index) => {
          const inner = nameOfChart(chart, index, order);
          folder.addFolder(inner);
          for (const object of order.objectsOf(chart)) {
            const document: unknown = object.toJson();
            unique.add(document, object.node.path);
            add(join(inner, nameOfObject(object) + extension), stringify([document]));
          }
        });
        break;
    }
    unique.check();
    if (this.recordsMetadata) folder.add('construct-metadata.json', metadataOf(order));
    return [...texts].map(([name, text]) => ({ name, text }));
  }
}

/** An API object or what it was rendered to; what a chart renders by itself may be anything. */
interface Named {
  readonly kind: string;
  readonly metadata: { readonly name?: string };
}

function* documentsOf(charts: Chart[], order: SynthOrder, unique: UniqueObjects): Generator<Named | undefined> {
  for (const chart of charts) {
    if (rendersItself(chart)) {
      for (const document of Object.values(chart.toJson()) as Named[]) {
        unique.add(document, chart.node.path);
        yield document;
      }
    } else {
      for (const object of order.objectsOf(chart)) {
        const document = object.toJson() as Named;
        unique.add(document, object.node.path);
        yield document;
      }
    }
  }
}

function rendersItself(chart: Chart): boolean {
  return chart.toJson !== Chart.prototype.toJson;
}

function stringify(documents: Iterable<unknown>): string {
  return Array.from(documents, toYaml).join('---\n');
}

function nameOfChart(chart: Chart, index: number, order: SynthOrder): string {
  const name = Names.toDnsLabel(chart);
  return order.hasDependentCharts ? `${String(index).padStart(4, '0')}-${name}` : name;
}

function nameOfObject({ kind, metadata }: Named): string {
  return `${kind}.${metadata.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}

function metadataOf(order: SynthOrder): string {
  const resources: { [name: string]: { path: string } } = {};
  for (const chart of order.charts) {
    for (const { name, node } of order.objectsOf(chart)) resources[name] = { path: node.path };
  }
  return JSON.stringify({ version: '1.0.0', resources });
}
