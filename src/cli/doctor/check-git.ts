import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { probeGit } from '../../source/probe-git.ts'
import { type Check, ok, problem } from './finding.ts'

/** git by what it does: distributions mend old versions, so its number says nothing. */
export const gitCheck: Check = {
  name: 'git',
  roles: ['worker'],
  async look({ clock, signal }) {
    const dir = await mkdtemp(join(tmpdir(), 'landfall-doctor-'))
    try {
      const { version, holes } = await probeGit({ dir, clock, signal })
      if (holes.length === 0) return [ok('git', `version ${version}, its known holes are closed`)]
      const mend = 'update git, or take one from a distribution that mends it'
      return holes.map((hole) => problem('git', `version ${version}: ${hole}`, mend))
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
}
