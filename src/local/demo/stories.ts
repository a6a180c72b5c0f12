/** One thing a person does to the cluster by hand, and what must be true again after the heal. */
export interface Story {
  readonly title: string
  /** Arguments of kubectl. */
  readonly kubectl: readonly string[]
  /** API path of the object that is looked at. */
  readonly path: string
  /** Whether the object is as Git wants it; undefined: it is not there. */
  readonly isRight: (object: unknown) => boolean
}

const deployment = '/apis/apps/v1/namespaces/default/deployments/task-agent'
const service = '/api/v1/namespaces/default/services/task-agent'

interface DeploymentView {
  readonly spec?: {
    readonly replicas?: number
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly {
          readonly image?: string
          readonly env?: readonly { readonly name: string }[]
        }[]
      }
    }
  }
}

/** The four drift stories: each is undone, whoever did it. */
export const stories: readonly Story[] = [
  {
    title: 'someone scales the Deployment to 5',
    kubectl: ['scale', 'deployment/task-agent', '--replicas=5'],
    path: deployment,
    isRight: (object) => (object as DeploymentView).spec?.replicas === 3,
  },
  {
    title: 'someone changes the image',
    kubectl: [
      'set',
      'image',
      'deployment/task-agent',
      'agent=myregistry.azurecr.io/task-agent:hotfix',
    ],
    path: deployment,
    isRight: (object) => containerOf(object)?.image?.endsWith(':hotfix') === false,
  },
  {
    title: 'someone adds an environment variable',
    kubectl: ['set', 'env', 'deployment/task-agent', 'DEBUG=true'],
    path: deployment,
    isRight: (object) => containerOf(object)?.env?.some(({ name }) => name === 'DEBUG') !== true,
  },
  {
    title: 'someone deletes the Service',
    kubectl: ['delete', 'service/task-agent'],
    path: service,
    isRight: (object) => object !== undefined,
  },
]

function containerOf(object: unknown) {
  return (object as DeploymentView | undefined)?.spec?.template?.spec?.containers?.[0]
}
