import { readDocuments } from './documents';
import type { YamlDocument } from './documents';
import { factsOf, isKubernetes } from './facts/facts-of';
import type { Facts, Finding, Problem, Resource, State, Texts } from './model';
import { Reader } from './reader';
import { exposedBy } from './secrets/secret-gate';

/** A text to read, and what it is called in messages. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

export interface ReadOptions {
  /** The namespace of objects that name none, as `-n` says it to kubectl and helm. */
  readonly namespace?: string;
  /** What images hold that do not say it: by `key`, or `key/container`. */
  readonly engines?: Texts;
  /** Whether secrets that stand in clear are looked for. */
  readonly secrets?: boolean;
}

/** What was read, with what could not be. */
export interface Read {
  readonly state: State;
  readonly problems: readonly Problem[];
  /** All documents, also those that have no part in data. */
  readonly documents: number;
  /** Secrets that stand in clear, if they were looked for. */
  readonly exposed: readonly Finding[];
}

/** Of an object that no rule reads. */
const NO_FACTS: Facts = {};

function isForRules({ facts }: Resource): boolean {
  return facts !== NO_FACTS;
}

/** Kinds that are in no namespace, of those that the guard reads. */
const CLUSTER_WIDE = new Set([
  'CustomResourceDefinition',
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'VolumeSnapshotClass',
  'VolumeSnapshotContent',
]);

/** Reads manifests. An object that stands twice counts as its last one, as for kubectl. */
export function readState(sources: readonly Source[], options: ReadOptions = {}): Read {
  const problems: Problem[] = [];
  const resources = new Map<string, Resource>();
  const beside = new Map<string, Resource>();
  const exposed: Finding[] = [];
  let documents = 0;
  for (const { file, text } of sources) {
    for (const document of readDocuments(text, file, problems)) {
      for (const object of objectsOf(document)) {
        documents++;
        const resource = resourceOf(object, options, problems);
        if (options.secrets) exposed.push(...secretsOf(object, resource));
        if (resource) (isForRules(resource) ? resources : beside).set(resource.key, resource);
      }
    }
  }
  return { state: { resources, beside }, problems, documents, exposed };
}

/** Of every object that was read, also of one that the server will name and of one that a later one replaces. */
function secretsOf({ value, document, path }: ObjectInDocument, resource: Resource | undefined): Finding[] {
  if (!isRecord(value)) return [];
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const key = resource?.key ?? `${String(value.kind)}//${String(metadata.generateName ?? metadata.name)}`;
  const finding = exposedBy(value, key, (inner) => document.place([...path, ...inner]));
  return finding ? [finding] : [];
}

interface ObjectInDocument {
  readonly value: unknown;
  readonly document: YamlDocument;
  readonly path: readonly (string | number)[];
}

/** The objects of a document: itself, or the items of a list. */
function* objectsOf(document: YamlDocument): Generator<ObjectInDocument> {
  const { value } = document;
  const kind = isRecord(value) ? value.kind : undefined;
  if (isRecord(value) && typeof kind === 'string' && kind.endsWith('List') && Array.isArray(value.items)) {
    for (const [index, item] of value.items.entries()) yield { value: item, document, path: ['items', index] };
  } else {
    yield { value, document, path: [] };
  }
}

function resourceOf(object: ObjectInDocument, options: ReadOptions, problems: Problem[]): Resource | undefined {
  const { document, path } = object;
  const at = (inner: readonly (string | number)[] = []) => document.place([...path, ...inner]);
  const reader = new Reader(object.value, (where, text) => problems.push({ ...at(where), text }));
  if (!isRecord(object.value)) {
    problems.push({ ...at(), text: 'is no object of Kubernetes: it must be a map with apiVersion and kind' });
    return undefined;
  }
  const before = problems.length;
  const apiVersion = reader.get('apiVersion').text();
  const kind = reader.get('kind').text();
  const name = reader.get('metadata', 'name').text();
  const namespaceText = reader.get('metadata', 'namespace').text();
  if (problems.length > before) return undefined;
  if (apiVersion === undefined || kind === undefined) {
    problems.push({
      ...at(),
      text: `is no object of Kubernetes: it has no ${apiVersion === undefined ? 'apiVersion' : 'kind'}`,
    });
    return undefined;
  }
  if (name === undefined) {
    if (!reader.get('metadata', 'generateName').has()) problems.push({ ...at(), text: `${kind} has no metadata.name` });
    return undefined;
  }
  const group = apiVersion.includes('/') ? (apiVersion.split('/', 1)[0] ?? '') : '';
  const namespace = CLUSTER_WIDE.has(kind) ? '' : (namespaceText ?? options.namespace ?? '');
  const key = `${isKubernetes(group) ? kind : `${kind}.${group}`}/${namespace}/${name}`;
  const facts = factsOf(kind, group, reader, enginesOf(key, options.engines)) ?? NO_FACTS;
  const values = kind === 'Secret' ? { values: secretValues(object.value) } : {};
  // What is wrong in it was complained of above, as far as it matters.
  const quiet = new Reader(object.value, () => undefined);
  const ofGroup = isKubernetes(group) ? '' : group;
  return { key, kind, group: ofGroup, namespace, name, facts, at, ...values, object: quiet };
}

/** What `--engine` says of the containers of an object. */
function enginesOf(key: string, engines: Texts = {}): Texts {
  const found: Texts = {};
  for (const [name, engine] of Object.entries(engines)) {
    if (name === key) found[''] = engine;
    else if (name.startsWith(`${key}/`)) found[name.slice(key.length + 1)] = engine;
  }
  return found;
}

/** The values of a Secret in one form, whether they are written as text or encoded. */
function secretValues(value: { [key: string]: unknown }): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [key, encoded] of Object.entries(isRecord(value.data) ? value.data : {})) {
    values.set(key, Buffer.from(String(encoded), 'base64').toString('latin1'));
  }
  for (const [key, text] of Object.entries(isRecord(value.stringData) ? value.stringData : {})) {
    values.set(key, Buffer.from(String(text)).toString('latin1'));
  }
  return values;
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
