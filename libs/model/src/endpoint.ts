/** A cloud on which VMs may be started. */
export interface CloudEndpoint {
  readonly name: string;
  /** Driver: a folder of libs/cloud-endpoints. */
  readonly kind: string;
  readonly site: string;
  readonly enabled: boolean;
  readonly maxVms: number;
  readonly maxProcessors: number;
  /** Driver settings, checked by the driver's own schema; never a secret. */
  readonly settings: Readonly<Record<string, unknown>>;
}
