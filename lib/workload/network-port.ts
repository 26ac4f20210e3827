import { Protocol } from 'cdk8s-plus-27';
import type { k8s } from 'cdk8s-plus-27';
import type { Problems } from '../private/problems';

/**
 * A port that pods listen on.
 */
export interface NetworkPort {
  /** Number of the port, 1 to 65535. */
  readonly port: number;

  /**
   * Protocol that is spoken on it.
   *
   * @default Protocol.TCP
   */
  readonly protocol?: Protocol;
}

/** The ports that containers declare, each once; of init containers those that run on beside the others. */
export function declaredPorts(containers: k8s.Container[]): Required<NetworkPort>[] {
  const ports = containers
    .flatMap((container) => container.ports ?? [])
    .map(({ containerPort, protocol }) => ({
      port: containerPort,
      protocol: Protocol[(protocol ?? 'TCP') as keyof typeof Protocol],
    }));
  return [...new Map(ports.map((one) => [portText(one), one])).values()];
}

/** `5432`, `53/UDP` */
export function portText({ port, protocol = Protocol.TCP }: NetworkPort): string {
  return protocol === Protocol.TCP ? String(port) : `${port}/${protocol}`;
}

/** `5432, 53/UDP` */
export function portsText(ports: NetworkPort[]): string {
  return ports.map(portText).join(', ');
}

/** What of the declared ports has these numbers, under whichever protocol. */
export function portsOfNumbers(declared: NetworkPort[], numbers: number[]): NetworkPort[] {
  return numbers.flatMap((number) => declared.filter(({ port }) => port === number));
}

/** Refuses a port on which no container listens: nobody would hear of it until a client waits. */
export function checkDeclared(problems: Problems, prop: string, declared: NetworkPort[], ports: number[] = []): void {
  for (const number of ports) {
    if (declared.some(({ port }) => port === number)) continue;
    const wayOut = `they declare ${portsText(declared) || 'none'}; name one of these, or add it to 'ports' of its container`;
    problems.add(prop, 'must name ports of the containers', number, wayOut);
  }
}
