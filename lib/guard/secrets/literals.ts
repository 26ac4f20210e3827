import type { Path } from '../reader';
import { promisedBy } from './names';
import type { Language } from './pairs';
import { languageOf, secretsOfText } from './texts';
import { isLiteral, isPlaceholder } from './values';

/** A place in an object where a secret stands in clear. It has names only: no value, nothing that is made of one. */
export interface Literal {
  readonly path: Path;
  /** The place in words: `spec.containers[db].env[DB_PASSWORD]`. */
  readonly field: string;
  /** What it is, where the field alone does not say it. */
  readonly kind?: string;
  /** The line of a text, where it has several. */
  readonly line?: number;
}

interface Map {
  readonly [key: string]: unknown;
}

/** Where a value stands. */
interface Where {
  readonly path: Path;
  readonly field: string;
  /** The nearest key around it. */
  readonly key: string;
  readonly language: Language;
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Keys below which nothing is somebody's literal: what servers write, and names that select. */
const PASSED_OVER = new Set([
  'labels',
  'managedFields',
  'matchLabels',
  'nodeSelector',
  'ownerReferences',
  'selector',
  'status',
]);

/** Kinds whose fields name secrets and hold none, by the fields. */
const REFERRING: { readonly [kind: string]: readonly string[] } = {
  CustomResourceDefinition: ['spec'],
  ExternalSecret: ['data', 'dataFrom', 'secretStoreRef'],
  ClusterExternalSecret: ['data', 'dataFrom', 'secretStoreRef'],
  PushSecret: ['data', 'secretStoreRefs', 'selector'],
  SealedSecret: ['encryptedData'],
};

/** All secrets that stand in clear in an object. */
export function literalsIn(value: unknown): Literal[] {
  return [...walk(value, { path: [], field: '', key: '', language: 'data' }, referringOf(value), isSops(value))];
}

function referringOf(value: unknown): readonly string[] {
  const kind = isMap(value) && typeof value.kind === 'string' ? value.kind : '';
  return Object.hasOwn(REFERRING, kind) ? (REFERRING[kind] ?? []) : [];
}

function* walk(value: unknown, where: Where, referring: readonly string[], sops: boolean): Generator<Literal> {
  if (typeof value === 'string' || typeof value === 'number') {
    yield* leaf(String(value), where, sops);
  } else if (Array.isArray(value)) {
    yield* list(value, where, referring, sops);
  } else if (isMap(value)) {
    const isSecret = where.path.length === 0 && value.kind === 'Secret' && value.apiVersion === 'v1';
    const isConfigMap = where.path.length === 0 && value.kind === 'ConfigMap';
    for (const [key, inner] of Object.entries(value)) {
      if (PASSED_OVER.has(key) || referring.includes(key) || (sops && where.path.length === 0 && key === 'sops'))
        continue;
      const below = child(where, key);
      if (isSecret && (key === 'data' || key === 'stringData')) yield* secretData(inner, below, key === 'data', sops);
      else if (isConfigMap && key === 'binaryData') yield* binaryData(inner, below);
      else if (key === LAST_APPLIED && typeof inner === 'string') yield* lastApplied(inner, below);
      else if (key === 'value' && typeof value.name === 'string')
        yield* walk(inner, { ...below, field: where.field, key: value.name }, referring, sops);
      else yield* walk(inner, below, referring, sops);
    }
  }
}

/** A text, by the name that it has and by what it holds. */
function* leaf(text: string, { path, field, key, language }: Where, sops: boolean): Generator<Literal> {
  if (text === '' || (sops && isEncrypted(text))) return;
  const promised = text.includes('\n') ? undefined : promisedBy(key);
  if (promised && isLiteral(text, promised)) {
    yield { path, field };
    return;
  }
  yield* inText(text, { path, field, key, language });
}

function* inText(text: string, { path, field, key, language }: Where): Generator<Literal> {
  const isFile = text.includes('\n');
  for (const { name, line } of secretsOfText(text, languageOf(key, text) ?? language)) {
    yield { path, field, kind: name, ...(isFile && { line }) };
  }
}

/** Arguments, where an option may have its value in the next one; or objects by their names. */
function* list(
  items: readonly unknown[],
  where: Where,
  referring: readonly string[],
  sops: boolean,
): Generator<Literal> {
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const name = isMap(item) && typeof item.name === 'string' && /^[\w.-]{1,80}$/.test(item.name) ? item.name : index;
    const below = { ...child(where, name), key: where.key, field: `${where.field}[${name}]` };
    if (typeof item !== 'string') {
      yield* walk(item, below, referring, sops);
      continue;
    }
    const [, option, value] = /^--?([A-Za-z][\w.-]{0,99})(?:=([^]*))?$/.exec(item) ?? [];
    const promised = option === undefined ? undefined : promisedBy(option);
    const next = items[index + 1];
    if (promised && value !== undefined) {
      if (isLiteral(value, promised)) yield { path: below.path, field: below.field, kind: promised };
    } else if (promised && typeof next === 'string' && !next.startsWith('-')) {
      index++;
      const after = { ...child(where, index), field: `${where.field}[${index}]` };
      if (isLiteral(next, promised)) yield { path: after.path, field: after.field, kind: promised };
    } else {
      yield* inText(item, { ...below, key: '', language: 'shell' });
    }
  }
}

