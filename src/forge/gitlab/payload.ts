import { z } from 'zod'
import { BranchName, CloneUrl, Ref, RepositoryId, Sha } from '../parse-payload.ts'

/** `object_kind` names what happened; older system hooks have `event_name` alone. */
export const Kind = z.object({
  object_kind: z.string().nullish(),
  event_name: z.string().nullish(),
})

/** An instance that closed one of the two protocols sends no URL for it. */
const Project = z.object({
  id: RepositoryId,
  git_http_url: CloneUrl.nullish(),
  git_ssh_url: CloneUrl.nullish(),
})
export type Project = z.infer<typeof Project>

export const Push = z.object({ ref: Ref, before: Sha, after: Sha, project: Project })

/** `project` is the target's, also where the source is a fork. */
export const MergeRequest = z.object({
  object_attributes: z.object({ action: z.string().nullish(), target_branch: BranchName }),
  project: Project,
})
