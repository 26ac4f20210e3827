/** Finds objects that Kubernetes takes for one. */
export class UniqueObjects {
  private readonly paths = new Map<string, string[]>();

  /** @param enabled whether they are looked for at all */
  public constructor(private readonly enabled: boolean) {}

  /**
   * @param document as it is written
   * @param path of the construct that it is of
   */
  public add(document: unknown, path: string): void {
    if (!this.enabled) return;
    const { apiVersion, kind, metadata } = (document ?? {}) as {
      readonly apiVersion?: string;
      readonly kind?: string;
      readonly metadata?: { readonly name?: string; readonly namespace?: string };
    };
    // The server makes up a name, a new one each time.
    if (metadata?.name === undefined) return;
    // An object has all versions of its group.
    const group = apiVersion?.includes('/') ? `${apiVersion.split('/')[0]} ` : '';
    const namespace = metadata.namespace === undefined ? '' : `${metadata.namespace}/`;
    const identity = `${group}${kind} ${namespace}${metadata.name}`;
    const others = this.paths.get(identity);
    if (others) others.push(path);
    else this.paths.set(identity, [path]);
  }

  /** @throws if there were any, with all of them */
  public check(): void {
    const twice = [...this.paths].filter(([, paths]) => paths.length > 1);
    if (twice.length === 0) return;
    const lines = twice.map(([identity, paths]) => `- ${identity}: ${paths.join(', ')}`);
    throw new Error(
      `These objects are the same to Kubernetes, and kubectl apply would keep only the last of each:\n${lines.join('\n')}\n` +
        "Choose other names or namespaces, or, if their charts are for different clusters, leave 'uniqueObjects' off.",
    );
  }
}
