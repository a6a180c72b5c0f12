/** A ConfigMap as YAML; costs the cluster little and is healthy at once. */
export function configMapYaml(
  name: string,
  data: Readonly<Record<string, unknown>> = { a: '1' },
): string {
  const lines = Object.entries(data).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${lines.join('\n')}\n`
}

/** `count` ConfigMaps c0, c1 … as files below `app/`. */
export function configMapFiles(
  count: number,
  data: Readonly<Record<string, unknown>> = { a: '1' },
): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `app/c${index}.yaml`,
      configMapYaml(`c${index}`, data),
    ]),
  )
}

/** Of kind Widget, with a `size`. */
export function widgetCrd(group: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.${group}}
spec:
  group: ${group}
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer}}}}
`
}
