import { differsInLibc, knownImage, libcOf, skippedVersion } from '../images';
import type { KnownImage } from '../images';
import type { Resource } from '../model';
import { dumpAndRestore, leave } from '../ways-out';
import { containers } from './container-changes';
import { arrow, WITH_PODS } from './rule';
import type { Found, Rule } from './rule';

const POD = { kinds: WITH_PODS, needs: 'both' } as const;

/** Images of servers that are known, in containers with data. */
export const IMAGE_RULES: readonly Rule[] = [
  {
    ...POD,
    id: 'image-unreadable',
    verdict: 'cannot tell',
    find({ before, after }) {
      return imageChanges(before, after, ({ old, now, name }) => {
        // Of a server that is unknown before and after, nothing is new.
        const isUnreadable = now ? now.version.length === 0 : old !== undefined;
        if (!isUnreadable) return undefined;
        return {
          says: now
            ? 'The image says no version, so nobody can tell whether its server reads the data that is there.'
            : `Nobody can tell whether the new image reads what ${old?.engine.name ?? 'the old one'} wrote, and where it looks for it.`,
          wayOut: leave(
            `say what it holds: --engine '${after.key}/${name}=postgres:17', or the annotation cdk8s-stateful/engine: postgres:17`,
          ),
        };
      });
    },
  },
  {
    ...POD,
    id: 'image-engine',
    verdict: 'locks out',
    find({ before, after }) {
      return imageChanges(before, after, ({ old, now }) => {
        if (!old || !now || old.engine.name === now.engine.name) return undefined;
        return {
          says: `${now.engine.name} does not read what ${old.engine.name} has written, or not all of it.`,
          wayOut: [...leave('leave the image; or move the data:'), ...dumpAndRestore(`a ${now.engine.name}`)],
        };
      });
    },
  },
  {
    ...POD,
    id: 'image-vendor',
    verdict: 'strands',
    find({ before, after }) {
      return imageChanges(before, after, ({ old, now }) => {
        if (!old || old.engine.name !== now?.engine.name || old.vendor === now.vendor) return undefined;
        return {
          says: 'The two images keep their data in different folders, run as different users and know different variables: the server starts empty, or does not start.',
          wayOut: [
            ...leave('leave the image; or move the data:'),
            ...dumpAndRestore('a set with the other image', before),
          ],
        };
      });
    },
  },
  {
    ...POD,
    id: 'image-downgrade',
    verdict: 'locks out',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) => compareSeries(old, now) > 0 && now.engine.downgrade === 'refuses',
        (old) => ({
          says: `${old.engine.name} does not start on the data of a later version.`,
          wayOut: [
            ...leave('leave the version; or go back by a backup:'),
            ...dumpAndRestore('a set of the earlier version', before),
          ],
        }),
      );
    },
  },
  {
    ...POD,
    id: 'image-major',
    verdict: 'locks out',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) =>
          compareSeries(old, now) < 0 &&
          now.engine.upgrade !== 'converts' &&
          (now.engine.upgrade === 'refuses' || skippedVersion(old, now) !== undefined),
        (old, now) => ({
          says:
            old.engine.upgrade === 'refuses'
              ? `${old.engine.name} does not start on the data of an earlier major version.`
              : `${old.engine.name} must be upgraded through each version; this skips ${skippedVersion(old, now) ?? 'one'}, and the server does not start.`,
          wayOut:
            old.engine.upgrade === 'refuses'
              ? [
                  ...leave('leave the version; or move the data:'),
                  ...dumpAndRestore('a set of the later version', before),
                ]
              : leave(`apply each version in turn: ${old.engine.source}`),
        }),
      );
    },
  },
  {
    ...POD,
    id: 'image-one-way',
    verdict: 'note',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) =>
          compareSeries(old, now) < 0 &&
          now.engine.before === undefined &&
          (now.engine.upgrade === 'converts' || (now.engine.upgrade === 'each' && !skippedVersion(old, now))),
        (old) => ({
          says: `${old.engine.name} converts its data, and no earlier version reads it again: back it up first.`,
          wayOut: leave(old.engine.source),
        }),
      );
    },
  },
  {
    ...POD,
    id: 'image-precondition',
    verdict: 'cannot tell',
    find({ before, after }) {
      return seriesChanges(
        before,
        after,
        (old, now) =>
          compareSeries(old, now) < 0 && now.engine.before !== undefined && skippedVersion(old, now) === undefined,
        (old) => {
          const first = old.engine.before?.(old.version.slice(0, old.engine.series).join('.'));
          return { says: first?.says ?? '', wayOut: leave(first?.wayOut ?? '') };
        },
      );
    },
  },
  {
    ...POD,
    id: 'image-libc',
    verdict: 'strands',
    find({ before, after }) {
      return imageChanges(before, after, ({ old, now }) => {
        if (!old?.engine.sortsByLibc || old.vendor !== now?.vendor || old.engine !== now.engine) return undefined;
        if (!differsInLibc(old, now)) return undefined;
        return {
          says: `${libcOf(old)} and ${libcOf(now)} may sort text differently. Indexes on text then miss rows, without an error.`,
          wayOut: leave(
            'leave the distribution; or after the apply, in each database: REINDEX DATABASE …; ALTER DATABASE … REFRESH COLLATION VERSION',
          ),
        };
      });
    },
  },
];

interface ImageChange {
  /** The container. */
  readonly name: string;
  readonly old: KnownImage | undefined;
  readonly now: KnownImage | undefined;
}

type Said = Pick<Found, 'says' | 'wayOut'>;

/** What a rule says of each image that changes in a container with data. */
function imageChanges(before: Resource, after: Resource, say: (change: ImageChange) => Said | undefined): Found[] {
  return containers(before, after).flatMap(({ name, old, now, path }) => {
    if (old.image === undefined || now.image === undefined) return [];
    const [oldText, nowText] = [old.engine ?? old.image, now.engine ?? now.image];
    if (oldText === nowText) return [];
    const said = say({ name, old: knownImage(oldText), now: knownImage(nowText) });
    return said ? [{ change: `'${name}' ${arrow(oldText, nowText)}`, path, ...said }] : [];
  });
}

/** The same, of two versions of one engine and vendor. */
function seriesChanges(
  before: Resource,
  after: Resource,
  matters: (old: KnownImage, now: KnownImage) => boolean,
  say: (old: KnownImage, now: KnownImage) => Said,
): Found[] {
  return imageChanges(before, after, ({ old, now }) => {
    if (!old || old.engine.name !== now?.engine.name || old.vendor !== now.vendor) return undefined;
    if (old.version.length === 0 || now.version.length === 0 || !matters(old, now)) return undefined;
    return say(old, now);
  });
}

/** Below, at or above zero. A number that a tag leaves out is the latest of its series, and is taken for the same. */
function compareSeries(old: KnownImage, now: KnownImage): number {
  for (let index = 0; index < old.engine.series; index++) {
    const [one, other] = [old.version[index], now.version[index]];
    if (one === undefined || other === undefined) return 0;
    if (one !== other) return one - other;
  }
  return 0;
}
