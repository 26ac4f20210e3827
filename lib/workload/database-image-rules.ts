import type { k8s } from 'cdk8s-plus-27';
import { parseImage } from '../private/names';
import type { Problems } from '../private/problems';
import { StorageMedium } from '../storage/storage-medium';
import { useOf } from './image-data';
import type { DatabaseFamily } from './images/image-table';
import { imageData } from './images/known-images';
import type { KnownStorage } from './pod-spec';

/*
 * What holds for a database, whether it is a StatefulDatabase or a container of a well-known image.
 */

/** @param server what fails on such a volume */
export function checkMedium(problems: Problems, { medium, prop, value }: KnownStorage, server: string): void {
  if (medium !== StorageMedium.SMB && medium !== StorageMedium.OBJECT) return;
  problems.add(
    prop,
    'must not be a share over SMB nor an object store',
    value,
    `its files have no owner, mode and locks of their own, and ${server} fails on it; take a class of disks`,
  );
}

/** @param server what does not replicate by itself, e.g. `the engine postgresql` */
export function checkAlone(
  problems: Problems,
  server: string,
  replicas: number | undefined,
  wayOut = 'use 1, or an operator that sets replication up',
): void {
  if ((replicas ?? 1) <= 1) return;
  problems.add(
    'replicas',
    `must be 1 with ${server}`,
    replicas,
    `it does not replicate by itself: these would be unrelated databases behind one name, each with some of the rows; ${wayOut}`,
  );
}

/** The same for each container of a well-known database, unless its arguments or variables set replication up. */
export function checkAloneImages(
  problems: Problems,
  containers: k8s.Container[],
  replicas: number | undefined,
  wayOut?: string,
): void {
  for (const container of containers) {
    const use = useOf(container);
    const family = use && imageData(use.image)?.database;
    if (!family || replicationIsSetUp(container, family)) continue;
    checkAlone(problems, `the image ${use.image}`, replicas, wayOut);
  }
}

function replicationIsSetUp({ args = [], env = [] }: k8s.Container, family: DatabaseFamily): boolean {
  return [...args, ...env.map(({ name }) => name)].some((text) => family.replication.test(text));
}

/** Parts of a tag that name what is below a server, and not its version: `bookworm` has no digit, `alpine3.24` has. */
const BASE = /^(alpine|debian|el|focal|jammy|noble|ol|oraclelinux|rhel|ubi|ubuntu)[\d.]*$/;

/** A tag such as `lts` or `bookworm` moves on to the next major, as `latest` does. */
export function checkMajorOfTag(problems: Problems, prop: string, image: string): void {
  const { tag, digest } = parseImage(image);
  const family = imageData(image)?.database;
  // `latest` and nothing are refused for every image.
  if (!family || tag === undefined || tag === '' || tag === 'latest' || digest !== undefined) return;
  if (tag.split('-').some((part) => /\d/.test(part) && !BASE.test(part))) return;
  problems.add(
    prop,
    'must have a tag that names the version',
    image,
    `a pod that moves to another node may start another major, and ${family.name} of one major cannot use the data of another; ` +
      `pin it, as in ${EXAMPLES[family.name] ?? image}`,
  );
}

const EXAMPLES: { [family: string]: string } = {
  MariaDB: 'mariadb:11.8.8',
  MongoDB: 'mongo:8.0.29',
  MySQL: 'mysql:8.4.9',
  PostgreSQL: 'postgres:17.11-bookworm',
};
