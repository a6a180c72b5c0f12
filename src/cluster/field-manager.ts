/** Our name in `metadata.managedFields`. */
export const fieldManager = 'landfall'
