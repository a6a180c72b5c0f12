/** Paths of the programs a control plane is made of. */
export interface ControlPlaneTools {
  readonly etcd: string
  readonly 'kube-apiserver': string
  readonly 'kube-controller-manager': string
  readonly 'kube-scheduler': string
  readonly kwok: string
  readonly kubectl: string
}

export interface ApiserverSettings {
  readonly port: number
  readonly audit: boolean
}

type Argv = readonly [string, ...string[]]

// Every relative path below is in the folder the programs run in. Sockets there, not ports: etcd
// asks nobody who they are, and a folder of mode 0700 keeps other users of the machine out.
export function etcdArgv(tools: ControlPlaneTools, throwaway: boolean): Argv {
  return [
    tools.etcd,
    '--data-dir=etcd',
    '--listen-client-urls=unix://etcd.sock',
    '--listen-peer-urls=unix://peer.sock',
    '--advertise-client-urls=http://localhost:2379',
    '--initial-advertise-peer-urls=http://localhost:2380',
    '--initial-cluster=default=http://localhost:2380',
    '--auto-compaction-retention=5m',
    ...(throwaway ? ['--unsafe-no-fsync'] : []),
  ]
}

export function apiserverArgv(tools: ControlPlaneTools, { port, audit }: ApiserverSettings): Argv {
  return [
    tools['kube-apiserver'],
    '--etcd-servers=unix://etcd.sock',
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    // The Service `kubernetes` cannot have a loopback endpoint, and no pod here calls it.
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--cert-dir=certs',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=sa.pub',
    '--service-account-signing-key-file=sa.key',
    '--token-auth-file=tokens.csv',
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/16',
    // The name of the node leads nowhere.
    '--kubelet-preferred-address-types=InternalIP',
    // Nodes must not wait for a network that never comes.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--profiling=false',
    ...(audit ? auditFlags : []),
  ]
}

const auditFlags = [
  '--audit-policy-file=audit-policy.yaml',
  '--audit-log-path=audit.log',
  '--audit-log-maxsize=100',
  '--audit-log-maxbackup=2',
]

export function controllerManagerArgv(tools: ControlPlaneTools): Argv {
  return [
    tools['kube-controller-manager'],
    '--kubeconfig=kube-controller-manager.kubeconfig',
    '--leader-elect=false',
    '--secure-port=0',
    '--service-account-private-key-file=sa.key',
    '--root-ca-file=certs/apiserver.crt',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    '--profiling=false',
  ]
}

export function schedulerArgv(tools: ControlPlaneTools): Argv {
  return [
    tools['kube-scheduler'],
    '--kubeconfig=kube-scheduler.kubeconfig',
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
    '--profiling=false',
  ]
}

export function kwokArgv(tools: ControlPlaneTools, stages: string, port: number): Argv {
  return [
    tools.kwok,
    '--kubeconfig=kwok.kubeconfig',
    `--config=${stages}`,
    '--manage-all-nodes=true',
    '--node-ip=127.0.0.1',
    // Where the apiserver asks for the logs of pods, as it asks a kubelet: over TLS, whosever.
    `--node-port=${port}`,
    `--server-address=127.0.0.1:${port}`,
    '--tls-cert-file=certs/apiserver.crt',
    '--tls-private-key-file=certs/apiserver.key',
    '--cidr=10.244.0.0/16',
    // Without a Lease the node lifecycle controller holds the node for dead after 50 s.
    '--node-lease-duration-seconds=40',
  ]
}
