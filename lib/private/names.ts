import type { Duration } from 'cdk8s';
import type { Problems } from './problems';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const PORT_NAME = /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const SUB_PATH_ESCAPE = /(^|\/)\.\.(\/|$)/;

/** The longest name of a StatefulSet whose pods can start: the label `controller-revision-hash` takes 11 characters more. */
const STATEFUL_SET_NAME_MAX = 52;

export function checkDnsLabel(problems: Problems, prop: string, name: string, max = 63, why = ''): void {
  if (DNS_LABEL.test(name) && name.length <= max) return;
  problems.add(
    prop,
    `must be a DNS label of at most ${max} characters`,
    name,
    `use a-z, 0-9 and '-', beginning and ending with a letter or digit${why && `; ${why}`}`,
  );
}

export function checkStatefulSetName(problems: Problems, prop: string, name: string): void {
  checkDnsLabel(
    problems,
    prop,
    name,
    STATEFUL_SET_NAME_MAX,
    'the server accepts a longer one and then no pod ever starts',
  );
}

/** What `seed-` leaves of a DNS label. */
const SEEDED_MAX = 58;

/** The name of a volume that an init container fills. */
export function checkSeededName(problems: Problems, prop: string, name: string): void {
  if (name.length <= SEEDED_MAX) return;
  const wayOut = "the init container that fills it is called 'seed-<name>'";
  problems.add(prop, `must have at most ${SEEDED_MAX} characters with a seed`, name, wayOut);
}

/** A Service's name up to Kubernetes 1.36: it must not begin with a digit. */
export function checkServiceName(problems: Problems, prop: string, name: string): void {
  checkDnsLabel(problems, prop, name);
  if (/^[0-9]/.test(name)) {
    problems.add(
      prop,
      'must begin with a letter',
      name,
      'Kubernetes before 1.37 refuses such a Service; put a letter first',
    );
  }
}

export function checkDnsSubdomain(problems: Problems, prop: string, name: string): void {
  if (DNS_SUBDOMAIN.test(name) && name.length <= 253) return;
  problems.add(
    prop,
    'must be a DNS subdomain of at most 253 characters',
    name,
    "use a-z, 0-9, '-' and '.', each part beginning and ending with a letter or digit",
  );
}

export function checkPortName(problems: Problems, prop: string, name: string): void {
  if (PORT_NAME.test(name) && name.length <= 15) return;
  problems.add(
    prop,
    'must be a port name of at most 15 characters',
    name,
    "use a-z, 0-9 and single '-' inside, with at least one letter",
  );
}

export function checkPort(problems: Problems, prop: string, port: number): void {
  checkInteger(problems, prop, port, 1, 65535, 'that is the range of TCP and UDP ports');
}

export function checkInteger(
  problems: Problems,
  prop: string,
  value: number,
  min: number,
  max: number,
  wayOut: string,
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const range = max === Infinity ? `at least ${min}` : `from ${min} to ${max}`;
  problems.add(prop, `must be a whole number ${range}`, value, wayOut);
}

/** Kubernetes counts seconds; cdk8s says nothing of the prop when it cannot convert. */
export function checkSeconds(problems: Problems, prop: string, duration: Duration, min: number, wayOut: string): void {
  checkInteger(problems, prop, duration.toMilliseconds() / 1000, min, 2147483647, wayOut);
}

/** A set on an old API server is stored with broken labels in its template; then no pod is ever made. */
export function checkLabels(problems: Problems, prop: string, labels: { [key: string]: string } = {}): void {
  for (const [key, value] of Object.entries(labels)) {
    checkQualifiedName(problems, prop, key);
    if (value.length > 63 || !LABEL_VALUE.test(value)) {
      problems.add(
        `${prop}['${key}']`,
        'must be a label value of at most 63 characters',
        value,
        "use A-Z, a-z, 0-9, '-', '_' and '.', beginning and ending with a letter or digit",
      );
    }
  }
}

/** Their values are anything. */
export function checkAnnotations(problems: Problems, prop: string, annotations: { [key: string]: string } = {}): void {
  for (const key of Object.keys(annotations)) checkQualifiedName(problems, prop, key);
}

function checkQualifiedName(problems: Problems, prop: string, key: string): void {
  const parts = key.split('/');
  const name = parts.pop() ?? '';
  const prefix = parts[0];
  const goodPrefix = prefix === undefined || (parts.length === 1 && DNS_SUBDOMAIN.test(prefix) && prefix.length <= 253);
  if (goodPrefix && name !== '' && name.length <= 63 && LABEL_VALUE.test(name)) return;
  problems.add(
    prop,
    'must have keys of the form [prefix/]name',
    key,
    "the name has at most 63 of A-Z a-z 0-9 '-' '_' '.'",
  );
}

/** What is no key may be the secret itself, in the wrong place: it is not shown. */
export function checkSecretKey(problems: Problems, prop: string, key: string): void {
  if (/^[-._a-zA-Z0-9]{1,253}$/.test(key) && key !== '.' && !key.startsWith('..')) return;
  problems.add(
    prop,
    'must be the name of a key in the Secret',
    `${key.length} characters that are none`,
    "use A-Z, a-z, 0-9, '-', '_' and '.'; the secret itself is never written here",
  );
}

export function checkOneOf(problems: Problems, prop: string, value: string, values: string[], wayOut: string): void {
  if (values.includes(value)) return;
  const names = values.map((one) => `'${one}'`).join(', ');
  problems.add(prop, `must be one of ${names}`, value, wayOut);
}

export function checkMountPath(problems: Problems, prop: string, path: string): void {
  if (!path.startsWith('/') || /^\/+$/.test(path) || path.includes(':') || SUB_PATH_ESCAPE.test(path)) {
    problems.add(prop, "must be an absolute path below '/', without ':' and '..'", path, "write it as '/var/lib/data'");
  }
}

export function checkSubPath(problems: Problems, prop: string, path: string): void {
  if (path === '' || path.startsWith('/') || SUB_PATH_ESCAPE.test(path)) {
    problems.add(prop, "must be a relative path inside the volume, without '..'", path, "write it as 'modules'");
  }
}

/** What an image reference says: `registry/path/postgres:17.11-bookworm@sha256:…` */
export interface ImageReference {
  /** The last part of the path: `postgres`. A mirror usually keeps it. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

export function parseImage(image: string): ImageReference {
  const [reference, digest] = image.split('@', 2) as [string, string?];
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  const name = colon < 0 ? last : last.slice(0, colon);
  const tag = colon < 0 ? undefined : last.slice(colon + 1);
  return { name, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

export function checkImage(problems: Problems, prop: string, image: string): void {
  const { name, tag, digest } = parseImage(image);
  const wellFormed = /^[a-z0-9]/.test(name) && !/\s/.test(image) && tag !== '';
  const pinned = digest === undefined ? tag !== undefined && tag !== 'latest' : DIGEST.test(digest);
  if (wellFormed && pinned) return;
  problems.add(
    prop,
    "must name a tag other than 'latest', or a digest",
    image,
    'otherwise a pod that moves to another node may start another version on the same data; pin it, as in postgres:17.11-bookworm',
  );
}

/** Says which values stand more than once. */
export function checkUnique(problems: Problems, prop: string, values: string[], what: string, wayOut: string): void {
  for (const value of new Set(values.filter((one, index) => values.indexOf(one) !== index))) {
    problems.add(prop, `must not have two ${what}`, value, wayOut);
  }
}
