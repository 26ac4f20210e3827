/**
 * A pod of a StatefulSet, by what stays the same through all its lives.
 */
export class StatefulSetPod {
  /** Name of the pod and its host name: `mongo-0`. */
  public readonly podName: string;

  /** The name that other pods reach it by: `mongo-0.mongo-service`, with the namespace behind it where it is known. */
  public readonly dnsName: string;

  /**
   * @param podName name of the pod
   * @param serviceDnsName DNS name of the headless Service
   */
  public constructor(podName: string, serviceDnsName: string) {
    this.podName = podName;
    this.dnsName = `${podName}.${serviceDnsName}`;
  }

  /**
   * Name of the pod's claim from a claim template.
   *
   * @param templateName name of the template
   */
  public claimName(templateName: string): string {
    return `${templateName}-${this.podName}`;
  }
}
