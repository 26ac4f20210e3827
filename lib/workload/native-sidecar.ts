import type { k8s } from 'cdk8s-plus-27';

/** The containers of a pod, as its props list them. */
interface Containers {
  readonly containers: k8s.Container[];
  readonly initContainers?: k8s.Container[];
  readonly nativeSidecars?: k8s.Container[];
}

/** The classes of Kubernetes 1.27 do not know the field yet, and write it as it is. */
export function renderNativeSidecar(container: k8s.Container): k8s.Container {
  const always: k8s.Container & { readonly restartPolicy: string } = { ...container, restartPolicy: 'Always' };
  return always;
}

/** An init container that somebody wrote by hand as such a sidecar. */
function isNativeSidecar(container: k8s.Container & { readonly restartPolicy?: string }): boolean {
  return container.restartPolicy === 'Always';
}

/** The containers that run as long as their pod does, and so may listen. */
export function runningContainers({
  containers,
  initContainers = [],
  nativeSidecars = [],
}: Containers): k8s.Container[] {
  return [...new Set([...containers, ...nativeSidecars, ...initContainers.filter(isNativeSidecar)])];
}
