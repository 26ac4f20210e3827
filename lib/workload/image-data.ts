import type { k8s } from 'cdk8s-plus-27';
import type { ImageData } from './images/image-table';
import { imageData } from './images/known-images';

/** Where a container sees a volume. */
export interface SeenVolume {
  readonly path: string;

  /** `claim`: can be written and outlives the pod; `files`: a ConfigMap, a Secret …; `scratch`: an emptyDir, or only to be read. */
  readonly kind: 'claim' | 'files' | 'scratch';
}

/** What decides where an image keeps its data: itself, what it is told, and what it sees. */
export interface ImageUse {
  readonly image: string;
  readonly args?: string[];

  /** Variables; without a value, those that are only known in the cluster. */
  readonly env?: { readonly [name: string]: string | undefined };

  /** Whether there are variables of which not even the names are known. */
  readonly envFrom?: boolean;

  readonly volumes: SeenVolume[];
}

/** A container whose image does what it is made for. With another command, nothing is known of it. */
export function useOf(container: k8s.Container, volumes: SeenVolume[] = []): ImageUse | undefined {
  const { image, command, args, env = [], envFrom = [] } = container;
  if (image === undefined || command) return undefined;
  const variables = env.map(({ name, value, valueFrom }) => [name, valueFrom ? undefined : (value ?? '')]);
  return {
    image,
    ...(args && { args }),
    env: Object.fromEntries(variables) as ImageUse['env'],
    envFrom: envFrom.length > 0,
    volumes,
  };
}

/** Data that no volume holds. */
export interface LostData {
  readonly path: string;
  readonly wayOut: string;
}

/** Folders of an image in which nobody looks for its data, so that a claim there is meant for something else. */
const NOT_FOR_DATA = ['/docker-entrypoint-initdb.d', '/etc', '/run', '/tmp', '/var/log', '/var/run'];

/** Arguments by which databases are told where their data are; others name folders for other ends too, as `archive_command`. */
const TELLS_DATA = /data[-_.]?dir|dbpath|(^| )-D/i;

/**
 * The folder in which a container of this image would lose its data, as none of the volumes holds it.
 *
 * A container runtime puts a fresh folder of the node at every VOLUME that is not mounted itself. A mount above it is hidden,
 * a mistyped one missed: the database starts, works, and forgets everything with its container.
 *
 * Of an image that may run without a volume, only a claim that misses the data is a fault.
 *
 * @returns undefined where a volume holds the data, or it is not known where they are
 */
export function lostData(use: ImageUse): LostData | undefined {
  const data = imageData(use.image);
  const path = data && pathOf(data, use);
  if (!data || path === undefined) return undefined;
  const volumes = data.volumes ?? [];
  const paths = use.volumes.map((volume) => volume.path);
  if (paths.includes(innermost([...paths, ...volumes], path) ?? '')) return undefined;

  const claims = claimsOf(use);
  const astray = claims.filter((claim) => !holds(claim, path) && !holds(path, claim));
  if (astray.some((claim) => isTold(data, use, claim)) || (astray.length > 0 && mayBeMoved(data, use)))
    return undefined;
  // A database has one folder; of a site, a part may be all that matters.
  const needsAll = data.always && data.database;
  if (!needsAll && claims.some((claim) => holds(path, claim))) return undefined;
  if (!data.always && claims.every((claim) => NOT_FOR_DATA.some((folder) => holds(folder, claim)))) return undefined;
  const wayOut = volumes.some((volume) => holds(volume, path))
    ? 'the image has a VOLUME there that is lost with the container; mount the claim at the path of that VOLUME exactly'
    : `what it writes there is lost with the container; mount the claim at ${path}, or, if it is configured to keep its data ` +
      'elsewhere, an emptyDir';
  return { path, wayOut };
}

/** The path of the claim that holds the data of a container of this image. */
export function claimOfData(use: ImageUse): string | undefined {
  const data = imageData(use.image);
  const path = data && pathOf(data, use);
  if (!data || path === undefined) return undefined;
  const claims = claimsOf(use);
  const paths = use.volumes.map((volume) => volume.path);
  const holder = innermost([...paths, ...(data.volumes ?? [])], path);
  // Where the layout depends on what the tag does not say, a part of the folder is what it has.
  return claims.find((claim) => claim === holder) ?? claims.find((claim) => holds(path, claim));
}

/** Whether an image is known to keep its data at this path of a container, or below. */
export function keepsDataIn(use: ImageUse, mountPath: string): boolean {
  const data = imageData(use.image);
  const path = data && pathOf(data, use);
  return path !== undefined && holds(mountPath, path);
}

function pathOf(data: ImageData, { env = {} }: ImageUse): string | undefined {
  const variable = data.variables?.find((name) => Object.hasOwn(env, name));
  if (variable === undefined) return data.path;
  const value = env[variable];
  return value?.startsWith('/') && !value.includes(',') ? value : undefined;
}

function claimsOf({ volumes }: ImageUse): string[] {
  return volumes.flatMap(({ path, kind }) => (kind === 'claim' ? [path] : []));
}

/** Whether the container is told of a claim, by whatever its image calls the argument or variable. */
function isTold(data: ImageData, { args = [], env = {} }: ImageUse, claim: string): boolean {
  if (data.database && !TELLS_DATA.test(args.join(' '))) return false;
  return [...args, ...(data.database ? [] : Object.values(env))].some((text) => names(text ?? '', claim));
}

/** Whether somebody may have moved the data in a place that is not to be seen here. */
function mayBeMoved(data: ImageData, { args = [], envFrom, volumes }: ImageUse): boolean {
  if (envFrom && data.variables) return true;
  const files = volumes.flatMap(({ path, kind }) => (kind === 'files' ? [path] : []));
  const { configuration = [] } = data;
  return files.some(
    (file) =>
      configuration.some((path) => holds(file, path) || holds(path, file)) || args.some((text) => names(text, file)),
  );
}

function names(text: string, path: string): boolean {
  return text.split(/[\s=:,"']+/).some((word) => word.startsWith('/') && holds(path, word));
}

/** The folder that is seen at a path: of those above it, the one that is nearest. */
function innermost(folders: string[], path: string): string | undefined {
  const above = folders.filter((folder) => holds(folder, path));
  return above.sort((one, other) => clean(other).length - clean(one).length)[0];
}

function holds(mount: string, path: string): boolean {
  return `${clean(path)}/`.startsWith(`${clean(mount)}/`);
}

function clean(path: string): string {
  return path.replace(/\/+/g, '/').replace(/\/$/, '');
}