/** Of a Secret, all that is written out; but not what anybody may know, as a certificate. */
function* secretData(data: unknown, where: Where, encoded: boolean, sops: boolean): Generator<Literal> {
  if (!isMap(data)) return;
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const written = String(value);
    if (sops && isEncrypted(written)) continue;
    const text = encoded && !isPlaceholder(written) ? Buffer.from(written, 'base64').toString('latin1') : written;
    if (text !== '' && !isBlank(text) && !isPublic(text))
      yield { path: [...where.path, key], field: child(where, key).field };
  }
}

/** A value of bytes is one, whatever its bytes are. */
function isBlank(text: string): boolean {
  return /^[\x20-\x7e\s]*$/.test(text) && isPlaceholder(text);
}

function isPublic(text: string): boolean {
  return (
    /^\s*-----BEGIN (?:TRUSTED )?(?:CERTIFICATE|PUBLIC KEY|X509 CRL)-----/.test(text) && !text.includes('PRIVATE KEY')
  );
}

function* binaryData(data: unknown, where: Where): Generator<Literal> {
  for (const [key, value] of Object.entries(isMap(data) ? data : {})) {
    if (typeof value !== 'string') continue;
    yield* inText(Buffer.from(value, 'base64').toString('latin1'), child(where, key));
  }
}

/** The object as it was applied by `kubectl apply`, of whoever exports it from a cluster. */
function* lastApplied(text: string, where: Where): Generator<Literal> {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch {
    yield* inText(text, where);
    return;
  }
  for (const { field, kind } of literalsIn(object)) {
    yield { path: where.path, field: `${where.field}.${field}`, ...(kind !== undefined && { kind }) };
  }
}

/** Encrypted by SOPS: a document with its `sops` map, and values that it alone can read. */
function isSops(value: unknown): boolean {
  return isMap(value) && isMap(value.sops) && typeof value.sops.mac === 'string' && isEncrypted(value.sops.mac);
}

function isEncrypted(text: string): boolean {
  return /^ENC\[AES256_GCM,data:[^\]]*\]$/.test(text);
}

function child(where: Where, key: string | number): Where {
  const path = [...where.path, key];
  if (typeof key === 'number') return { ...where, path };
  // A key is anybody's text.
  const name = key.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 120);
  const field = /^[\w-]+$/.test(name)
    ? `${where.field === '' ? '' : `${where.field}.`}${name}`
    : `${where.field}[${name}]`;
  return { ...where, path, field, key };
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
