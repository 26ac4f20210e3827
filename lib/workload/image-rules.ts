import type { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';
import { checkMajorOfTag, checkMedium } from './database-image-rules';
import { claimOfData, lostData, useOf } from './image-data';
import type { ImageUse, SeenVolume } from './image-data';
import { imageData, majorOf } from './images/known-images';
import { mountsOf, normalPath } from './pod-spec';
import type { ClaimedVolume, PodSource } from './pod-spec';

/** What holds for containers of well-known images: that a volume holds their data, and what databases ask of it. */
export function checkImages(
  problems: Problems,
  pods: PodSource,
  claimed: ClaimedVolume[],
  checked: Map<k8s.Container, string>,
): void {
  for (const container of [...(pods.initContainers ?? []), ...pods.containers]) {
    const prop = checked.get(container);
    const use = useOf(container, volumesSeenBy(container, pods, claimed));
    if (prop === undefined || !use) continue;
    const lost = lostData(use);
    if (lost) {
      const paths = mountsOf(container, pods, claimed).map(({ mountPath }) => normalPath(mountPath));
      const rule = `must hold ${lost.path}, where ${use.image} keeps its data`;
      problems.add(`${container.name}.volumeMounts`, rule, paths, lost.wayOut);
    }
    checkDatabase(problems, prop, container, use, pods, claimed);
  }
  checkSameMajor(problems, pods, claimed);
}

function checkDatabase(
  problems: Problems,
  prop: string,
  container: k8s.Container,
  use: ImageUse,
  pods: PodSource,
  claimed: ClaimedVolume[],
): void {
  const family = imageData(use.image)?.database;
  const path = claimOfData(use);
  if (!family || path === undefined) return;
  checkMajorOfTag(problems, `${prop}.image`, use.image);
  const held = mountsOf(container, pods, claimed).find(({ mountPath }) => normalPath(mountPath) === path);
  const volume = claimed.find(({ name }) => name === held?.name);
  if (volume?.storage) checkMedium(problems, volume.storage, family.name);
}

/** A server would not start on what an init container of another major has made, or what is worse, half. */
function checkSameMajor(problems: Problems, pods: PodSource, claimed: ClaimedVolume[]): void {
  const further = (pods.volumes ?? []).filter((volume) => kindOf(volume) === 'claim');
  const claims = new Set([...claimed, ...further].map(({ name }) => name));
  const seen = [...pods.containers, ...(pods.initContainers ?? [])].flatMap((container) => {
    const { image = '' } = container;
    const family = imageData(image)?.database;
    const major = majorOf(image);
    if (!family || major === undefined) return [];
    const folders = mountsOf(container, pods, claimed)
      .filter(({ name, readOnly }) => claims.has(name) && !readOnly)
      .map(({ name, subPath = '' }) => `${name}/${subPath}`);
    return [{ container, image, family, major, folders }];
  });
  seen.forEach((one, index) => {
    const other = seen
      .slice(0, index)
      .find(({ family, folders }) => family === one.family && folders.some((folder) => one.folders.includes(folder)));
    if (!other || other.major === one.major) return;
    problems.add(
      `${one.container.name}.image`,
      `must be of the major of '${other.container.name}', ${other.image}, which writes to the same claim`,
      one.image,
      `${one.family.name} of one major cannot use the data of another; give both the same, or upgrade by dump and restore`,
    );
  });
}

function volumesSeenBy(container: k8s.Container, pods: PodSource, claimed: ClaimedVolume[]): SeenVolume[] {
  const kinds = new Map<string, SeenVolume['kind']>([
    ...claimed.map(({ name }) => [name, 'claim'] as const),
    ...(pods.volumes ?? []).map((volume) => [volume.name, kindOf(volume)] as const),
  ]);
  return mountsOf(container, pods, claimed).map(({ name, mountPath, readOnly }) => {
    const kind = kinds.get(name) ?? 'scratch';
    return { path: normalPath(mountPath), kind: kind === 'claim' && readOnly ? 'scratch' : kind };
  });
}

function kindOf(volume: k8s.Volume): SeenVolume['kind'] {
  if (volume.persistentVolumeClaim ?? volume.ephemeral ?? volume.nfs) return 'claim';
  const { configMap, secret, projected, downwardApi, csi } = volume;
  return (configMap ?? secret ?? projected ?? downwardApi ?? csi) ? 'files' : 'scratch';
}
