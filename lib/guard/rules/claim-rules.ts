import type { Resource } from '../model';
import { kubectl, word } from '../shell';
import { handOver, keep, leave, rescue, dumpAndRestore } from '../ways-out';
import { arrow, isPruned, WITH_PODS } from './rule';
import type { Context, Rule } from './rule';
import { compareSizes } from './set-rules';

const CLAIM = { kinds: ['PersistentVolumeClaim'] } as const;

/** What uses the claim, of one of the states. */
function users(claim: Resource, state: Context['before']): Resource[] {
  return [...state.values()].filter(
    ({ kind, namespace, facts }) =>
      (WITH_PODS as readonly string[]).includes(kind) &&
      namespace === claim.namespace &&
      Object.values(facts.pod?.volumes ?? {}).includes(`claim ${claim.name}`),
  );
}

export const CLAIM_RULES: readonly Rule[] = [
  {
    ...CLAIM,
    id: 'claim-moved',
    verdict: 'strands',
    needs: 'both',
    find({ before, after }, context) {
      if (before.key === after.key) return [];
      const { namespace, name } = before;
      const pruned = isPruned(before, context);
      return [
        {
          verdict: pruned ? 'loses' : 'strands',
          change: arrow(`${namespace || '(none)'}/${name}`, `${after.namespace || '(none)'}/${after.name}`),
          says: pruned
            ? `A new, empty claim is made, and the old one is deleted once its pod is gone: with its volume, if the class says Delete.`
            : `A new, empty claim is made. The data stays in '${name}', which nothing uses.`,
          wayOut: [
            ...leave(`keep the name and namespace; or hand the volume over:`),
            ...handOver({
              from: { namespace, claim: name },
              to: { namespace: after.namespace, claim: after.name },
              users: users(before, context.before),
            }),
          ],
          path: ['metadata', before.name === after.name ? 'namespace' : 'name'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-removed',
    verdict: 'loses',
    needs: 'before',
    find({ before }, context) {
      if (!isPruned(before, context)) {
        return [{ verdict: 'note', change: 'gone from the YAML', says: 'Nothing removes it: the claim stays.' }];
      }
      const using = users(before, context.after);
      const use = using.map(({ kind, name }) => `${kind} '${name}'`);
      return [
        {
          change: 'gone from the YAML',
          says:
            use.length > 0
              ? `It is deleted. ${use.join(', ')} still uses it, so it is Terminating until a pod restarts; then the volume is deleted if the class says Delete.`
              : 'It is deleted, and with it the volume if the class says Delete.',
          wayOut: [
            ...leave('put it back before the apply; or keep its volume first:'),
            ...keep(before.namespace, before.name),
            ...(using.length === 0
              ? []
              : [
                  ...leave('after the apply, while a pod still runs:'),
                  ...rescue(before.namespace, before.name, using),
                ]),
          ],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-is-hook',
    verdict: 'loses',
    needs: 'after',
    find({ before, after }, { deployer, known }) {
      const { hook } = after.facts;
      if (
        hook === undefined ||
        (known && (deployer === 'kubectl' || deployer === 'flux')) ||
        before.facts.hook === hook
      )
        return [];
      const deletes = !hook.includes(';') || hook.includes('before-hook-creation') || hook.includes('hook-succeeded');
      if (!deletes) return [];
      return [
        {
          change: `helm.sh/hook ${arrow(before.facts.hook, hook)}`,
          says: 'Helm deletes a hook before it makes it again, or after it succeeded: the claim and its volume go with an upgrade.',
          wayOut: leave(
            'take the annotation helm.sh/hook off; helm.sh/resource-policy: keep keeps a claim that is no hook',
          ),
          path: ['metadata', 'annotations', 'helm.sh/hook'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-unkept',
    verdict: 'unprotects',
    needs: 'both',
    find({ before, after }) {
      return Object.entries(before.facts.kept ?? {})
        .filter(([deployer]) => after.facts.kept?.[deployer] === undefined)
        .map(([, why]) => ({
          change: arrow(why, undefined),
          says: 'The claim was kept when it is gone from the YAML, or when its release is uninstalled. From this apply on it is deleted then.',
          wayOut: leave(`leave ${why}`),
          path: ['metadata', 'annotations'],
        }));
    },
  },
  {
    ...CLAIM,
    id: 'claim-shrunk',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.claim?.size, after.facts.claim?.size];
      if (before.key !== after.key || compareSizes(old, now) <= 0) return [];
      return [
        {
          change: arrow(old, now),
          says: 'The server refuses it: a claim cannot shrink. No data is touched.',
          wayOut: [...leave(`keep ${old ?? ''}; or move the data:`), ...dumpAndRestore('a smaller claim')],
          path: ['spec', 'resources', 'requests', 'storage'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-cannot-grow',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }, context) {
      const [old, now] = [before.facts.claim, after.facts.claim];
      if (before.key !== after.key || compareSizes(old?.size, now?.size) >= 0 || now?.class === undefined) return [];
      const found = context.after.get(`StorageClass//${now.class}`) ?? context.before.get(`StorageClass//${now.class}`);
      if (!found || found.facts.expansion === 'true') return [];
      return [
        {
          change: arrow(old?.size, now.size),
          says: `The server refuses it: class '${now.class}' does not allow its volumes to grow. No data is touched.`,
          wayOut: leave(`set allowVolumeExpansion: true in the class and apply it first, if the driver can`),
          path: ['spec', 'resources', 'requests', 'storage'],
        },
      ];
    },
  },
  {
    ...CLAIM,
    id: 'claim-spec',
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key) return [];
      const [old = {}, now = {}] = [before.facts.claim, after.facts.claim];
      const fields = (['class', 'modes', 'volumeMode', 'volume', 'source', 'selector'] as const).filter(
        (field) => old[field] !== now[field],
      );
      if (fields.length === 0) return [];
      const change = fields.map((field) => `${field}: ${arrow(old[field], now[field])}`).join(', ');
      // What was left out, the server filled in: the default class, the volume that was found.
      if (fields.every((field) => old[field] === undefined && (field === 'class' || field === 'volume'))) {
        return [
          {
            verdict: 'note',
            change,
            says: 'It is accepted if it is what the claim has by now, and else refused. No data is touched.',
            path: ['spec'],
          },
        ];
      }
      return [
        {
          change,
          says: 'The server refuses it: these fields of a claim cannot change. No data is touched.',
          wayOut: leave(
            'undo it; or make a second claim with the new fields, under another name, and copy the content',
          ),
          path: ['spec'],
        },
      ];
    },
  },
];

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
      if (!isPruned(before, context))
        return [{ verdict: 'note', change: 'gone from the YAML', says: 'Nothing removes it: the volume stays.' }];
      const deletes = before.facts.reclaimPolicy === 'Delete';
      return [
        {
          verdict: deletes ? 'loses' : 'strands',
          change: 'gone from the YAML',
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
          change: 'gone from the YAML',
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
      const parameters = [
        ...new Set([...Object.keys(old.parameters ?? {}), ...Object.keys(now.parameters ?? {})]),
      ].filter((name) => old.parameters?.[name] !== now.parameters?.[name]);
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
          change: 'gone from the YAML',
          says: 'Volumes that exist stay. They can no longer grow, and new claims of this class wait for ever.',
          wayOut: leave('put it back'),
        },
      ];
    },
  },
  {
    id: 'service-headless',
    kinds: ['Service'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      if (before.key !== after.key || before.facts.headless === after.facts.headless) return [];
      if (!after.facts.headless) {
        return [
          {
            verdict: 'note',
            change: 'clusterIP: None → (none)',
            says: 'The server keeps it headless: a Service that exists gets no address, and is refused if the YAML names one.',
            path: ['spec'],
          },
        ];
      }
      return [
        {
          change: 'clusterIP: an address → None',
          says: 'The server refuses it. No data is touched, and clients keep the old Service.',
          wayOut: [
            kubectl(after.namespace, `delete service ${word(after.name)}`),
            '# then apply as always: clients are cut off in between',
          ],
          path: ['spec', 'clusterIP'],
        },
      ];
    },
  },
  {
    id: 'deployment-selector',
    kinds: ['Deployment', 'DaemonSet', 'ReplicaSet'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const holdsData = Object.values(before.facts.pod?.volumes ?? {}).some((source) => source.startsWith('claim '));
      if (before.key !== after.key || before.facts.selector === after.facts.selector || !holdsData) return [];
      const kind = after.kind.toLowerCase();
      return [
        {
          change: arrow(before.facts.selector, after.facts.selector),
          says: `The server refuses it. A ${after.kind} that is deleted and made again would run beside its old pods, on the same claim.`,
          wayOut: [
            // In the foreground, kubectl waits until its pods are gone.
            kubectl(after.namespace, `delete ${kind} ${word(after.name)} --cascade=foreground`),
            '# then apply as always',
          ],
          path: ['spec', 'selector'],
        },
      ];
    },
  },
  {
    id: 'pod-immutable',
    kinds: ['Pod'],
    verdict: 'refused',
    needs: 'both',
    find({ before, after }) {
      const [old, now] = [before.facts.pod?.volumes ?? {}, after.facts.pod?.volumes ?? {}];
      const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
        (name) => old[name] !== now[name],
      );
      if (before.key !== after.key || changed.length === 0) return [];
      return [
        {
          change: changed.map((name) => `${name}: ${arrow(old[name], now[name])}`).join(', '),
          says: 'The server refuses other volumes of a Pod that exists. No data is touched.',
          wayOut: [kubectl(after.namespace, `delete pod ${word(after.name)}`), '# then apply as always'],
          path: ['spec', 'volumes'],
        },
      ];
    },
  },
];
