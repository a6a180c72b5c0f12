import { z } from 'zod'
import { BranchName, CloneUrl, Ref, RepositoryId, Sha } from '../parse-payload.ts'

const Repository = z.object({ id: RepositoryId, clone_url: CloneUrl, ssh_url: CloneUrl })
export type Repository = z.infer<typeof Repository>

export const Push = z.object({ ref: Ref, before: Sha, after: Sha, repository: Repository })

/** `repository` is the one that receives the merge, also where the head is a fork's. */
export const PullRequest = z.object({
  action: z.string(),
  pull_request: z.object({
    merged: z.boolean().nullish(),
    base: z.object({ ref: BranchName }),
  }),
  repository: Repository,
})
