/** Why a file that SOPS encrypted cannot be read; thrown and caught inside this folder. Holds no value. */
export class SopsFault extends Error {}
