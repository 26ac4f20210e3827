import { join } from 'node:path';
import { App, Chart, Names, YamlOutputType } from 'cdk8s';
import type { AppProps } from 'cdk8s';
import { OutputFolder } from './output-folder';
import { SynthOrder } from './synth-order';
import { UniqueObjects } from './unique-objects';
import { toYaml } from './yaml-emitter';

/** Props of {@link LinearApp}: those of cdk8s' App, and one more. */
export interface LinearAppProps extends AppProps {
  /**
   * Refuses two objects of one group, kind, namespace and name, also if they are of different charts: `kubectl apply` of all
   * output keeps only the last of them. To be left off if charts are for different clusters.
   *
   * @default false
   */
  readonly uniqueObjects?: boolean;
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
 * also of a construct with itself, and `synth()` if a file cannot be written or would lie outside of the output folder.
 *
 * @example
 * const app = new LinearApp();
 * new Chart(app, 'shop');
 * app.synth();
 */
export class LinearApp extends App {
  private readonly recordsMetadata: boolean;
  private readonly uniqueObjects: boolean;
  private readonly writer = Symbol();
  private synthesized = false;

  public constructor(props: LinearAppProps = {}) {
    super(props);
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
    const folder = new OutputFolder(this.outdir, this.writer);
    try {
      this.write(order, folder);
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
    return text;
  }

  private validOrder(): SynthOrder {
    const errors = this.node.findAll().flatMap(({ node }) => node.validate().map((error) => `[${node.path}] ${error}`));
    if (errors.length > 0) throw new Error(`Validation failed with the following errors:\n  ${errors.join('\n  ')}`);
    const order = new SynthOrder(this, true);
    this.synthesized = true;
    return order;
  }

  private write(order: SynthOrder, folder: OutputFolder): void {
    const { charts } = order;
    const { outputFileExtension: extension } = this;
    const unique = new UniqueObjects(this.uniqueObjects);
    switch (this.yamlOutputType) {
      case YamlOutputType.FILE_PER_APP:
        if (charts.length > 0) folder.add(`app${extension}`, stringify(documentsOf(charts, order, unique)));
        break;
      case YamlOutputType.FILE_PER_CHART:
        charts.forEach((chart, index) => {
          folder.add(nameOfChart(chart, index, order) + extension, stringify(documentsOf([chart], order, unique)));
        });
        break;
      case YamlOutputType.FILE_PER_RESOURCE:
        for (const document of documentsOf(charts, order, unique)) {
          if (document !== undefined) folder.add(nameOfObject(document) + extension, stringify([document]));
        }
        break;
      case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
        charts.forEach((chart, index) => {
          const inner = nameOfChart(chart, index, order);
          folder.addFolder(inner);
          for (const object of order.objectsOf(chart)) {
            const document: unknown = object.toJson();
            unique.add(document, object.node.path);
            folder.add(join(inner, nameOfObject(object) + extension), stringify([document]));
          }
        });
        break;
    }
    unique.check();
    if (this.recordsMetadata) folder.add('construct-metadata.json', metadataOf(order));
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
