import { word } from '../shell';
import { leave } from '../ways-out';
import { arrow, GONE, isPruned, namesOf, stays } from './rule';
import type { Rule } from './rule';

/** Volumes, their snapshots and their classes. */
export const VOLUME_RULES: readonly Rule[] = [
  {
    id: 'volume-reclaim-armed',
    kinds: ['PersistentVolume'],
    verdict: 'unprotects',
    needs: 'both',
    find({ before, after }) {
      if (
        before.key !== after.key ||
        before.facts.reclaimPolicy !== undefined ||
        after.facts.reclaimPolicy !== 'Delete'
      )
        return [];
      return [
        {
          change: 'persistentVolumeReclaimPolicy Retain → Delete',
          says: 'From this apply on, deleting the claim deletes the volume and its data.',
          wayOut: leave('leave it at Retain'),
          path: ['spec', 'persistentVolumeReclaimPolicy'],
        },
      ];
    },
  },
  {
    id: 'volume-claim-ref',
    kinds: ['PersistentVolume'],
    verdict: 'strands',
    needs: 'both',
    find({ before, after }) {
      if (
        before.key !== after.key ||
        before.facts.claimRef === undefined ||
        before.facts.claimRef === after.facts.claimRef
      )
        return [];
      // Seen on 1.27 and 1.37: the reference keeps its uid, so the controller takes the volume for released.
      const deletes = after.facts.reclaimPolicy === 'Delete';
      return [
        {
          verdict: deletes ? 'loses' : 'strands',
          change: `claimRef ${arrow(before.facts.claimRef, after.facts.claimRef)}`,
          says: deletes
            ? 'The server accepts it, and the volume is released from its bound claim: as its reclaim policy is Delete, it is deleted at once, with pods that still use it.'
            : "The server accepts it, and the volume is no longer the bound claim's, until a controller gives it back: in between another claim can take it, with the data in it.",
          wayOut: leave(
            'leave claimRef; to hand the volume over, delete the old claim first, with the volume at Retain',
          ),
          path: ['spec', 'claimRef'],
        },
      ];
    },
  },
  {
    id: 'volume-source',
    kinds: ['PersistentVolume'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.claim?.source, after.facts.claim?.source];
      if (before.key !== after.key || old === now) return [];
      return [
        {
          change: arrow(old, now),
          says: 'The server refuses another source of a PersistentVolume. No data is touched.',
          wayOut: leave('make a second PersistentVolume, of another name, and a claim that names it'),
          path: ['spec'],
        },
      ];
    },
  },
  {
    id: 'volume-removed',
    kinds: ['PersistentVolume'],
    verdict: 'strands',
    needs: 'before',
    find({ before }, context) {
      if (!isPruned(before, context)) return stays('Nothing removes it: the volume stays.');
      const deletes = before.facts.reclaimPolicy === 'Delete';
      return [
        {
          verdict: deletes ? 'loses' : 'strands',
          change: GONE,
          says: deletes
            ? 'It is deleted once no claim is bound to it, and its storage with it.'
            : 'It is deleted once no claim is bound to it. The storage behind it stays, and nothing in the cluster knows it.',
          wayOut: leave('put it back; or make it again later with the same source'),
        },
      ];
    },
  },
  {
    id: 'snapshot-removed',
    kinds: ['VolumeSnapshot', 'VolumeSnapshotContent'],
    verdict: 'loses',
    needs: 'before',
    find({ before }, context) {
      if (!isPruned(before, context) || before.facts.reclaimPolicy === 'Retain') return [];
      return [
        {
          change: GONE,
          says: 'The snapshot is deleted, and its content in the storage as well unless its class says Retain.',
          wayOut: leave('put it back'),
        },
      ];
    },
  },
  {
    id: 'class-immutable',
    kinds: ['StorageClass'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key) return [];
      const [old, now] = [before.facts, after.facts];
      const fields = (['provisioner', 'reclaimPolicy', 'bindingMode'] as const).filter(
        (field) => old[field] !== now[field],
      );
      const parameters = namesOf(old.parameters, now.parameters).filter(
        (name) => old.parameters?.[name] !== now.parameters?.[name],
      );
      const change = [
        ...fields.map((field) => `${field}: ${arrow(old[field], now[field])}`),
        ...parameters.map((name) => `${name}: ${arrow(old.parameters?.[name], now.parameters?.[name])}`),
      ];
      if (change.length === 0) return [];
      return [
        {
          change: change.join(', '),
          says: 'The server refuses it: a class cannot change, and volumes that exist never follow their class. What stands after it in the same file is applied.',
          wayOut: [
            `kubectl delete storageclass ${word(after.name)}`,
            '# then apply as always; no claim or volume is touched, and new ones follow the new class',
          ],
          path: [fields.length > 0 ? 'provisioner' : 'parameters'],
        },
      ];
    },
  },
  {
    id: 'class-expansion-off',
    kinds: ['StorageClass'],
    verdict: 'unprotects',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key || before.facts.expansion !== 'true' || after.facts.expansion === 'true') return [];
      return [
        {
          change: 'allowVolumeExpansion true → false',
          says: 'From this apply on, no volume of this class can grow when it is full.',
          wayOut: leave('leave allowVolumeExpansion: true'),
          path: ['allowVolumeExpansion'],
        },
      ];
    },
  },
  {
    id: 'class-removed',
    kinds: ['StorageClass'],
    verdict: 'unprotects',
    needs: 'before',
    find({ before }, context) {
      if (!isPruned(before, context)) return [];
      return [
        {
          change: GONE,
          says: 'Volumes that exist stay. They can no longer grow, and new claims of this class wait for ever.',
          wayOut: leave('put it back'),
        },
      ];
    },
  },
];
