/** Where Landfall keeps its inventories, Lease and Secrets; refused to every application. */
export const ownNamespace = 'landfall-system'
