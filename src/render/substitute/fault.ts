/** Why a text cannot be substituted; thrown and caught inside this folder. Holds no value. */
export class SubstitutionFault extends Error {}
