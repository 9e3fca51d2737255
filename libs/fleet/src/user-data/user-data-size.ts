/** Largest user-data in bytes before base64; a driver compares with its own cloud's. */
export const USER_DATA_LIMITS = {
  /** EC2: 16 KiB before encoding. */
  ec2: 16_384,
  /** Nova refuses more than 65,535 characters of base64. */
  openstack: 49_149,
} as const;

/** Bytes as the cloud counts them: raw, and as base64 in a request. */
export function userDataSize(userData: string): { readonly bytes: number; readonly base64: number } {
  const bytes = Buffer.byteLength(userData, 'utf8');
  return { bytes, base64: Math.ceil(bytes / 3) * 4 };
}
