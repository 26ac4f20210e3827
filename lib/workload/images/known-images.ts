import { parseImage } from '../../private/names';
import { APPLICATION_IMAGES } from './application-images';
import { BITNAMI_IMAGES } from './bitnami-images';
import { DOCUMENT_IMAGES } from './document-images';
import type { ImageData, ImageTable } from './image-table';
import { INFRASTRUCTURE_IMAGES } from './infrastructure-images';
import { RELATIONAL_IMAGES } from './relational-images';

/** The images of which is known where they keep their data, by the end of their repository's name. */
export const KNOWN_IMAGES: ImageTable = {
  ...APPLICATION_IMAGES,
  ...BITNAMI_IMAGES,
  ...DOCUMENT_IMAGES,
  ...INFRASTRUCTURE_IMAGES,
  ...RELATIONAL_IMAGES,
};

/** One maker under several names. */
const ALIASES: { [part: string]: string } = { bitnamilegacy: 'bitnami', bitnamisecure: 'bitnami' };

/**
 * Makers whose images have the last name of a known one, and another layout: `linuxserver/mariadb` keeps its data in `/config`,
 * the Cassandra of a Kubernetes tutorial in `/cassandra_data`. Of them only what the table names in full is known.
 */
const OTHER_MAKERS = new Set([
  'bitnami',
  'centos',
  'cgr.dev',
  'chainguard',
  'cimg',
  'circleci',
  'dhi.io',
  'fluentd_elasticsearch',
  'google-containers',
  'google-samples',
  'google_containers',
  'itzg',
  'jplock',
  'kartoza',
  'khezen',
  'linuxserver',
  'openshift',
  'rapidfort',
  'sclorg',
  'tutum',
  'ubuntu',
  'wodby',
  'wurstmeister',
]);

/** What is known of an image: the table's entry with the longest name that the image's ends with. */
export function imageData(image: string): ImageData | undefined {
  const { tag = '' } = parseImage(image);
  const parts = repositoryOf(image)
    .split('/')
    .map((part) => ALIASES[part] ?? part);
  if (parts.length === 1) parts.unshift('library');
  for (let start = 0; start < parts.length; start++) {
    const name = parts.slice(start).join('/');
    if (!Object.hasOwn(KNOWN_IMAGES, name)) continue;
    if (parts.slice(0, start).some((part) => OTHER_MAKERS.has(part))) return undefined;
    const entry = KNOWN_IMAGES[name];
    return typeof entry === 'function' ? entry(tag) : entry;
  }
  return undefined;
}

/** The major of a database in a well-known image, as far as its tag says it. */
export function majorOf(image: string): number | undefined {
  const { tag } = parseImage(image);
  const version = (imageData(image)?.major ?? /^v?(\d+)/).exec(tag ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}

/** All but tag and digest: `registry/path/postgres` */
function repositoryOf(image: string): string {
  const { name } = parseImage(image);
  const reference = image.split('@', 1)[0] ?? '';
  return reference.slice(0, reference.lastIndexOf('/') + 1) + name;
}
