import { ENGINES } from './engines';
import type { Engine } from './engines';

/** An image's reference, taken apart. */
export interface ImageName {
  /** All before tag and digest: `docker.io/library/postgres`. */
  readonly repository: string;
  readonly tag: string;
  /** Whether a digest alone says the version. */
  readonly digest: boolean;
}

export function parseImage(image: string): ImageName {
  const [reference = '', digest] = image.split('@', 2);
  const colon = reference.indexOf(':', reference.lastIndexOf('/') + 1);
  return {
    repository: colon < 0 ? reference : reference.slice(0, colon),
    tag: colon < 0 ? '' : reference.slice(colon + 1),
    digest: digest !== undefined,
  };
}

/** An image of a known server, with what its tag says. */
export interface KnownImage {
  readonly engine: Engine;
  readonly name: ImageName;
  /** Who built it, as far as the layout of its files depends on it. */
  readonly vendor: 'bitnami' | 'official';
  /** The numbers of the version, or none if the tag says none. */
  readonly version: readonly number[];
  /** The C library or the release of a distribution, as far as the tag says it. */
  readonly libc?: string;
}

export function knownImage(image: string): KnownImage | undefined {
  const name = parseImage(image);
  const parts = name.repository.split('/');
  const last = parts.at(-1) ?? '';
  const engine = ENGINES.find(({ images }) => images.test(last));
  if (!engine) return undefined;
  const named = engine.namedVersion?.exec(last);
  const version = (named ?? engine.version?.exec(name.tag) ?? /^v?(\d+(?:\.\d+)*)/.exec(name.tag))?.[1] ?? '';
  const libc = /(?:^|[-\d.])(alpine|buster|bullseye|bookworm|trixie|ubi\d+|debian-\d+|photon-\d+)/.exec(
    named ? `${last}-${name.tag}` : name.tag,
  )?.[1];
  return {
    engine,
    name,
    vendor: parts.some((part) => part.startsWith('bitnami')) ? 'bitnami' : 'official',
    version: version.split('.').filter(Boolean).map(Number),
    ...(libc !== undefined && { libc }),
  };
}

/** The official image of PostgreSQL, and those that are made of it, are a Debian when their tag does not say what they are. */
const DEBIAN = /^(?:postgres|postgis|pgvector)$/;
/** This one is Alpine. */
const ALPINE = /^timescaledb$/;

const UNNAMED = 'an unnamed distribution';

/** Whether two images have another C library, as far as their names say it: `postgres:17` is a Debian, though nobody knows which. */
export function differsInLibc(old: KnownImage, now: KnownImage): boolean {
  const [one, other] = [libcOf(old), libcOf(now)];
  if (one === other) return false;
  const isUnknown = [one, other].some((libc) => libc === 'debian' || libc === UNNAMED);
  return !isUnknown || [one, other].includes('alpine');
}

export function libcOf({ libc, vendor, name }: KnownImage): string {
  if (libc !== undefined) return libc;
  if (vendor !== 'official') return UNNAMED;
  if (ALPINE.test(lastPart(name))) return 'alpine';
  return DEBIAN.test(lastPart(name)) ? 'debian' : UNNAMED;
}

/** Where an image that follows the official one keeps its data when no setting says it. */
export function layoutOf({
  engine,
  name,
  vendor,
  version,
}: KnownImage): { data: string; declared: string } | undefined {
  const [major] = version;
  if (vendor !== 'official' || major === undefined || !engine.layout?.images.test(lastPart(name))) return undefined;
  return engine.layout.of(major);
}

function lastPart({ repository }: ImageName): string {
  return repository.split('/').at(-1) ?? '';
}

/** The version that an upgrade leaves out, where each must be passed. */
export function skippedVersion({ engine, version: old }: KnownImage, { version: now }: KnownImage): string | undefined {
  const [major = 0, minor = 0] = old;
  const [nextMajor = 0, nextMinor = 0] = now;
  const place = (version: readonly number[]): number => engine.steps?.indexOf(version.slice(0, 2).join('.')) ?? -1;
  if (place(old) >= 0 && place(now) >= 0)
    return place(now) - place(old) > 1 ? engine.steps?.[place(old) + 1] : undefined;
  if (nextMajor - major > 1) return String(major + 1);
  const last = engine.lastMinors?.[major];
  if (nextMajor > major && last !== undefined && old.length > 1 && minor < last) return `${major}.${last}`;
  if (nextMajor === major && engine.eachMinor && nextMinor - minor > 1) return `${major}.${minor + 1}`;
  return undefined;
}

/**
 * Whether a version, or an image of the same repository, comes after another within one first number: `9.3.2` and `9.4.3`. Of
 * an unknown server nothing else can be said.
 */
export function isLaterInSeries(old: string, now: string): boolean {
  const [one, other] = [versionOf(old), versionOf(now)];
  if (one.repository !== other.repository || one.numbers.length === 0) return false;
  if (one.numbers[0] !== other.numbers[0]) return false;
  const length = Math.max(one.numbers.length, other.numbers.length);
  for (let index = 1; index < length; index++) {
    const difference = (other.numbers[index] ?? 0) - (one.numbers[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** `9.3.2`, `v23.1`, `quay.io/minio/minio:RELEASE.2025-03-12T18-04-18Z`. A digest or a word has no numbers. */
function versionOf(text: string): { readonly repository: string; readonly numbers: readonly number[] } {
  const isImage = /[/:@]/.test(text);
  const { repository, tag } = isImage ? parseImage(text) : { repository: '', tag: text };
  const numbers = /^(?:v|RELEASE\.)?(\d+(?:[.-]\d+)*)/.exec(tag)?.[1] ?? '';
  return { repository, numbers: numbers.split(/[.-]/).filter(Boolean).map(Number) };
}
