import type { Facts, Resource } from '../model';

export function replicasOf({ replicas = '1' }: Facts): number {
  return Number(replicas);
}

export function startOf({ ordinalsStart = '0' }: Facts): number {
  return Number(ordinalsStart);
}

export function membersOf(facts: Facts): number[] {
  return Array.from({ length: replicasOf(facts) }, (_, index) => startOf(facts) + index);
}

export function claimsOf(set: Resource, members: number[]): string[] {
  return Object.keys(set.facts.templates ?? {}).flatMap((template) =>
    members.map((member) => `${template}-${set.name}-${member}`),
  );
}

/** Names for a sentence. */
export function list(names: string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
