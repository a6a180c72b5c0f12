import type { InstallEvent } from './install-tool.ts'

/** One line for a person on what the installation of tools does. */
export function tellInstall(event: InstallEvent): string {
  switch (event.kind) {
    case 'found':
      return `${event.name} ${event.version}: ${event.path}`
    case 'installed':
      return `${event.name} ${event.version}: installed at ${event.path}`
    case 'waiting':
      return `process ${event.pid} installs tools into the same cache: waiting for it`
    case 'downloading':
      return `${event.name} ${event.version}: downloading (usually some seconds)`
    case 'unavailable':
      return `${event.name}: no download: ${event.reason}`
    case 'offline':
      return `no network (${event.reason}): downloads are left out from here on`
    case 'building':
      return `${event.name} ${event.version}: building, ${tellDuration(event.usualSeconds)} on two cores`
  }
}

function tellDuration(seconds: number): string {
  if (seconds < 90) return `about ${Math.round(seconds)} s`
  return `about ${Math.round(seconds / 60)} min`
}
