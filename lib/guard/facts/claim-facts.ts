import { canonical } from '../../units/quantity';
import type { ClaimFacts } from '../model';
import { compact, emptyToNothing, sorted, unless } from '../reader';
import type { Reader } from '../reader';

/** A claim, or a template of one, of its `spec`. */
export function claimFacts(claim: Reader): ClaimFacts {
  const spec = claim.get('spec');
  const size = spec.get('resources', 'requests', 'storage').text();
  return compact({
    size: size === undefined ? undefined : canonical(size),
    class: className(claim, spec),
    modes: modesOf(spec),
    volumeMode: unless('Filesystem', spec.get('volumeMode').text()),
    volume: spec.get('volumeName').text(),
    source: sourceOf(spec.get('dataSource')) ?? sourceOf(spec.get('dataSourceRef')),
    selector: selectorText(spec.get('selector')),
  });
}

/** A template, of which the server refuses even a change of a label. */
export function templateFacts(template: Reader): ClaimFacts {
  const labels = template.get('metadata', 'labels').texts() ?? {};
  const annotations = template.get('metadata', 'annotations').texts() ?? {};
  const metadata = emptyToNothing(sorted({ ...labels, ...annotations }));
  return compact({ ...claimFacts(template), metadata });
}

/** The class by its field, or by the annotation that came before it. Without either it is the cluster's default. */
function className(claim: Reader, spec: Reader): string | undefined {
  return (
    spec.get('storageClassName').text() ??
    claim.get('metadata', 'annotations', 'volume.beta.kubernetes.io/storage-class').text()
  );
}

export function modesOf(spec: Reader): string | undefined {
  const modes = spec
    .get('accessModes')
    .list()
    .map((mode) => mode.text() ?? '');
  return modes.length === 0 ? undefined : [...new Set(modes)].sort().join(', ');
}

function sourceOf(source: Reader): string | undefined {
  return source.has() ? `${source.get('kind').text() ?? ''} ${source.get('name').text() ?? ''}` : undefined;
}

/** `app=postgresql, tier in (db)` */
export function selectorText(selector: Reader): string | undefined {
  const labels = Object.entries(selector.get('matchLabels').texts() ?? {}).map(([name, value]) => `${name}=${value}`);
  const expressions = selector
    .get('matchExpressions')
    .list()
    .map((expression) => {
      const values = expression
        .get('values')
        .list()
        .map((value) => value.text() ?? '')
        .sort();
      const operator = (expression.get('operator').text() ?? '').toLowerCase();
      return [expression.get('key').text(), operator, values.length > 0 ? `(${values.join(', ')})` : '']
        .join(' ')
        .trim();
    });
  const all = [...labels, ...expressions].sort();
  return all.length === 0 ? undefined : all.join(', ');
}
