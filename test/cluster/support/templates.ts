import type { Manifest } from '../../support/manifests';
import { podOf } from '../../support/manifests';

/** The pod that a controller would make of an object's template, alone: a server of 1.27 looks at no template itself. */
export function templateAsPod(manifest: Manifest): object[] {
  const pod = podOf(manifest);
  if (!pod) return [];
  const { spec, labels } = pod;
  const set = (manifest as { spec?: { volumeClaimTemplates?: { metadata: { name: string } }[] } }).spec;
  // As the controller does: a volume for each claim template.
  const claims = (set?.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  const volumes = [...((spec.volumes as object[] | undefined) ?? []), ...claims];
  // What the pod refers to is not there yet; nothing but these two is looked up.
  const { priorityClassName: _, ...rest } = spec as typeof spec & { priorityClassName?: string };
  const whole = { ...rest, volumes, serviceAccountName: 'default' };
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'template', labels }, spec: whole }];
}
