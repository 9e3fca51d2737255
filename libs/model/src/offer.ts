// What a node has free, as its pilot says it; the VO comes from the VM's verified identity.

export interface Resources {
  readonly processors: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly gpus: number;
}

export interface Offer {
  readonly vo: string;
  readonly site: string;
  readonly endpoint: string;
  readonly profile: string;
  /** Most specific first; a job that names one of them fits. */
  readonly platforms: readonly string[];
  readonly tags: readonly string[];
  /** Only jobs that ask for every one of these may run here. */
  readonly requiredTags: readonly string[];
  /** Empty: any job type. */
  readonly jobTypes: readonly string[];
  /** Empty: any owner (generic pilot). Otherwise a private pilot's owners. */
  readonly owners: readonly string[];
  /** Empty: any group of the VO. */
  readonly groups: readonly string[];
  readonly total: Resources;
  readonly free: Resources;
  /** No attempt is open on the node. */
  readonly empty: boolean;
  /** Seconds until the VM's end of life. */
  readonly timeLeftS: number;
}

/** Why an offer doesn't suit a need: the criterion's name and one readable sentence. */
export interface Mismatch {
  readonly criterion: string;
  readonly reason: string;
}
