import type { Alert } from '../alert';
import { Selection, whileSeen, withLabels } from '../selection';
import type { SeriesLabels } from '../selection';
import type { WatchedClaim } from '../watched';

const BY = 'by (namespace, persistentvolumeclaim)';
const CLAIM = '{{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }}';
const GROW = 'Make room, or grow the volume as docs/claim-templates.md says, before the server stops.';

/** Of the claims of databases. */
export function volumeRules(claims: readonly WatchedClaim[], common: SeriesLabels): Alert[] {
  return [
    ...Selection.all('persistentvolumeclaim', claims, common).flatMap(fullness),
    ...tooSmall(claims, common),
    ...unwatched(claims, common),
  ];
}

function fullness(selection: Selection): Alert[] {
  const available = selection.series('kubelet_volume_stats_available_bytes');
  const free = `${available} / ${selection.series('kubelet_volume_stats_capacity_bytes')}`;
  const inodes = `${selection.series('kubelet_volume_stats_inodes_free')} / ${selection.series('kubelet_volume_stats_inodes')}`;
  return [
    {
      // What was not there six hours ago has no trend: a restore fills a new volume fast, and then stops. So half of it must be full as well.
      alert: 'DatabaseVolumeFullSoon',
      expr: `min ${BY} (
  predict_linear(${available}[6h], 4 * 86400)
  and ${available} offset 6h
  and ${free} < 0.5
) < 0`,
      summary: `The volume ${CLAIM} is full within four days`,
      description: `It has been filling for six hours at a rate that uses up what is free. ${GROW}`,
    },
    {
      alert: 'DatabaseVolumeNearlyFull',
      expr: `min ${BY} (${free}) < 0.1`,
      summary: `Only {{ $value | humanizePercentage }} of the volume ${CLAIM} are free`,
      description: `A database whose volume is full stops, and may not start again. ${GROW}`,
    },
    {
      alert: 'DatabaseVolumeInodesLow',
      // A file system that has no fixed number of them says 0.
      expr: `min ${BY} (${inodes}) < 0.1`,
      summary: `Only {{ $value | humanizePercentage }} of the inodes of the volume ${CLAIM} are free`,
      description:
        'Without inodes no file can be made, however much space there is. Look for a folder of very many files.',
    },
  ];
}

function tooSmall(claims: readonly WatchedClaim[], common: SeriesLabels): Alert[] {
  const known = claims.filter((claim) => claim.bytes !== undefined);
  return Selection.alike('persistentvolumeclaim', known, (claim) => claim.bytes, common).map(([bytes, selection]) => {
    const requested = selection.series('kube_persistentvolumeclaim_resource_requests_storage_bytes');
    return {
      alert: 'DatabaseVolumeTooSmall',
      expr: `max ${BY} (${requested}) < ${bytes}`,
      summary: `The claim ${CLAIM} asks for less than was declared`,
      description:
        'It has {{ $value | humanize1024 }}B. Kubernetes does not grow the claims of a StatefulSet when its template changes: ' +
        'run what volumeGrowthProcedure prints.',
    };
  });
}

function unwatched(claims: readonly WatchedClaim[], common: SeriesLabels): Alert[] {
  const named = claims.flatMap(({ namespace, names }) => names.map((name) => ({ namespace, name })));
  // Of CloudNativePG only the pattern is known.
  const patterns = claims.filter(({ names }) => names.length === 0);
  const metric = 'kubelet_volume_stats_available_bytes';
  const absent = [...named, ...patterns].flatMap((thing) =>
    Selection.each('persistentvolumeclaim', [thing], common).map((one) => {
      const series = `absent(${one.series(metric)})`;
      return named.includes(thing) ? series : withLabels(series, { persistentvolumeclaim: thing.name });
    }),
  );
  if (absent.length === 0) return [];
  return [
    {
      alert: 'DatabaseVolumeUnwatched',
      expr: whileSeen(absent, metric, common),
      summary: `Nothing is known of the volume ${CLAIM}`,
      description:
        'No running pod uses it, or its driver does not tell how full it is. It would fill up unnoticed. ' +
        'If the driver never tells, omit this alert, and watch the volume in another way.',
    },
  ];
}
