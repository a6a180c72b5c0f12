export const folderMode = '040000'
export const linkMode = '120000'
export const submoduleMode = '160000'
